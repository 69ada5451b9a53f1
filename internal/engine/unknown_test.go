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

// unknowns are the members of one document that the contract does not know.
func (h *harness) unknowns(where simulator.Foreign) map[string]string {
	h.Helper()
	for _, one := range h.meshagent.All() {
		if one.Collection == where.Collection && one.ID == where.ID {
			return simulator.NewerMembers(one.Doc)
		}
	}
	h.Fatalf("%v is not there", where)
	return nil
}

// mustKeep checks that every object that is still in a document has what it had of what this build
// does not know. An object that is gone, since users took it out, has nothing to keep.
func (h *harness) mustKeep(where simulator.Foreign, before map[string]string) {
	h.Helper()
	after, kept := h.unknowns(where), 0
	for at, value := range before {
		if got, there := after[at]; value != "" && there {
			kept++
			if got != value {
				h.Errorf("%s%s had %s and has %q", where.Collection, at, value, got)
			}
		}
	}
	if kept == 0 {
		h.Error("nothing of the document is left that had unknown members")
	}
}

// known says how many objects have an unknown member. Maps and free JSON have none.
func known(all map[string]string) (n int) {
	for _, value := range all {
		if value != "" {
			n++
		}
	}
	return n
}

// A newer MeshAgent has members that this build does not know, in every object of every document.
// No write loses one.
func TestUnknownMembersSurvive(t *testing.T) {
	t.Parallel()
	acts := map[string]func(h *harness, s sample, cells *tally){
		"edit": func(h *harness, s sample, cells *tally) {
			h.survivesWrite(s, cells, func(obj engine.Object, _ creation) { h.patch(obj, s.of(edits)) })
		},
		"edit of lists": func(h *harness, s sample, cells *tally) {
			h.survivesWrite(s, cells, func(obj engine.Object, _ creation) { h.patch(obj, s.of(listEdits)) })
		},
		"edit after a restart": func(h *harness, s sample, cells *tally) {
			h.survivesWrite(s, cells, func(obj engine.Object, _ creation) { h.restart(); h.patch(obj, s.of(edits)) })
		},
		"drift": func(h *harness, s sample, cells *tally) {
			h.survivesWrite(s, cells, func(_ engine.Object, made creation) {
				if !h.meshagent.Disturb(made.Collection, made.ID, ownMark, made.Call) {
					h.Fatal("nothing could be disturbed")
				}
				h.run(2 * interval)
			})
		},
		"rename": func(h *harness, s sample, cells *tally) {
			h.survivesWrite(s, cells, func(obj engine.Object, _ creation) { h.patch(obj, `{"spec": {"name": "renamed"}}`) })
		},
		"adoption, IfUnowned": func(h *harness, s sample, cells *tally) {
			h.survivesAdoption(s, cells, v1alpha1.AdoptIfUnowned, "")
		},
		"adoption, Always": func(h *harness, s sample, cells *tally) {
			h.survivesAdoption(s, cells, v1alpha1.AdoptAlways, "cluster-2/far/away")
		},
		"orphan": func(h *harness, s sample, cells *tally) {
			obj, made, before := h.applyNewer(s, `{"spec": {"deletionPolicy": "Orphan"}}`)
			h.goes(obj)
			h.mustKeep(made.Foreign, before)
			cells.strike(s.kind)
		},
	}
	for what, act := range acts {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			samples := slices.DeleteFunc(mirrored(), func(s sample) bool {
				return what == "rename" && !s.hasName() || what == "edit of lists" && s.of(listEdits) == ""
			})
			cells := newTally(t, kindsOf(samples))
			for _, s := range samples {
				t.Run(s.String(), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						h := newHarness(t, simulator.Behavior{Newer: true})
						h.applyNeeds(s, nil)
						act(h, s, cells)
					})
				})
			}
		})
	}
}

// listEdits are edits that move, add and remove elements of lists of objects. Kinds that have no
// such lists are not here.
var listEdits = map[string]string{
	"MeshRoute": `{"spec": {"paths": [{"path": "/new", "targetPort": 8001}, {"path": "/", "pathType": "prefix", "targetPort": 9000}]}}`,
	"MeshService support": `{"spec": {"agents": [{"name": "first"}, {"name": "support", "description": "Other", "channels": {"queue": [{"queue": "questions"}]}}],
		"container": {"environment": [{"name": "NEW", "value": "x"}, {"name": "OPENAI_API_KEY", "secret": {"identity": "support", "secretRef": {"name": "openai-room"}}},
		{"name": "LOG_LEVEL", "value": "debug"}]}}}`,
	"MeshService tickets":         `{"spec": {"ports": [{"num": 80}, {"num": 443, "endpoints": [{"path": "/other"}, {"path": "/mcp", "mcp": {"label": "tickets"}}]}]}}`,
	"MeshRoomGrant support-ops":   `{"spec": {"permissions": {"storage": {"paths": [{"path": "/new"}, {"path": "/reports", "readOnly": false}]}}}}`,
	"MeshRoomGrant support-owner": `{"spec": {"permissions": {"dataset": {"tables": [{"name": "new"}, {"name": "tickets", "write": false}]}}}}`,
}

// applyNewer applies a sample, and waits until it is Ready.
func (h *harness) applyNewer(s sample, patch string) (engine.Object, creation, map[string]string) {
	h.Helper()
	obj := h.changed(s.object(), patch)
	made := h.learn(obj)
	before := h.unknowns(made.Foreign)
	if known(before) == 0 {
		h.Fatal("the document has no unknown members")
	}
	return obj, made, before
}

// survivesWrite has something lead to a write.
func (h *harness) survivesWrite(s sample, cells *tally, act func(engine.Object, creation)) {
	h.Helper()
	obj, made, before := h.applyNewer(s, "")
	h.meshagent.ResetCalls()
	act(obj, made)
	h.run(time.Minute)
	h.isReady(obj)
	if h.writes(made) == 0 {
		h.Errorf("nothing was written: %v", h.calls())
	}
	h.mustKeep(made.Foreign, before)
	cells.strike(s.kind)
	h.patch(obj, `{"spec": {"deletionPolicy": "Orphan"}}`)
	h.run(time.Minute)
	before = h.unknowns(made.Foreign)
	h.goes(obj)
	h.mustKeep(made.Foreign, before)
}

// survivesAdoption has an object take over what another user created, or another operator manages.
func (h *harness) survivesAdoption(s sample, cells *tally, policy v1alpha1.AdoptionPolicy, owner string) {
	h.Helper()
	obj, made, _ := h.applyNewer(s, "")
	if strings.Contains(string(made.RequestBody), string(obj.GetUID())) {
		cells.strike(s.kind) // no one else can have chosen its id: there is nothing to adopt
		return
	}
	h.goes(obj)
	theirs, err := h.meshagent.CreateForeign(made.Call, ownMark, false)
	if err != nil {
		h.Fatal(err)
	}
	if owner != "" {
		h.own(theirs, owner)
	}
	before := h.unknowns(theirs)
	h.meshagent.ResetCalls()
	obj = h.changed(s.object(), fmt.Sprintf(`{"spec": {"adoptionPolicy": %q}}`, policy))
	h.apply(obj)
	h.run(time.Minute)
	h.isReady(obj)
	if !obj.CommonStatus().IsAdopted() || h.writes(made) == 0 {
		h.Errorf("it was not adopted: %v", h.calls())
	}
	h.mustKeep(theirs, before)
	cells.strike(s.kind)
}

// own puts the mark of an operator where there are annotations.
func (h *harness) own(theirs simulator.Foreign, owner string) {
	h.meshagent.Edit(theirs.Collection, theirs.ID, func(doc map[string]any) {
		for _, holder := range []any{doc, doc["metadata"], doc["spec"]} {
			holder, _ := holder.(map[string]any)
			if inner, ok := holder["metadata"].(map[string]any); ok && inner["annotations"] != nil {
				holder = inner
			}
			if annotations, ok := holder["annotations"].(map[string]any); ok {
				annotations[ownMark+"owner"] = owner
			}
		}
	})
}

// A path that is left out is "/": the element is the same, and keeps what it has.
func TestUnknownMembersOfElementsWhoseKeyIsADefault(t *testing.T) {
	t.Parallel()
	cells := newTally(t, []string{"MeshRoute"})
	for _, s := range mirrored() {
		if s.kind != "MeshRoute" {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, simulator.Behavior{Newer: true, Normalize: simulator.FillDefaults})
				h.applyNeeds(s, nil)
				h.survivesWrite(s, cells, func(obj engine.Object, _ creation) {
					h.patch(obj, `{"spec": {"paths": [{"path": "/new", "targetPort": 8001}, {"targetPort": 9000}]}}`)
				})
			})
		})
	}
}
