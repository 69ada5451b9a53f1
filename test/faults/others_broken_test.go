// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// anotherUser changes a member of a document at the next read.
func (h *cluster) anotherUser(where simulator.Foreign, member string) {
	h.MeshAgent.Inject(simulator.Fault{Method: http.MethodGet, Times: 1, After: func(*http.Request) {
		h.MeshAgent.Edit(where.Collection, where.ID, func(doc map[string]any) { doc[member] = "other" })
	}})
}

func TestAChangeOfAnotherUsersResourceIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := prepare(t, sampleOf(t, "MeshFeed"), simulator.Behavior{})
		u.fail(failures[0])
		theirs, err := u.MeshAgent.CreateForeign(u.post.Call, ownMark, false)
		if err != nil {
			t.Fatal(err)
		}
		u.anotherUser(theirs, "description")
		mustTell(t, "and is", func(f *wantedFailures) {
			u.TB = f
			u.respects("retry", false, theirs)
		})
	})
}

func TestASecondResourceIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := prepare(t, sampleOf(t, "MeshFeed"), simulator.Behavior{})
		for _, f := range failures {
			if f.fault.Drop == simulator.DropAfter {
				u.fail(f)
			}
		}
		u.MeshAgent.Add("feeds", map[string]any{"name": "another"})
		mustTell(t, "things, not", func(f *wantedFailures) {
			u.TB = f
			u.isOurs()
		})
	})
}

func TestALostUnknownMemberIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{Newer: true})
		_, made, before := h.applyNewer(sampleOf(t, "MeshRoom"), "")
		h.MeshAgent.Edit(made.Collection, made.ID, func(doc map[string]any) { doc[simulator.NewerMember] = "other" })
		mustTell(t, "had", func(f *wantedFailures) {
			h.TB = f
			h.mustKeep(made.Foreign, before)
		})
	})
}

func TestAServerThatIsWrittenToForEverIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		untidy := newCluster(t, simulator.Behavior{}).untidy(sampleOf(t, "MeshRoom"))
		h := newCluster(t, simulator.Behavior{Normalize: simulator.TrimSpace})
		reads := 0
		h.MeshAgent.Inject(simulator.Fault{Method: http.MethodGet, After: func(*http.Request) {
			reads++
			for _, one := range h.MeshAgent.All() {
				if one.Collection == "rooms" {
					h.MeshAgent.Edit(one.Collection, one.ID, func(doc map[string]any) { doc["metadata"] = map[string]any{"ratio": reads} })
				}
			}
		}})
		mustTell(t, "writes, not 1 to 2", func(f *wantedFailures) {
			h.TB = f
			h.converges(sampleOf(t, "MeshRoom"), untidy, false)
		})
	})
}

func TestAnObjectThatIsNotReadyIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		obj := object(sampleOf(t, "MeshRoom"))
		obj.CommonSpec().Suspend = new(true)
		h.Apply(obj)
		mustTell(t, "is not Ready and in sync", func(f *wantedFailures) {
			h.TB = f
			h.CheckReady(obj)
		})
	})
}
