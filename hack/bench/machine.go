// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// machine describes where the figures come from.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	System string `json:"system"`
	Commit string `json:"commit"`
	Date   string `json:"date"`
	// Load is the load average of the last minute, before and after. The value before shows what
	// else runs on the machine.
	Load [2]string `json:"load"`
}

func describeMachine() machine {
	commit, _ := exec.Command("git", "describe", "--always", "--dirty").Output() //nolint:noctx // it takes a moment
	return machine{
		CPU: field("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH + ", " + runtime.Version(),
		Commit: strings.TrimSpace(string(commit)), Date: time.Now().Format(time.DateOnly), Load: [2]string{load(), ""},
	}
}

// String describes the machine in one sentence.
func (m machine) String() string {
	return fmt.Sprintf("Measured on %s at commit %s, on %d cores (%s), %s; load average %s before, %s after.",
		m.Date, m.Commit, m.Cores, m.CPU, m.System, m.Load[0], m.Load[1])
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	return strings.Fields(string(text))[0]
}

// field reads a value from a table of names and values in /proc.
func field(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "?"
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "?"
}
