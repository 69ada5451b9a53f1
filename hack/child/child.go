// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package child runs a program, such as bin/manager, that ends with the one that started it.
package child

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// graceful is how long a process may take to end.
const graceful = 15 * time.Second

// leash runs a program so that it ends with us, even if we are killed: a shell beside it reads from a pipe of ours, which the kernel
// closes when we end in whatever way. Being told that all is well, it lets the process id rest, which may belong to another by then.
const leash = `exec 3<&0
(read -r released <&3 || kill "$$") >/dev/null 2>&1 &
exec "$0" "$@" 3<&- </dev/null`

// Process is a running program.
type Process struct {
	name string
	cmd  *exec.Cmd
	pipe io.WriteCloser
	done chan struct{}
}

// Start starts a program with its output in a file.
func Start(ctx context.Context, logPath, path string, args ...string) (*Process, error) {
	log, err := os.Create(logPath)
	if err != nil {
		return nil, fmt.Errorf("making the log of %s: %w", filepath.Base(path), err)
	}
	defer func() { _ = log.Close() }() // the program has its own handle
	// It outlives ctx, since it must end in order.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), path, args...)
	cmd.Stdout, cmd.Stderr = log, log
	return StartCommand(cmd)
}

// StartCommand starts a command that was not started yet. It gets no input.
func StartCommand(cmd *exec.Cmd) (*Process, error) {
	name := filepath.Base(cmd.Path)
	hold, pipe, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe for %s: %w", name, err)
	}
	defer func() { _ = hold.Close() }()
	cmd.Args = append([]string{"/bin/sh", "-c", leash, cmd.Path}, cmd.Args[1:]...)
	cmd.Path, cmd.Stdin = "/bin/sh", hold
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us; we end it when its time has come
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", name, err), pipe.Close())
	}
	p := &Process{name: name, cmd: cmd, pipe: pipe, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_ = cmd.Wait()                              // how it ended is in its log
		_, _ = io.WriteString(p.pipe, "released\n") // fails only if the leash is gone already
		_ = p.pipe.Close()
	}()
	return p, nil
}

// PID is its process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when it has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Failure says that it has ended without being asked to.
func (p *Process) Failure() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s ended by itself (%s)", p.name, p.cmd.ProcessState)
	default:
		return nil
	}
}

// Terminate asks it to end, as Stop does, and does not wait.
func (p *Process) Terminate() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails only if it has ended meanwhile
}

// Kill ends it without asking.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // as above
	<-p.done
}

// ExitCode waits for its end, and tells how that was.
func (p *Process) ExitCode() int {
	<-p.done
	return p.cmd.ProcessState.ExitCode()
}

// Stop ends it.
func (p *Process) Stop() error {
	p.Terminate()
	select {
	case <-p.done:
		return nil
	case <-time.After(graceful):
		p.Kill()
		return fmt.Errorf("%s did not end within %s, and was killed", p.name, graceful)
	}
}
