// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
)

// An object names the ID of what exists, and has it, whatever its name. It leaves it when it goes.
func TestAdoptionByID(t *testing.T) {
	t.Parallel()
	eachSample(t, func(t *testing.T, h *cluster, s samples.Sample) {
		t.Helper()
		first := object(s)
		first.CommonSpec().DeletionPolicy = v1alpha1.DeletionOrphan
		h.ApplyAndLearn(first)
		id := first.CommonStatus().ID
		h.CheckDeletion(first)
		held := h.Held()

		second := object(s)
		second.CommonSpec().AdoptionID = id
		if first.CommonStatus().WrittenSecrets != nil { // a value that is not shown cannot be identical
			second.CommonSpec().AdoptionPolicy = v1alpha1.AdoptIfUnowned
		}
		h.Apply(second)
		h.Run(2 * memory.DriftInterval)
		h.RequireReady(second)
		if status := second.CommonStatus(); status.ID != id || !status.IsAdopted() {
			t.Errorf("it has %q, and was to adopt %q:%s", status.ID, id, h.Describe(second))
		}
		if got := h.Held(); len(got) != len(held) {
			t.Errorf("MeshAgent holds %d things, not %d: %v", len(got), len(held), got)
		}
		h.CheckDeletion(second)
		h.RequireHeld(held)
	})
}

// An object names an ID that does not exist. Nothing is created for it, until it names none.
func TestAdoptionOfNothing(t *testing.T) {
	t.Parallel()
	eachSample(t, func(t *testing.T, h *cluster, s samples.Sample) {
		t.Helper()
		held := h.Held()
		obj := object(s)
		obj.CommonSpec().AdoptionID = "00000000-0000-4000-8000-000000000000"
		h.Apply(obj)
		h.Run(2 * memory.DriftInterval)
		if !h.says(obj, "Synced=False Missing") || !h.says(obj, "Ready=False Missing") {
			t.Errorf("it does not say what is missing:%s", h.Describe(obj))
		}
		h.RequireHeld(held)
		h.Patch(obj, `{"spec": {"adoptionID": null}}`)
		h.Run(time.Minute)
		h.RequireReady(obj)
	})
}

// What is created once is not changed and not created again, and goes with its object.
func TestCreateOnly(t *testing.T) {
	t.Parallel()
	eachSample(t, func(t *testing.T, h *cluster, s samples.Sample) {
		t.Helper()
		before := h.Held()
		obj := object(s)
		obj.CommonSpec().ReconcilePolicy = v1alpha1.ReconcileCreateOnly
		made := h.ApplyAndLearn(obj)
		held := h.Held()
		h.MeshAgent.ResetCalls()
		h.Patch(obj, s.Edit())
		h.Run(2 * memory.DriftInterval)
		if !h.says(obj, "Synced=False Drifted") || !h.says(obj, "Ready=True Available") || len(obj.CommonStatus().Drift) == 0 {
			t.Errorf("it does not show what would change:%s", h.Describe(obj))
		}
		h.Restart()
		h.Run(time.Minute)
		h.requireUnwritten()
		h.RequireHeld(held)

		for where := range held {
			if _, known := before[where]; !known {
				h.MeshAgent.Remove(where.Collection, where.ID)
			}
		}
		h.Run(2 * memory.DriftInterval)
		if !h.says(obj, "Synced=True Completed") || !h.says(obj, "Ready=True Completed") {
			t.Errorf("it is not said to be over:%s", h.Describe(obj))
		}
		h.MeshAgent.ResetCalls()
		h.Run(2 * memory.DriftInterval)
		h.Restart()
		h.Run(time.Minute)
		h.requireUnwritten()
		for _, call := range h.MeshAgent.Calls() {
			if call.Method == http.MethodGet && made.Concerns(call) {
				t.Errorf("asked for what is over: %s %s", call.Method, call.Path)
			}
		}
		h.RequireHeld(before)
		h.CheckDeletion(obj)
		h.RequireHeld(before)
	})
}

// What exists once and is still there goes with its object.
func TestCreateOnlyIsDeleted(t *testing.T) {
	t.Parallel()
	eachSample(t, func(t *testing.T, h *cluster, s samples.Sample) {
		t.Helper()
		before := h.Held()
		obj := object(s)
		obj.CommonSpec().ReconcilePolicy = v1alpha1.ReconcileCreateOnly
		h.ApplyAndLearn(obj)
		h.Patch(obj, s.Edit())
		h.Run(time.Minute)
		h.CheckDeletion(obj)
		h.RequireHeld(before)
	})
}

// requireUnwritten ends the test if something was written to MeshAgent.
func (h *cluster) requireUnwritten() {
	h.Helper()
	for _, call := range h.MeshAgent.Calls() {
		if call.Method != http.MethodGet {
			h.Fatalf("written to MeshAgent: %s %s", call.Method, call.Path)
		}
	}
}
