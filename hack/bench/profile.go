// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// profiled measures something, and writes profiles of the manager meanwhile if they are wanted: of the CPU for some seconds from
// the beginning on, and of the heap, and of what was allocated, at the end.
func (w *world) profiled(ctx context.Context, m *manager, name string, seconds int, measure func() error) error {
	if w.bench.profiles == "" {
		return measure()
	}
	cpu := make(chan error, 1)
	go func() { cpu <- w.profile(ctx, m, name, fmt.Sprintf("profile?seconds=%d", seconds)) }()
	return errors.Join(measure(), <-cpu, w.profile(ctx, m, name, "heap?gc=1"))
}

func (w *world) profile(ctx context.Context, m *manager, name, what string) error {
	content, err := get(ctx, m.pprof+what)
	if err != nil {
		return err
	}
	kind, _, _ := strings.Cut(what, "?")
	if err := os.MkdirAll(w.bench.profiles, 0o700); err != nil {
		return fmt.Errorf("making the folder for profiles: %w", err)
	}
	if err := os.WriteFile(filepath.Join(w.bench.profiles, name+"-"+kind+".prof"), content, 0o600); err != nil {
		return fmt.Errorf("writing a profile: %w", err)
	}
	return nil
}
