// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Another user creates a resource after the list in which there was none, on a server that takes a
// second creation for an update where the contract leaves that open. It is theirs.
func TestForeignResourcesThatAListMissed(t *testing.T) {
	t.Parallel()
	lists := newDemand(t)
	for _, s := range samples.Mirrored() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := prepare(t, s, simulator.Behavior{OverwriteGrants: true})
				if !u.keyed || !u.lists {
					return // there is no list that could miss it
				}
				lists.atLeast(s.Kind, "lists", 1)
				u.Run(2 * memory.DriftInterval) // what was deleted is in doubt no more
				var theirs simulator.Foreign
				u.MeshAgent.Inject(simulator.Fault{
					Method: http.MethodGet, Path: u.listPath(), Times: 1,
					After: func(*http.Request) {
						if u.Writes(u.post) > 0 {
							return // MeshAgent itself refuses a second one
						}
						var err error
						if theirs, err = u.MeshAgent.CreateForeign(u.post.Call, memory.OwnMark, false); err != nil {
							t.Error(err)
						}
					},
				})
				u.obj = u.Patched(object(s), "")
				u.MeshAgent.ResetCalls()
				u.Apply(u.obj)
				u.Run(time.Minute)
				if theirs.ID != "" && u.respects("retry", false, theirs) {
					lists.strike(s.Kind + ": lists")
				}
			})
		})
	}
}
