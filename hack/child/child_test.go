// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package child

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A process must end when it is asked to, and also when this process is killed and cannot ask.
func TestProcessEnds(t *testing.T) {
	t.Parallel()
	start := func(path string, args ...string) *Process {
		p, err := Start(t.Context(), filepath.Join(t.TempDir(), "log"), path, args...)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	ended := func(p *Process) {
		t.Helper()
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			t.Fatal("it did not end")
		}
	}

	told := start("sleep", "60")
	if err := told.Failure(); err != nil {
		t.Error(err)
	}
	if err := told.Stop(); err != nil {
		t.Error(err)
	}
	ended(told)

	bereft := start("sleep", "60")
	if err := bereft.pipe.Close(); err != nil { // as the kernel does when this process is killed
		t.Error(err)
	}
	ended(bereft)

	var out strings.Builder
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `echo "$WHO"; exit 3`)
	cmd.Env, cmd.Stdout = []string{"WHO=it"}, &out
	spoke, err := StartCommand(cmd)
	if err != nil {
		t.Fatal(err)
	}
	if code := spoke.ExitCode(); code != 3 || out.String() != "it\n" {
		t.Errorf("it ended with %d and said %q", code, out.String())
	}

	failed := start("false")
	ended(failed)
	if err := failed.Failure(); err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("got %v", err)
	}
	if err := failed.Stop(); err != nil {
		t.Error(err)
	}
}
