// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A deletion is carried out, its answer is lost, and another user creates a resource of that name.
// The object that tries again leaves it, also where names are identities, as with routes.
func TestForeignSuccessorsAreRespected(t *testing.T) {
	t.Parallel()
	deletions := newDemand(t)
	for _, s := range samples.Mirrored() {
		for _, dies := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, dies %t", s, dies), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					u := prepare(t, s, simulator.Behavior{})
					if !u.keyed || !u.marked && !u.post.About.HasID() || u.post.About.Method("delete") == "" {
						return // no one can choose its name, or nothing tells theirs from ours
					}
					deletions.atLeast(s.Kind, "deletion", 1)
					u.respectsSuccessor(dies)
					deletions.strike(s.Kind + ": deletion")
				})
			})
		}
	}
}

// respectsSuccessor deletes the object while another user creates a resource of its name.
func (u *unfinished) respectsSuccessor(dies bool) {
	u.Helper()
	u.obj = object(u.sample)
	u.MeshAgent.ResetCalls()
	u.Apply(u.obj)
	u.Run(time.Minute)
	u.RequireReady(u.obj)
	var theirs simulator.Foreign
	u.MeshAgent.Inject(simulator.Fault{
		Method: http.MethodDelete, Path: u.post.About.Path("delete"), Times: 1, Drop: simulator.DropAfter,
		After: func(*http.Request) {
			var err error
			if theirs, err = u.MeshAgent.CreateForeign(u.post.Call, memory.OwnMark, false); err != nil {
				u.Error(err)
			}
		},
	})
	u.Delete(u.obj)
	u.RunUntil(time.Minute, func() bool { return theirs.ID != "" })
	if dies {
		u.Restart()
	}
	want := u.Held()[theirs]
	if !u.RunUntil(time.Hour, func() bool { return u.IsGone(u.obj) }) {
		u.Error("it is not gone")
	}
	if got := u.Held()[theirs]; got != want || want == "" {
		u.Errorf("%s became %q", want, got)
	}
}
