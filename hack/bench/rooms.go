// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

func room(name string) *v1alpha1.MeshRoom {
	made := &v1alpha1.MeshRoom{ObjectMeta: object(name)}
	made.Spec.Annotations = map[string]string{"meshagent.storage.class": "standard"}
	return made
}

// rooms measures the life of n MeshRooms.
func rooms(n int, interval time.Duration) func(context.Context, *bench, *findings) error {
	each := func(i int) []client.Object { return []client.Object{room(fmt.Sprintf("room-%05d", i))} }
	return func(ctx context.Context, b *bench, out *findings) error {
		floor, err := b.floor(ctx, n, each)
		if err != nil {
			return err
		}
		return b.within(ctx, func(w *world) error {
			return w.live(ctx, out, floor, interval, n, each)
		})
	}
}

// live takes objects through their life: creation, a restart of the manager, a steady state, new
// objects, and deletion.
func (w *world) live(ctx context.Context, out *findings, floor, interval time.Duration, n int, each func(i int) []client.Object) error {
	m, idle, err := w.idle(ctx, out)
	if err != nil {
		return err
	}
	if err := w.creation(ctx, m, out, floor, n, each); err != nil {
		return err
	}
	if m, err = w.restart(ctx, m, out, n); err != nil {
		return err
	}
	if m, err = w.restartWithNews(ctx, m, out, interval, n); err != nil {
		return err
	}
	if err := w.steady(ctx, m, out, interval, n); err != nil {
		return err
	}
	if err := w.news(ctx, m, out, n); err != nil {
		return err
	}
	if err := w.memory(ctx, m, out, idle, n); err != nil {
		return err
	}
	return w.deletion(ctx, out, w.rooms())
}

// rooms returns all MeshRooms.
func (w *world) rooms() (all []client.Object) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key := range w.created {
		_, name, _ := strings.Cut(key, " ")
		all = append(all, room(name))
	}
	return all
}

// restartWithNews restarts the manager, and creates an object before the manager has checked the
// others.
func (w *world) restartWithNews(ctx context.Context, old *manager, out *findings, interval time.Duration, n int) (*manager, error) {
	if err := old.stop(); err != nil {
		return nil, err
	}
	m, err := w.start(ctx, interval)
	if err != nil {
		return nil, err
	}
	late := room("late")
	took, err := w.one(ctx, w.Client, late)
	if err != nil {
		return nil, err
	}
	out.seconds("a new object during a restart, until Ready", took).atMost(2)
	if err := w.Delete(ctx, late); err != nil {
		return nil, fmt.Errorf("deleting the new object: %w", err)
	}
	return m, m.awaitPasses(ctx, float64(n))
}

// news creates objects one by one while the checks of all others are due, as in every interval.
func (w *world) news(ctx context.Context, m *manager, out *findings, n int) error {
	w.meshagent.ResetCalls()
	err := until(ctx, time.Second/20, "the next check begins", func() (bool, error) { return len(w.meshagent.Calls()) > 0, nil })
	if err != nil {
		return err
	}
	begun, err := m.read(ctx)
	if err != nil {
		return err
	}
	var all []time.Duration
	for i, passes := 0, 0.0; passes < float64(n)*9/10 || i < 5; i++ {
		took, err := w.one(ctx, w.Client, room(fmt.Sprintf("news-%05d", i)))
		if err != nil {
			return err
		}
		all = append(all, took)
		read, err := m.read(ctx)
		if err != nil {
			return err
		}
		passes = read.since(begun).passes
		if err := pause(ctx, time.Second/10); err != nil {
			return err
		}
	}
	out.seconds(fmt.Sprintf("%d new objects while all others are checked, until Ready, slowest", len(all)), slices.Max(all)).atMost(2)
	return nil
}

// memory reads how much memory the manager needs at rest.
func (w *world) memory(ctx context.Context, m *manager, out *findings, idle reading, n int) error {
	if err := pause(ctx, time.Second); err != nil {
		return err
	}
	read, err := m.read(ctx)
	if err != nil {
		return err
	}
	const atMost, perObject = 200, 12
	steady := out.add("memory, steady", read.resident, "MiB")
	each := out.add("memory, steady, per object", (read.resident-idle.resident)*1024/float64(n), "KiB")
	if n >= 10_000 {
		steady.atMost(atMost)
		each.atMost(perObject)
	}
	out.add("memory, peak since the restart", read.peak, "MiB")
	return nil
}
