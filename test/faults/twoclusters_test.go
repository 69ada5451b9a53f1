// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Two clusters declare the same name in one MeshAgent project. The second is rate limited just when
// it would create, and the first creates.
func TestTwoClustersAndOneName(t *testing.T) {
	t.Parallel()
	cells := newDemand(t)
	for _, f := range failures {
		if f.name != "429" && !f.unsent {
			continue
		}
		for _, same := range []bool{true, false} {
			for _, s := range samples.Mirrored() {
				t.Run(fmt.Sprintf("%s/same %t/%s", f.name, same, s), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						patch := ""
						if !same {
							patch = s.Edit()
						}
						sharesOneName(t, s, patch, f, cells)
					})
				})
			}
		}
	}
}

// sharesOneName tries one sample, if the clusters can collide: if an object, or what it needs,
// chooses an id of its own, that is another one in each cluster, and what has no name never
// collides.
func sharesOneName(t *testing.T, s samples.Sample, patch string, f failure, cells *demand) {
	t.Helper()
	remote := simulator.New(simulator.WithLatency(20 * time.Millisecond))
	first, second := &cluster{memory.NewCluster(t, "cluster-1", remote)}, &cluster{memory.NewCluster(t, "cluster-2", remote)}
	first.ApplyNeeds(s, nil)
	if first.needsOwnID(s) {
		return
	}
	second.ApplyNeeds(s, func(need v1alpha1.Object) { need.CommonSpec().ReconcilePolicy = v1alpha1.ReconcileObserve })
	u := second.prepare(s, patch)
	if !u.keyed {
		return
	}
	cells.atLeast(s.Kind, "keyed", 1)
	u.fail(f)
	theirs := first.ApplyAndLearn(object(s))
	obj := object(s)
	first.RequireReady(obj)
	original := first.Held()[theirs.Foreign]

	u.Run(memory.DriftInterval)
	remote.ResetCalls()
	for range 4 {
		first.Run(memory.DriftInterval)
		u.Run(memory.DriftInterval)
	}
	if n := first.Changes(theirs); n != 0 {
		t.Errorf("%d changes, although nothing happens", n)
	}
	first.CheckReady(obj)
	marked := strings.Contains(string(theirs.RequestBody), memory.OwnMark)
	hidden := obj.CommonStatus().WrittenSecrets != nil // which no one can find identical
	switch got := u.Condition(u.obj, v1alpha1.ConditionStalled); {
	case marked && got != "Stalled=True OwnedElsewhere",
		!marked && (patch != "" || hidden) && got != "Stalled=True AlreadyExists",
		!marked && patch == "" && !hidden && !u.obj.CommonStatus().IsAdopted():
		t.Errorf("the second says %s:%s", got, u.Describe(u.obj))
	}
	u.CheckDeletion(u.obj)
	if got := first.Held()[theirs.Foreign]; got != original {
		t.Errorf("%s became %q", original, got)
	}
	first.CheckDeletion(obj)
	if left, there := first.Held()[theirs.Foreign]; there {
		t.Errorf("it is left: %s", left)
	}
	cells.strike(s.Kind + ": keyed")
}

// needsOwnID says that something that a sample needs has an id that its object chose.
func (h *cluster) needsOwnID(s samples.Sample) bool {
	h.Helper()
	return slices.ContainsFunc(s.Needs(), func(need samples.Sample) bool {
		if !need.Mirrors() {
			return false
		}
		obj := object(need)
		h.Condition(obj, v1alpha1.ConditionReady) // reads it
		return strings.Contains(obj.CommonStatus().ID, string(obj.GetUID()))
	})
}
