// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// What an object refers to is left in MeshAgent, and its name in Kubernetes leads to another
// resource from then on. When the object is deleted, what it created is deleted, whatever its status
// says.
func TestWhatIsReferredToBecomesAnother(t *testing.T) {
	t.Parallel()
	cells := newDemand(t)
	for _, s := range samples.Mirrored() {
		for _, need := range s.Needs() {
			if _, ours := need.Object().(v1alpha1.Object); !ours {
				continue
			}
			cells.atLeast(s.Kind, "needs", 1)
			for _, restart := range []bool{false, true} {
				for _, seen := range []bool{true, false} {
					t.Run(fmt.Sprintf("%s, %s, restart %t, seen %t", s, need, restart, seen), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							h := newCluster(t, simulator.Behavior{})
							h.ApplyNeeds(s, nil)
							made := h.ApplyAndLearn(object(s))
							h.replaced(s, need, made, restart, seen)
							cells.strike(s.Kind + ": needs")
						})
					})
				}
			}
		}
	}
}

// replaced has a need of a sample replaced. Seen says that the sample's object is looked at before
// it is deleted.
func (h *cluster) replaced(s, need samples.Sample, made memory.Creation, restart, seen bool) {
	h.Helper()
	obj, other := object(s), object(need)
	h.Patch(other, `{"spec": {"deletionPolicy": "Orphan"}}`)
	h.Run(time.Minute)
	h.CheckDeletion(other)
	other = h.Patched(object(need), `{"spec": {"deletionPolicy": "Orphan"}}`)
	if need.HasName() {
		other = h.Patched(other, `{"spec": {"name": "another"}}`)
	}
	if restart {
		h.Restart()
	}
	if !seen {
		h.Delete(obj)
	}
	h.Apply(other)
	if !h.RunUntil(time.Hour, func() bool {
		return !seen == h.IsGone(obj) && h.readyOrStalled(other) && (h.IsGone(obj) || h.readyOrStalled(obj))
	}) {
		h.Condition(obj, v1alpha1.ConditionReady)
		h.Fatalf("it does not come to rest:%s", h.Describe(obj))
	}
	if seen {
		h.Run(2 * memory.DriftInterval)
		h.CheckDeletion(obj)
	}
	if document, left := h.Held()[made.Foreign]; left {
		h.Errorf("%v is left: %s", made.Foreign, document)
	}
}

func (h *cluster) readyOrStalled(obj v1alpha1.Object) bool {
	ready, stalled := h.Condition(obj, v1alpha1.ConditionReady), h.Condition(obj, v1alpha1.ConditionStalled)
	return ready == "Ready=True Available" || slices.Contains([]string{"Stalled=True " + v1alpha1.ReasonParentChanged, "Stalled=True " + v1alpha1.ReasonRejected}, stalled)
}
