// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	managerPath = "bin/manager"
	// driftInterval is short, to be seen. The default is 10 minutes.
	driftInterval = 5 * time.Second
	// graceful is how long the operator may take to end.
	graceful = 15 * time.Second
)

// leash runs the operator so that it ends with us, even if we are killed: a shell beside it reads from a pipe of ours, which the kernel
// closes when we end in whatever way. Being told that all is well, it lets the process id rest, which may belong to another by then.
const leash = `exec 3<&0
(read -r released <&3 || kill "$$") &
exec "$0" "$@" 3<&- </dev/null`

// operator is the running bin/manager.
type operator struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
	done chan struct{} // closed when it has ended
}

func (d *demo) startOperator(ctx context.Context) error {
	args := []string{
		"--kubeconfig=" + d.plane.KubeconfigPath,
		"--meshagent-api-url=" + d.url,
		"--drift-interval=" + driftInterval.String(),
		"--health-probe-bind-address=0", // a fixed port may be taken, and nobody asks
		"--metrics-bind-address=0",
		"--zap-encoder=console", // for people
		"--zap-time-encoding=rfc3339",
		"--zap-stacktrace-level=panic",
	}
	d.detail("%s compares MeshAgent with what is declared every %s here (by default every 10 minutes).", managerPath, driftInterval)
	d.detail("Its log is %s", d.logPath())
	started, err := startOperator(ctx, d.logPath(), managerPath, args...)
	d.operator = started
	return err
}

func startOperator(ctx context.Context, logPath, path string, args ...string) (*operator, error) {
	log, err := os.Create(logPath)
	if err != nil {
		return nil, fmt.Errorf("making the operator's log: %w", err)
	}
	defer func() { _ = log.Close() }() // the operator has its own handle
	hold, pipe, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe for the operator: %w", err)
	}
	defer func() { _ = hold.Close() }()

	// It outlives ctx, since it must end in order.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", append([]string{"-c", leash, path}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = hold, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us; we end it when its time has come
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the operator: %w", err), pipe.Close())
	}
	o := &operator{cmd: cmd, pipe: pipe, done: make(chan struct{})}
	go func() {
		defer close(o.done)
		_ = cmd.Wait() // how it ended is in its log
	}()
	return o, nil
}

// failure says that the operator has ended without being asked to.
func (o *operator) failure() error {
	select {
	case <-o.done:
		return fmt.Errorf("the operator ended by itself (%s)", o.cmd.ProcessState)
	default:
		return nil
	}
}

// stop ends the operator.
func (o *operator) stop() error {
	var err error
	if o.failure() == nil {
		_ = o.cmd.Process.Signal(syscall.SIGTERM) // fails only if it has ended meanwhile
		select {
		case <-o.done:
		case <-time.After(graceful):
			err = errors.Join(fmt.Errorf("the operator did not end within %s, and was killed", graceful), o.cmd.Process.Kill())
			<-o.done
		}
	}
	_, _ = io.WriteString(o.pipe, "released\n") // fails only if the leash is gone already
	return errors.Join(err, o.pipe.Close())
}
