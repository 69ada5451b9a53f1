// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// What an object refers to is left in MeshAgent, and its name in Kubernetes stands for another
// resource from then on. Whatever the object says of it, what it has created goes with it.
func TestWhatIsReferredToBecomesAnother(t *testing.T) {
	t.Parallel()
	// These refer to what their resource lies in, or belongs to.
	cells := newTally(t, []string{"MeshFeedSubscription", "MeshRoomGrant", "MeshRoute", "MeshSecret", "MeshService"})
	for _, s := range mirrored() {
		for _, need := range s.needs() {
			if _, ours := need.made.(engine.Object); !ours {
				continue
			}
			for _, restart := range []bool{false, true} {
				for _, seen := range []bool{true, false} {
					t.Run(fmt.Sprintf("%s, %s, restart %t, seen %t", s, need, restart, seen), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							h := newHarness(t, simulator.Behavior{})
							h.applyNeeds(s, nil)
							made := h.learn(s.object())
							h.replaced(s, need, made, restart, seen)
							cells.strike(s.kind)
						})
					})
				}
			}
		}
	}
}

// replaced has a need of a sample replaced. Seen says that the sample's object is looked at before it
// is deleted.
func (h *harness) replaced(s, need sample, made creation, restart, seen bool) {
	h.Helper()
	obj, other := s.object(), need.object()
	h.patch(other, `{"spec": {"deletionPolicy": "Orphan"}}`)
	h.run(time.Minute)
	h.goes(other)
	other = h.changed(need.object(), `{"spec": {"deletionPolicy": "Orphan"}}`)
	if need.hasName() {
		other = h.changed(other, `{"spec": {"name": "another"}}`)
	}
	if restart {
		h.restart()
	}
	if !seen {
		h.delete(obj)
	}
	h.apply(other)
	if !h.runUntil(time.Hour, func() bool {
		return !seen == h.gone(obj) && h.readyOrStalled(other) && (h.gone(obj) || h.readyOrStalled(obj))
	}) {
		h.condition(obj, v1alpha1.ConditionReady)
		h.Fatalf("it does not come to rest:%s", h.says(obj))
	}
	if seen {
		h.run(2 * interval)
		h.goes(obj)
	}
	if document, left := h.held()[made.Foreign]; left {
		h.Errorf("%v is left: %s", made.Foreign, document)
	}
}

func (h *harness) readyOrStalled(obj engine.Object) bool {
	ready, stalled := h.condition(obj, v1alpha1.ConditionReady), h.condition(obj, v1alpha1.ConditionStalled)
	return ready == "Ready=True Available" || slices.Contains([]string{"Stalled=True " + v1alpha1.ReasonParentChanged, "Stalled=True " + v1alpha1.ReasonRejected}, stalled)
}
