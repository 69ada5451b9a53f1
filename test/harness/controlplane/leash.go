// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controlplane

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// leash ends the control plane's processes if this process ends without doing so itself: killed,
// interrupted, or by a test's timeout. envtest puts the processes into process groups of their own,
// so not even Ctrl-C in a terminal would reach them.
//
// The leash is a shell that reads from a pipe. The kernel closes the pipe when this process ends,
// for any reason. The shell then kills the processes that the wrappers below have recorded.
type leash struct {
	dir  string
	cmd  *exec.Cmd
	pipe io.Closer
	out  io.Writer
}

const leashScript = `read -r released && exit
for file in "$0"/*.pid; do kill -9 "$(cat "$file")"; done
rm -rf "$0"
`

// wrapper records the id of the process that it then becomes.
const wrapper = `#!/bin/sh
echo $$ >"${0%.sh}.pid"
exec "${0%.sh}" "$@"
`

func newLeash(ctx context.Context, dir string, binaries map[string]string) (*leash, error) {
	l := &leash{dir: dir}
	for name, path := range binaries {
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			return nil, err
		}
		if err := writeExecutable(l.command(name), wrapper); err != nil {
			return nil, err
		}
	}
	l.cmd = exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", leashScript, dir)
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := l.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	l.pipe, l.out = pipe, pipe
	return l, l.cmd.Start()
}

// command returns the path of the wrapper of a binary.
func (l *leash) command(name string) string {
	return filepath.Join(l.dir, name+".sh")
}

// kill kills a process with SIGKILL, and waits until it is gone.
func (l *leash) kill(ctx context.Context, name string) error {
	recorded, err := os.ReadFile(strings.TrimSuffix(l.command(name), ".sh") + ".pid")
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(recorded)))
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	return wait.PollUntilContextTimeout(ctx, 10*time.Millisecond, patience, true, func(context.Context) (bool, error) {
		return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH), nil // envtest has waited for it
	})
}

// release ends the leash when no process is left.
func (l *leash) release() error {
	_, err := l.out.Write([]byte("released\n"))
	return errors.Join(err, l.pipe.Close(), l.cmd.Wait())
}

// writeExecutable prevents forks in this process meanwhile. A child could inherit the open file for
// a moment, and running the file would then fail with "text file busy".
func writeExecutable(path, content string) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(path, []byte(content), 0o700)
}
