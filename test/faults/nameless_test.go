// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"testing"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
)

// Only its mark tells whose a resource without a name is. Another user's that is alike stays as it
// is, and is not taken for the object's, not even when status is lost.
func TestWhatHasNoNameIsKnownByItsMark(t *testing.T) {
	t.Parallel()
	cells := newDemand(t)
	eachSample(t, func(t *testing.T, h *cluster, s samples.Sample) {
		t.Helper()
		obj := object(s)
		made := h.ApplyAndLearn(obj)
		if obj.CommonStatus().Name != "" {
			return
		}
		cells.atLeast(s.Kind, "nameless", 1)
		theirs, err := h.MeshAgent.CreateForeign(made.Call, memory.OwnMark, true)
		if err != nil {
			t.Fatal(err)
		}
		held := h.Held()
		h.loseStatus(obj)
		h.Restart()
		h.MeshAgent.ResetCalls()
		h.Run(2 * memory.DriftInterval)
		h.RequireReady(obj)
		if obj.CommonStatus().ID != made.ID || obj.CommonStatus().IsAdopted() {
			t.Errorf("it has %q, adopted %t, and %q was made for it", obj.CommonStatus().ID, obj.CommonStatus().IsAdopted(), made.ID)
		}
		h.requireUnwritten()
		h.RequireHeld(held)

		other := object(s)
		other.SetName("other")
		h.Apply(other)
		h.Run(time.Minute)
		h.RequireReady(other)
		if n := len(h.Held()); n != len(held)+1 {
			t.Errorf("MeshAgent holds %d things, not %d", n, len(held)+1)
		}
		h.CheckDeletion(other)
		h.CheckDeletion(obj)
		delete(held, made.Foreign)
		h.RequireHeld(held)
		if _, left := h.Held()[theirs]; !left {
			t.Error("another user's is gone")
		}
		cells.strike(s.Kind + ": nameless")
	})
}

// Someone copies a resource without a name, with its mark. Which of the two is the object's is
// known from status alone; without that, neither is changed or deleted until one is gone.
func TestACopyOfWhatHasNoName(t *testing.T) {
	t.Parallel()
	cells := newDemand(t)
	eachSample(t, func(t *testing.T, h *cluster, s samples.Sample) {
		t.Helper()
		obj := object(s)
		made := h.ApplyAndLearn(obj)
		if obj.CommonStatus().Name != "" {
			return
		}
		cells.atLeast(s.Kind, "copy", 1)
		theirs, err := h.MeshAgent.CreateForeign(made.Call, "none of this mark", true)
		if err != nil {
			t.Fatal(err)
		}
		held := h.Held()
		h.MeshAgent.ResetCalls()
		h.Run(2 * memory.DriftInterval)
		h.RequireReady(obj)
		h.loseStatus(obj)
		h.Restart()
		h.Run(2 * memory.DriftInterval)
		if !h.says(obj, "Stalled=True Ambiguous") {
			t.Errorf("it does not say that there are two:%s", h.Describe(obj))
		}
		h.requireUnwritten()
		h.RequireHeld(held)
		h.MeshAgent.Remove(theirs.Collection, theirs.ID)
		h.Run(2 * memory.DriftInterval)
		h.RequireReady(obj)
		if obj.CommonStatus().ID != made.ID {
			t.Errorf("it has %q, and %q was made for it", obj.CommonStatus().ID, made.ID)
		}
		h.CheckDeletion(obj)
		cells.strike(s.Kind + ": copy")
	})
}

// loseStatus empties the status of an object, as a restore from a backup does.
func (h *cluster) loseStatus(obj v1alpha1.Object) {
	h.Helper()
	*obj.CommonStatus() = v1alpha1.CommonStatus{}
	if err := h.Client.Status().Update(h.Context(), obj); err != nil {
		h.Fatal(err)
	}
}
