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

// unknowns are the members of one document that the contract does not know.
func (h *cluster) unknowns(where simulator.Foreign) map[string]string {
	h.Helper()
	for _, one := range h.MeshAgent.All() {
		if one.Collection == where.Collection && one.ID == where.ID {
			return simulator.NewerMembers(one.Doc)
		}
	}
	h.Fatalf("%v is not there", where)
	return nil
}

// mustKeep checks that every object that is still in a document has what it had of what this build
// does not know. An object that is gone, since users took it out, has nothing to keep.
func (h *cluster) mustKeep(where simulator.Foreign, before map[string]string) {
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
	acts := map[string]func(h *cluster, s samples.Sample, cells *tally){
		"edit": func(h *cluster, s samples.Sample, cells *tally) {
			h.survivesWrite(s, cells, func(obj v1alpha1.Object, _ memory.Creation) { h.Patch(obj, s.Edit()) })
		},
		"edit of lists": func(h *cluster, s samples.Sample, cells *tally) {
			h.survivesWrite(s, cells, func(obj v1alpha1.Object, _ memory.Creation) { h.Patch(obj, s.ListEdit()) })
		},
		"edit after a restart": func(h *cluster, s samples.Sample, cells *tally) {
			h.survivesWrite(s, cells, func(obj v1alpha1.Object, _ memory.Creation) { h.Restart(); h.Patch(obj, s.Edit()) })
		},
		"drift": func(h *cluster, s samples.Sample, cells *tally) {
			h.survivesWrite(s, cells, func(_ v1alpha1.Object, made memory.Creation) {
				if !h.MeshAgent.Disturb(made.Collection, made.ID, memory.OwnMark, made.Call) {
					h.Fatal("nothing could be disturbed")
				}
				h.Run(2 * memory.DriftInterval)
			})
		},
		"rename": func(h *cluster, s samples.Sample, cells *tally) {
			h.survivesWrite(s, cells, func(obj v1alpha1.Object, _ memory.Creation) { h.Patch(obj, `{"spec": {"name": "renamed"}}`) })
		},
		"adoption, IfUnowned": func(h *cluster, s samples.Sample, cells *tally) {
			h.survivesAdoption(s, cells, v1alpha1.AdoptIfUnowned, "")
		},
		"adoption, Always": func(h *cluster, s samples.Sample, cells *tally) {
			h.survivesAdoption(s, cells, v1alpha1.AdoptAlways, "cluster-2/far/away")
		},
		"orphan": func(h *cluster, s samples.Sample, cells *tally) {
			obj, made, before := h.applyNewer(s, `{"spec": {"deletionPolicy": "Orphan"}}`)
			h.CheckDeletion(obj)
			h.mustKeep(made.Foreign, before)
			cells.strike(s.Kind)
		},
	}
	for what, act := range acts {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			some := slices.DeleteFunc(samples.Mirrored(), func(s samples.Sample) bool {
				return what == "rename" && !canBeRenamed(s) || what == "edit of lists" && s.ListEdit() == ""
			})
			cells := newTally(t, samples.Kinds(some))
			for _, s := range some {
				t.Run(s.String(), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						h := newCluster(t, simulator.Behavior{Newer: true})
						h.ApplyNeeds(s, nil)
						if h.isRaw(s) {
							cells.strike(s.Kind) // there are no members
							return
						}
						act(h, s, cells)
					})
				})
			}
		})
	}
}

// isRaw is true if MeshAgent stores what it is sent as it is.
func (h *cluster) isRaw(s samples.Sample) bool {
	h.Helper()
	obj := object(s)
	made := h.ApplyAndLearn(obj)
	h.CheckDeletion(obj)
	return made.About.IsRaw()
}

// applyNewer applies a sample, and waits until it is Ready.
func (h *cluster) applyNewer(s samples.Sample, patch string) (v1alpha1.Object, memory.Creation, map[string]string) {
	h.Helper()
	obj := h.Patched(object(s), patch)
	made := h.ApplyAndLearn(obj)
	before := h.unknowns(made.Foreign)
	if known(before) == 0 {
		h.Fatal("the document has no unknown members")
	}
	return obj, made, before
}

// survivesWrite has something lead to a write.
func (h *cluster) survivesWrite(s samples.Sample, cells *tally, act func(v1alpha1.Object, memory.Creation)) {
	h.Helper()
	obj, made, before := h.applyNewer(s, "")
	h.MeshAgent.ResetCalls()
	act(obj, made)
	h.Run(time.Minute)
	h.CheckReady(obj)
	if h.Writes(made) == 0 {
		h.Errorf("nothing was written: %v", h.Calls())
	}
	h.mustKeep(made.Foreign, before)
	cells.strike(s.Kind)
	h.Patch(obj, `{"spec": {"deletionPolicy": "Orphan"}}`)
	h.Run(time.Minute)
	before = h.unknowns(made.Foreign)
	h.CheckDeletion(obj)
	h.mustKeep(made.Foreign, before)
}

// survivesAdoption has an object take over what another user created, or another operator manages.
func (h *cluster) survivesAdoption(s samples.Sample, cells *tally, policy v1alpha1.AdoptionPolicy, owner string) {
	h.Helper()
	obj, made, _ := h.applyNewer(s, "")
	if strings.Contains(string(made.RequestBody), string(obj.GetUID())) {
		cells.strike(s.Kind) // no one else can have chosen its id: there is nothing to adopt
		return
	}
	patch := fmt.Sprintf(`{"spec": {"adoptionPolicy": %q}}`, policy)
	named := keyed(obj, made)
	h.CheckDeletion(obj)
	theirs, err := h.MeshAgent.CreateForeign(made.Call, memory.OwnMark, false)
	if err != nil {
		h.Fatal(err)
	}
	if !named {
		patch = fmt.Sprintf(`{"spec": {"adoptionPolicy": %q, "adoptionID": %q}}`, policy, theirs.ID)
	}
	if owner != "" {
		h.own(theirs, owner)
	}
	before := h.unknowns(theirs)
	h.MeshAgent.ResetCalls()
	obj = h.Patched(object(s), patch)
	h.Apply(obj)
	h.Run(time.Minute)
	h.CheckReady(obj)
	if !obj.CommonStatus().IsAdopted() || h.Writes(made) == 0 {
		h.Errorf("it was not adopted: %v", h.Calls())
	}
	h.mustKeep(theirs, before)
	cells.strike(s.Kind)
}

// own puts the mark of an operator where there are annotations, or free settings, or else where
// there is a description.
func (h *cluster) own(theirs simulator.Foreign, owner string) {
	h.MeshAgent.Edit(theirs.Collection, theirs.ID, func(doc map[string]any) {
		placed := false
		for _, holder := range []any{doc, doc["metadata"], doc["spec"]} {
			holder, _ := holder.(map[string]any)
			if inner, ok := holder["metadata"].(map[string]any); ok && inner["annotations"] != nil {
				holder = inner
			}
			for _, name := range []string{"annotations", "settings"} {
				if marks, ok := holder[name].(map[string]any); ok {
					marks[memory.OwnMark+"owner"], placed = owner, true
				}
			}
		}
		if text, ok := doc["description"].(string); ok && !placed {
			doc["description"] = text + " [" + memory.OwnMark + "owner=" + owner + "]"
		}
	})
}

// A path that is left out is "/": the element is the same, and keeps what it has.
func TestUnknownMembersOfElementsWhoseKeyIsADefault(t *testing.T) {
	t.Parallel()
	cells := newTally(t, []string{"MeshRoute"})
	for _, s := range samples.Mirrored() {
		if s.Kind != "MeshRoute" {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newCluster(t, simulator.Behavior{Newer: true, Normalize: simulator.FillDefaults})
				h.ApplyNeeds(s, nil)
				h.survivesWrite(s, cells, func(obj v1alpha1.Object, _ memory.Creation) {
					h.Patch(obj, `{"spec": {"paths": [{"path": "/new", "targetPort": 8001}, {"targetPort": 9000}]}}`)
				})
			})
		})
	}
}
