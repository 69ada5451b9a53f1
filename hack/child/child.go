// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package child runs a program, such as bin/manager, that ends together with this process.
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

// graceful is how long a process may take to end after SIGTERM.
const graceful = 15 * time.Second

// leash runs a program so that it ends with this process, even if this process is killed. A shell
// next to the program reads from a pipe, which the kernel closes when this process ends. The word
// "released" tells the shell that the program has ended. The shell then does not send a signal,
// because another process may have the process id by then.
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

// Start starts a program that writes its output to a file.
func Start(ctx context.Context, logPath, path string, args ...string) (*Process, error) {
	log, err := os.Create(logPath)
	if err != nil {
		return nil, fmt.Errorf("creating the log of %s: %w", filepath.Base(path), err)
	}
	defer func() { _ = log.Close() }() // the program has its own handle
	// The program outlives ctx, because it must shut down gracefully.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), path, args...)
	cmd.Stdout, cmd.Stderr = log, log
	return StartCommand(cmd)
}

// StartCommand starts a prepared command. The command gets no input.
func StartCommand(cmd *exec.Cmd) (*Process, error) {
	name := filepath.Base(cmd.Path)
	hold, pipe, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("creating a pipe for %s: %w", name, err)
	}
	defer func() { _ = hold.Close() }()
	cmd.Args = append([]string{"/bin/sh", "-c", leash, cmd.Path}, cmd.Args[1:]...)
	cmd.Path, cmd.Stdin = "/bin/sh", hold
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for this process only, which then ends the program
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", name, err), pipe.Close())
	}
	p := &Process{name: name, cmd: cmd, pipe: pipe, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_ = cmd.Wait()                              // the log says how it ended
		_, _ = io.WriteString(p.pipe, "released\n") // fails only if the leash has ended already
		_ = p.pipe.Close()
	}()
	return p, nil
}

// PID is the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Failure returns an error if the process ended before Stop, Terminate or Kill.
func (p *Process) Failure() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s ended without being stopped (%s)", p.name, p.cmd.ProcessState)
	default:
		return nil
	}
}

// Terminate asks the process to end, as Stop does, but does not wait.
func (p *Process) Terminate() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails only if the process has ended meanwhile
}

// Kill ends the process at once.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // as above
	<-p.done
}

// ExitCode waits until the process ends, and returns its exit code.
func (p *Process) ExitCode() int {
	<-p.done
	return p.cmd.ProcessState.ExitCode()
}

// Stop ends the process, and waits for that.
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
