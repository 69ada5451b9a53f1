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
	"syscall"
)

// leash ends the control plane's processes when ours ends without a chance to do so itself: killed, interrupted, or by a
// test's time-out. envtest puts them into process groups of their own, so not even Ctrl-C in a terminal would reach them.
//
// It is a shell that reads from a pipe of ours. The kernel closes the pipe when we end, in whatever way; then the shell
// kills what the wrappers below have noted down.
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

// wrapper notes down the id of the process that it then becomes.
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

// command returns the path to run a binary by.
func (l *leash) command(name string) string {
	return filepath.Join(l.dir, name+".sh")
}

// release ends the leash when there is nothing left to hold.
func (l *leash) release() error {
	_, err := l.out.Write([]byte("released\n"))
	return errors.Join(err, l.pipe.Close(), l.cmd.Wait())
}

// writeExecutable holds back forks in this process meanwhile: a child that inherits the open file for an instant would
// make running it fail with "text file busy".
func writeExecutable(path, content string) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(path, []byte(content), 0o700)
}
