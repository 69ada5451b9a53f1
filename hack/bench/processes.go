// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// This file reads from the kernel what processes use.

// cpuTime is the CPU time of a process.
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, fmt.Errorf("reading what a process uses: %w", err)
	}
	// After the name, which ends with the last parenthesis, these are the 12th and the 13th field,
	// in ticks of 10 ms.
	_, fields, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')'):]), " ")
	var sum time.Duration
	for _, ticks := range strings.Fields(fields)[11:13] {
		n, err := strconv.Atoi(ticks)
		if err != nil {
			return 0, fmt.Errorf("reading what a process uses: %w", err)
		}
		sum += time.Duration(n) * 10 * time.Millisecond
	}
	return sum, nil
}

// others returns the CPU time of the processes that share the machine with the manager: those of
// Kubernetes, and this one, which runs MeshAgent.
func (w *world) others() (map[string]time.Duration, error) {
	own, err := cpuTime(os.Getpid())
	if err != nil {
		return nil, err
	}
	used := map[string]time.Duration{"MeshAgent and the benchmark": own}
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil, fmt.Errorf("looking for processes: %w", err)
	}
	for _, line := range lines {
		text, _ := os.ReadFile(line) // the process may have ended
		command, arguments, _ := strings.Cut(string(text), "\x00")
		name := filepath.Base(command)
		if !strings.HasPrefix(command, w.dir) || name == "sh" || arguments == "" {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(line)))
		if err != nil {
			continue
		}
		if used[name], err = cpuTime(pid); err != nil {
			return nil, err
		}
	}
	return used, nil
}

// mebibytes converts a size from the kernel's notation.
func mebibytes(text string) float64 {
	var kilobytes float64
	_, _ = fmt.Sscanf(text, "%f kB", &kilobytes) // 0 if there is no such table
	return kilobytes / 1024
}
