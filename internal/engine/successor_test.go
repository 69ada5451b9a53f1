// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A deletion is carried out, its answer is lost, and another user creates a resource of that name.
// The object that tries again leaves it, also where names are identities, as with routes.
func TestForeignSuccessorsAreRespected(t *testing.T) {
	t.Parallel()
	cells := newTally(t, []string{"MeshFeed", "MeshFeedSubscription", "MeshRoom", "MeshRoute", "MeshSecret", "MeshService"})
	for _, s := range mirrored() {
		if s.kind == "MeshRoomGrant" {
			continue // it has no place for a mark, and the identity of theirs is the same
		}
		for _, dies := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, dies %t", s, dies), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					if respectsSuccessor(t, s, dies) {
						cells.strike(s.kind)
					}
				})
			})
		}
	}
}

// respectsSuccessor tries one sample. It tells whether another user can choose its name.
func respectsSuccessor(t *testing.T, s sample, dies bool) bool {
	t.Helper()
	u := prepare(t, s, simulator.Behavior{})
	if !u.keyed {
		return false
	}
	u.obj = s.object()
	u.meshagent.ResetCalls()
	u.apply(u.obj)
	u.run(time.Minute)
	u.mustBeReady(u.obj)
	var theirs simulator.Foreign
	u.meshagent.Inject(simulator.Fault{
		Method: http.MethodDelete, Path: regexp.QuoteMeta(u.post.Path) + "/", Times: 1, Drop: simulator.DropAfter,
		After: func(*http.Request) {
			var err error
			if theirs, err = u.meshagent.CreateForeign(u.post.Call, ownMark, false); err != nil {
				t.Error(err)
			}
		},
	})
	u.delete(u.obj)
	u.runUntil(time.Minute, func() bool { return theirs.ID != "" })
	if dies {
		u.restart()
	}
	want := u.held()[theirs]
	if !u.runUntil(time.Hour, func() bool { return u.gone(u.obj) }) {
		t.Error("it is not gone")
	}
	if got := u.held()[theirs]; got != want || want == "" {
		t.Errorf("%s became %q", want, got)
	}
	return true
}
