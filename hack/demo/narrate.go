// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

const (
	// silence is how long a step may print nothing before a heartbeat says what it waits for.
	silence = 3 * time.Second
	indent  = "      "
)

// The codes of the terminal.
const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
)

// narrator tells what happens: a line for each step, and below it what there is to see.
type narrator struct {
	out    io.Writer
	closed func() // called when nobody reads
	colour bool

	mu      sync.Mutex // guards what follows
	open    bool       // the last line has no end yet
	spoke   time.Time
	begun   time.Time
	waiting string        // what the step waits for
	quiet   chan struct{} // ends the heartbeat
}

func newNarrator(out *os.File, closed func()) *narrator {
	info, err := out.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return &narrator{out: out, closed: closed, colour: terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// begin opens a step with the start of a line, which end finishes.
func (n *narrator) begin(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.begun, n.waiting, n.quiet = time.Now(), "", make(chan struct{})
	n.write(n.paint(bold, fmt.Sprintf(format, args...)) + " ...")
	n.open = true
	go n.beat(n.quiet)
}

// end closes a step with the time that it took, and why it failed if it did.
func (n *narrator) end(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.quiet)
	text := n.paint(green, "done") + " in " + seconds(time.Since(n.begun))
	if err != nil {
		text = n.paint(red, "failed") + fmt.Sprintf(" after %s: %v", seconds(time.Since(n.begun)), err)
	}
	if n.open {
		text = " " + text
	} else {
		text = indent + text
	}
	n.write(text + "\n")
	n.open = false
}

// say prints lines as they are.
func (n *narrator) say(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.breakLine()
	n.write(fmt.Sprintf(format, args...) + "\n")
}

// detail prints lines that belong to the step.
func (n *narrator) detail(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.breakLine()
	n.write(indented(fmt.Sprintf(format, args...)))
}

// command prints what is about to be run.
func (n *narrator) command(line string) { n.detail("%s", n.paint(dim, "$ "+line)) }

// table prints rows of cells in columns.
func (n *narrator) table(rows [][]string) {
	var text bytes.Buffer
	columns := tabwriter.NewWriter(&text, 0, 0, 3, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(columns, strings.Join(row, "\t"))
	}
	_ = columns.Flush() // to memory
	n.detail("%s", text.String())
}

// wait says what the step waits for, should it take long.
func (n *narrator) wait(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting = what
}

// beat prints a line whenever nothing was printed for a while.
func (n *narrator) beat(quiet <-chan struct{}) {
	ticker := time.NewTicker(silence / 6)
	defer ticker.Stop()
	for {
		select {
		case <-quiet:
			return
		case <-ticker.C:
			n.mu.Lock()
			n.remind(quiet)
			n.mu.Unlock()
		}
	}
}

func (n *narrator) remind(quiet <-chan struct{}) {
	select {
	case <-quiet: // it ended while we waited for the lock
		return
	default:
	}
	pause := silence
	if time.Since(n.begun) > 10*silence {
		pause *= 3 // by now it is known
	}
	if time.Since(n.spoke) < pause {
		return
	}
	n.breakLine()
	text := fmt.Sprintf("still at it after %.0f s", time.Since(n.begun).Seconds())
	if n.waiting != "" {
		text += ": " + n.waiting
	}
	n.write(indented(n.paint(dim, text)))
}

func (n *narrator) breakLine() {
	if n.open {
		n.write("\n")
		n.open = false
	}
}

func (n *narrator) write(text string) {
	n.spoke = time.Now()
	if _, err := io.WriteString(n.out, text); err != nil {
		n.closed()
	}
}

func (n *narrator) paint(code, text string) string {
	if !n.colour {
		return text
	}
	return "\033[" + code + "m" + text + "\033[0m"
}

// indented puts each line below the title of the step.
func indented(text string) string {
	var lines strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		lines.WriteString(strings.TrimRight(indent+line, " \n") + "\n")
	}
	return lines.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
