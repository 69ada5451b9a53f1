// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Two clusters declare the same name in one MeshAgent project. The second is rate limited just when
// it would create, and the first creates.
func TestTwoClustersAndOneName(t *testing.T) {
	t.Parallel()
	cells := newTally(t, mirroredKinds())
	for _, f := range failures {
		if f.name != "429" && !f.unsent {
			continue
		}
		for _, same := range []bool{true, false} {
			for _, s := range mirrored() {
				if needsOwnID(s) {
					continue // its id is another one in each cluster: there is nothing to collide with
				}
				t.Run(fmt.Sprintf("%s/same %t/%s", f.name, same, s), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						patch := ""
						if !same {
							patch = s.of(edits)
						}
						sharesOneName(t, s, patch, f)
						cells.strike(s.kind)
					})
				})
			}
		}
	}
}

// needsOwnID says that a sample, or what it needs, has an id that its cluster chose: a secret in a
// room.
func needsOwnID(s sample) bool {
	return slices.ContainsFunc(append(s.needs(), s), func(one sample) bool {
		return one.kind == "MeshSecret" && strings.Contains(string(specOf(one.made)), `"roomRef":`)
	})
}

func sharesOneName(t *testing.T, s sample, patch string, f failure) {
	t.Helper()
	remote := simulator.New(simulator.WithLatency(20 * time.Millisecond))
	first, second := newCluster(t, "cluster-1", remote), newCluster(t, "cluster-2", remote)
	first.applyNeeds(s, nil)
	second.applyNeeds(s, func(need engine.Object) { need.CommonSpec().ReconcilePolicy = v1alpha1.ReconcileObserve })
	u := second.prepare(s, patch)
	u.fail(f)
	theirs := first.learn(s.object())
	obj := s.object()
	first.mustBeReady(obj)
	original := first.held()[theirs.Foreign]

	u.run(interval)
	remote.ResetCalls()
	for range 4 {
		first.run(interval)
		u.run(interval)
	}
	if n := first.changes(theirs); n != 0 {
		t.Errorf("%d changes, although nothing happens", n)
	}
	first.isReady(obj)
	marked := strings.Contains(string(theirs.RequestBody), ownMark)
	switch got := u.condition(u.obj, v1alpha1.ConditionStalled); {
	case marked && got != "Stalled=True OwnedElsewhere",
		!marked && patch != "" && got != "Stalled=True AlreadyExists",
		!marked && patch == "" && !u.obj.CommonStatus().IsAdopted():
		t.Errorf("the second says %s:%s", got, u.says(u.obj))
	}
	u.goes(u.obj)
	if got := first.held()[theirs.Foreign]; got != original {
		t.Errorf("%s became %q", original, got)
	}
	first.goes(obj)
	if left, there := first.held()[theirs.Foreign]; there {
		t.Errorf("it is left: %s", left)
	}
}
