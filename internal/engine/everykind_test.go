// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/internal/controller" //nolint:depguard // the engine is tested with the kinds that there are
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// tally counts what a test struck, so that one that walks over all kinds cannot pass by striking
// none.
type tally struct {
	mu    sync.Mutex
	cells map[string]int // by kind
	all   int
}

// newTally counts until a test and its subtests end. Each of the kinds must be struck then.
func newTally(t *testing.T, kinds []string) *tally {
	t.Helper()
	c := &tally{cells: map[string]int{}}
	t.Cleanup(func() { c.report(t, kinds) })
	return c
}

// strike counts a cell. Cells that are not about one kind count under a word of their own.
func (c *tally) strike(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cells[kind]++
	c.all++
}

// report tells what was struck, and fails if one of the kinds, or anything at all, was not.
func (c *tally) report(t *testing.T, kinds []string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, kind := range kinds {
		if c.cells[kind] == 0 {
			t.Errorf("no cell of %s was struck", kind)
		}
	}
	if c.all == 0 {
		t.Error("nothing was struck")
	}
	t.Logf("%d cells struck: %v", c.all, c.cells)
}

// mirroredKinds are the kinds that stand for something in MeshAgent.
func mirroredKinds() []string { return kindsOf(mirrored()) }

// kindsOf are the kinds that have a sample among some.
func kindsOf(some []sample) []string {
	kinds := map[string]bool{}
	for _, s := range some {
		kinds[s.kind] = true
	}
	return slices.Sorted(maps.Keys(kinds))
}

// Each kind of controller.All has a sample, which comes to life, rests, follows an edit and ends,
// and leaves nothing behind.
func TestEverySampleInMemory(t *testing.T) {
	t.Parallel()
	if have, want := len(mirroredKinds()), len(controller.All)-1; have != want { // MeshProject is in every harness
		t.Fatalf("%d kinds have samples, of %d", have, want)
	}
	cells := newTally(t, mirroredKinds())
	for _, s := range mirrored() {
		if s.of(edits) == "" {
			t.Errorf("samples_test.go has no edit for %s", s)
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, simulator.Behavior{})
				h.applyNeeds(s, nil)
				before := h.held()
				obj := s.object()
				made := h.learn(obj)
				h.meshagent.ResetCalls()
				h.run(3 * interval)
				if n := h.writes(made); n != 0 {
					t.Errorf("%d writes at rest: %v", n, h.calls())
				}
				h.patch(obj, s.of(edits))
				h.run(time.Minute)
				h.mustBeReady(obj)
				if n := h.writes(made); n != 1 {
					t.Errorf("%d writes for an edit, not 1: %v", n, h.calls())
				}
				h.goes(obj)
				h.mustHoldAgain(before)
				cells.strike(s.kind)
			})
		})
	}
}
