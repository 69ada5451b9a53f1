// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controlplane

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// logs are the log files of the processes. A nil *logs has none.
type logs struct {
	dir   string
	files []*os.File
}

// open creates the log of a process. The process writes directly to the file, so that its last
// lines are there even if this process ends first.
func (l *logs) open(name string) (*os.File, error) {
	file, err := os.Create(filepath.Join(l.dir, name+".log"))
	if err == nil {
		l.files = append(l.files, file)
	}
	return file, err
}

func (l *logs) close() {
	if l == nil {
		return
	}
	for _, file := range l.files {
		_ = file.Close() // this copy of the handle has written nothing
	}
}

// tail returns the last lines of the process that was started last, because Stop may be about to
// remove them.
func (l *logs) tail() string {
	if l == nil {
		return ""
	}
	for _, file := range slices.Backward(l.files) {
		content, err := os.ReadFile(file.Name())
		if err != nil || len(content) == 0 {
			continue // not started yet
		}
		lines := strings.Split(strings.TrimSpace(string(content)), "\n")
		return "\n" + filepath.Base(file.Name()) + " ends with\n" + strings.Join(lines[max(0, len(lines)-10):], "\n")
	}
	return ""
}
