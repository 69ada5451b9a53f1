// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/internal/controller"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Each kind of controller.All has a sample, which comes to life, rests, follows an edit and ends,
// and leaves nothing behind.
func TestEverySampleInMemory(t *testing.T) {
	t.Parallel()
	if have, want := len(samples.Kinds(samples.Mirrored())), len(controller.All)-1; have != want { // MeshProject is in every harness
		t.Fatalf("%d kinds have samples, of %d", have, want)
	}
	cells := newTally(t, samples.Kinds(samples.Mirrored()))
	for _, s := range samples.Mirrored() {
		if s.Edit() == "" {
			t.Errorf("test/harness/samples/edits.go has no edit for %s", s)
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newCluster(t, simulator.Behavior{})
				h.ApplyNeeds(s, nil)
				before := h.Held()
				obj := object(s)
				made := h.ApplyAndLearn(obj)
				h.MeshAgent.ResetCalls()
				h.Run(3 * memory.DriftInterval)
				if n := h.Writes(made); n != 0 {
					t.Errorf("%d writes at rest: %v", n, h.Calls())
				}
				h.Patch(obj, s.Edit())
				h.Run(time.Minute)
				h.RequireReady(obj)
				if n := h.Writes(made); n != 1 {
					t.Errorf("%d writes for an edit, not 1: %v", n, h.Calls())
				}
				h.CheckDeletion(obj)
				h.RequireHeld(before)
				cells.strike(s.Kind)
			})
		})
	}
}
