// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/meshagent/meshagent-operator/test/harness/samples"
)

var update = flag.Bool("update", false, "write the tables of docs/faults.md")

// faultMatrix is what the walk of all samples through all troubles came to: fault by kind, a table
// for each choice of what is struck. Users read it in docs/faults.md.
type faultMatrix struct {
	mu    sync.Mutex
	cells map[cell][]string // one for each sample
}

type cell struct {
	what        struck
	fault, kind string
}

// newMatrix compares what was noted with the page that users read, when a test and its subtests
// have ended. It writes the page instead with -update, and the tables alone where FAULT_MATRIX
// says.
func newMatrix(t *testing.T) *faultMatrix {
	t.Helper()
	m := &faultMatrix{cells: map[cell][]string{}}
	t.Cleanup(func() {
		for _, what := range []struck{everything, writes} {
			m.compare(t, filepath.Join("..", "..", "docs", "faults.md"), what, *update)
		}
		m.leave(t)
	})
	return m
}

// note takes in what came of a trouble for creation, change and deletion.
func (m *faultMatrix) note(t trouble, what struck, s samples.Sample, outcomes []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := cell{what, t.name, s.Kind}
	if len(slices.Compact(slices.Clone(outcomes))) == 1 {
		outcomes = outcomes[:1] // once if it was the same
	}
	m.cells[at] = append(m.cells[at], strings.Join(outcomes, " / "))
}

// table is the part for what was struck, in Markdown.
func (m *faultMatrix) table(what struck) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	kinds := samples.Kinds(samples.Mirrored())
	text := strings.Builder{}
	fmt.Fprintf(&text, "| MeshAgent's answer to %s | %s |\n|%s\n", what, strings.Join(kinds, " | "), strings.Repeat(" --- |", len(kinds)+1))
	for _, t := range troubles {
		var row []string
		for _, kind := range kinds {
			shown := slices.Compact(slices.Sorted(slices.Values(m.cells[cell{what, t.name, kind}])))
			row = append(row, strings.Join(shown, " or "))
		}
		if slices.ContainsFunc(row, func(one string) bool { return one != none }) {
			fmt.Fprintf(&text, "| %s | %s |\n", t.name, strings.Join(row, " | "))
		}
	}
	return text.String()
}

// compare holds a table against a page, or writes it there.
func (m *faultMatrix) compare(tb testing.TB, path string, what struck, write bool) {
	tb.Helper()
	begin := fmt.Sprintf("<!-- begin of the matrix for %s: go test ./test/faults -run WhateverMeshAgentAnswers -update -->\n", what)
	end := fmt.Sprintf("<!-- end of the matrix for %s -->\n", what)
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	have, after, foundEnd := strings.Cut(rest, end)
	if !found || !foundEnd {
		tb.Fatalf("%s has no part between %q and %q", path, begin, end)
	}
	want := "\n" + m.table(what) + "\n"
	switch {
	case have == want:
	case write:
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o600); err != nil {
			tb.Fatal(err)
		}
	default:
		tb.Errorf("%s says\n%s\nand it is\n%s\nRun the command in the page's comment if that is right.", path, have, want)
	}
}

// leave writes the tables where make test prints them.
func (m *faultMatrix) leave(tb testing.TB) {
	tb.Helper()
	if file := os.Getenv("FAULT_MATRIX"); file != "" {
		if err := os.WriteFile(file, []byte(m.table(everything)+"\n"+m.table(writes)), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}
