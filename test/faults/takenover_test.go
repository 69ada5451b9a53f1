// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Another operator takes a resource over, and then the object is deleted. The resource stays as it is.
func TestADeletionLeavesWhatAnotherOwnerTookOver(t *testing.T) {
	t.Parallel()
	for _, s := range samples.Mirrored() {
		for _, restarts := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restart %t", s, restarts), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					h := newCluster(t, simulator.Behavior{})
					h.ApplyNeeds(s, nil)
					obj := object(s)
					made := h.ApplyAndLearn(obj)
					taken := 0
					h.MeshAgent.Edit(made.Collection, made.ID, func(doc map[string]any) { taken = takeOver(doc) })
					if taken == 0 {
						return // it has no place for an owner
					}
					if restarts {
						h.Restart()
					}
					untouched := h.Held()
					h.CheckDeletion(obj)
					h.CheckHeld(untouched)
				})
			})
		}
	}
}

// takeOver puts another owner in place of this operator, wherever a document names it.
func takeOver(in any) (taken int) {
	switch in := in.(type) {
	case map[string]any:
		for name, value := range in {
			text, _ := value.(string)
			before, marked := simulator.SplitMarked(text, memory.OwnMark)
			switch {
			case marked:
				in[name] = before + " [" + memory.OwnMark + "owner=cluster-2/far/away]"
				taken++
			case name == memory.OwnMark+"owner":
				in[name] = "cluster-2/far/away"
				taken++
			default:
				taken += takeOver(value)
			}
		}
	case []any:
		for _, value := range in {
			taken += takeOver(value)
		}
	}
	return taken
}
