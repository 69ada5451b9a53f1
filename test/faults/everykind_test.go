// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Each sample comes to life, rests, follows an edit and ends,
// and leaves nothing behind.
func TestEverySampleInMemory(t *testing.T) {
	t.Parallel()
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
				if s.ListEdit() == "" && listsObjects(parsed(string(made.RequestBody))) {
					h.Errorf("test/harness/samples/edits.go has nothing in listEdits for %s, which has a list of objects in MeshAgent: add a line", s)
				}
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

// listsObjects says that a document has a list of objects somewhere.
func listsObjects(document any) bool {
	switch document := document.(type) {
	case map[string]any:
		for _, member := range document {
			if listsObjects(member) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(document, func(one any) bool { _, isObject := one.(map[string]any); return isObject || listsObjects(one) })
	}
	return false
}
