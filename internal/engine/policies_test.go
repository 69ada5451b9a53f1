// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// defaults sets the default policies of the MeshProject.
func (s *stage) defaults(policies v1alpha1.PolicyDefaults) {
	s.Helper()
	s.editProject(func(spec *v1alpha1.MeshProjectSpec) { spec.Defaults = &policies })
}

func (s *stage) editProject(change func(*v1alpha1.MeshProjectSpec)) {
	s.Helper()
	project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject}}
	s.edit(project, func() { change(&project.Spec) })
}

// mustOnlyRead checks that nothing was written to MeshAgent.
func (s *stage) mustOnlyRead() {
	s.Helper()
	for _, call := range s.meshagent.Calls() {
		if call.Method != http.MethodGet {
			s.Errorf("%s %s", call.Method, call.Path)
		}
	}
}

// foreignRoom is a room in MeshAgent that differs from newRoom.
func foreignRoom() map[string]any {
	return map[string]any{"name": "support", "metadata": map[string]any{"team": "other"}}
}

// mustShow checks the paths in status.drift.
func mustShow(t *testing.T, obj v1alpha1.Object, want ...string) {
	t.Helper()
	drift := obj.CommonStatus().Drift
	if len(drift) != len(want) {
		t.Fatalf("status.drift is %v, not %v", drift, want)
	}
	for i, path := range want {
		if drift[i].Path != path {
			t.Errorf("status.drift is %v, not %v", drift, want)
		}
	}
}

// A whole project is looked at first, and taken over later.
func TestDefaultsOfTheProject(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room, missing := newRoom(), newRoom()
		missing.ObjectMeta = named("missing")
		s := newStage(t, simulator.Behavior{}, room, missing)
		id := s.meshagent.Add("rooms", foreignRoom())
		s.defaults(v1alpha1.PolicyDefaults{ReconcilePolicy: v1alpha1.ReconcileObserve})
		_, _ = s.pass(room)
		_, _ = s.pass(missing)
		s.mustOnlyRead()
		s.mustSay(room, "Synced=False Drifted")
		s.mustSay(missing, "Synced=False Missing")
		mustShow(t, room, "metadata.team")
		if len(room.Finalizers)+len(missing.Finalizers) > 0 {
			t.Error("an object that is only observed has a finalizer")
		}

		s.edit(room, func() { room.Spec.ReconcilePolicy = v1alpha1.ReconcileEnforce })
		_, _ = s.pass(room)
		s.mustOnlyRead()
		s.mustSay(room, "Stalled=True AlreadyExists")
		mustShow(t, room, "metadata.team")

		s.defaults(v1alpha1.PolicyDefaults{AdoptionPolicy: v1alpha1.AdoptIfUnowned, DeletionPolicy: v1alpha1.DeletionDelete})
		_, _ = s.pass(room)
		_, _ = s.pass(missing)
		s.mustSay(room, "Synced=True InSync")
		s.mustSay(missing, "Synced=True InSync")
		mustShow(t, room)
		if room.Status.ID != id || !room.Status.IsAdopted() {
			t.Errorf("the room was not adopted: %v", room.Status)
		}
		s.mustHold("rooms", 2)
		s.delete(room)
		_, _ = s.pass(room)
		s.mustHold("rooms", 1)
		s.edit(missing, func() { missing.Spec.DeletionPolicy = v1alpha1.DeletionOrphan })
		s.delete(missing)
		_, _ = s.pass(missing)
		s.mustHold("rooms", 1)
		if !s.gone(room) || !s.gone(missing) {
			t.Error("they are not gone")
		}
	})
}

// An object of its own policy is not touched by the defaults.
func TestTheObjectsPolicyComesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		room.Spec.AdoptionPolicy, room.Spec.ReconcilePolicy = v1alpha1.AdoptIfIdentical, v1alpha1.ReconcileEnforce
		s := newStage(t, simulator.Behavior{}, room)
		s.meshagent.Add("rooms", foreignRoom())
		s.defaults(v1alpha1.PolicyDefaults{ReconcilePolicy: v1alpha1.ReconcileObserve, AdoptionPolicy: v1alpha1.AdoptAlways})
		_, _ = s.pass(room)
		s.mustSay(room, "Stalled=True AlreadyExists")
		if held := s.meshagent.Documents("rooms"); fmt.Sprint(held[0]["metadata"]) != "map[team:other]" {
			t.Errorf("the room was changed: %v", held)
		}
	})
}

// The default becomes Observe when much is managed already.
func TestWhatIsManagedIsLeftOnceItIsOnlyObserved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		room.Spec.DeletionPolicy = v1alpha1.DeletionDelete
		s := newStage(t, simulator.Behavior{}, room)
		_, _ = s.pass(room)
		s.defaults(v1alpha1.PolicyDefaults{ReconcilePolicy: v1alpha1.ReconcileObserve})
		s.meshagent.Edit("rooms", room.Status.ID, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "other"} })
		later()
		s.meshagent.ResetCalls()
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=False Drifted")
		s.delete(room)
		_, _ = s.pass(room)
		s.mustOnlyRead()
		s.mustHold("rooms", 1)
		if !s.gone(room) {
			t.Error("the object is not gone")
		}
	})
}

// A process dies between the moment when an object that only observed is to enforce, and its
// adoption. Then the object is deleted.
func TestWhatWasOnlyObservedIsNeverDeleted(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]bool{"the MeshProject is there": false, "the MeshProject is gone": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room := newRoom()
				s := newStage(t, simulator.Behavior{}, room)
				s.meshagent.Add("rooms", foreignRoom())
				s.defaults(v1alpha1.PolicyDefaults{ReconcilePolicy: v1alpha1.ReconcileObserve})
				_, _ = s.pass(room)
				s.defaults(v1alpha1.PolicyDefaults{DeletionPolicy: v1alpha1.DeletionDelete})
				s.edit(room, func() { room.Finalizers = []string{v1alpha1.Finalizer} })
				project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject}}
				if gone {
					s.delete(project)
				}
				s.delete(room)
				_, _ = s.pass(room)
				if s.gone(room) == gone {
					t.Errorf("gone: %t", !gone)
				}
				if gone {
					s.mustSay(room, "Synced=False ProjectNotFound")
				}
				s.mustOnlyRead()
				s.mustHold("rooms", 1)
			})
		})
	}
}

// A MeshProject that does not admit an object has no say in what it does.
func TestPoliciesOfAForeignProjectDoNotCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		room.Namespace, room.Spec.ProjectRef.Namespace = "team", home
		s := newStage(t, simulator.Behavior{}, room)
		s.editProject(func(spec *v1alpha1.MeshProjectSpec) { spec.Suspend = new(true) })
		_, _ = s.pass(room)
		s.mustSay(room, "Stalled=True ProjectNotAllowed")
		s.editProject(func(spec *v1alpha1.MeshProjectSpec) {
			spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}
		})
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=Unknown Suspended")
	})
}

// Two MeshProjects lead to one MeshAgent project, and have an object each for one secret.
func TestDefaultsTellWhoOfTwoHasAResource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mine, theirs, project := newMeshSecret(), newMeshSecret(), otherProject("other")
		theirs.ObjectMeta = named("twin")
		theirs.Spec.Name, theirs.Spec.ProjectRef.Name = "openai", "other"
		s := newStage(t, simulator.Behavior{}, mine, theirs, project, secret("values", "v"))
		_, _, _ = s.check()
		s.checkProject(project)
		_, _ = s.pass(mine)
		_, _ = s.pass(theirs)
		s.mustSay(theirs, "Stalled=True OwnedElsewhere")
		s.edit(project, func() { project.Spec.Defaults = &v1alpha1.PolicyDefaults{AdoptionPolicy: v1alpha1.AdoptAlways} })
		s.checkProject(project)
		later()
		_, _ = s.pass(theirs)
		s.mustSay(theirs, "Synced=True InSync")
		later()
		_, _ = s.pass(mine)
		s.mustSay(mine, "Stalled=True OwnedElsewhere")
		s.mustHold("secrets", 1)
	})
}

// What adoption would change is shown, but for secret values, until it no longer is so.
func TestARefusedAdoptionShowsWhatItWouldChange(t *testing.T) {
	t.Parallel()
	owned := foreignRoom()
	owned["annotations"] = map[string]any{v1alpha1.OwnerAnnotation: "cluster-2/a/b"}
	for name, test := range map[string]struct {
		obj        v1alpha1.Object
		collection string
		doc        map[string]any
		reason     string
		show       string
		hidden     bool
	}{
		"it differs":                  {newRoom(), "rooms", foreignRoom(), "AlreadyExists", "metadata.team", false},
		"another operator manages it": {newRoom(), "rooms", owned, "OwnedElsewhere", "metadata.team", false},
		"it is a secret":              {newMeshSecret(), "secrets", map[string]any{"name": "openai", "type": "keys", "data_base64": "eyJtaW5lIjoieCJ9"}, "AlreadyExists", "data_base64", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, simulator.Behavior{}, test.obj, secret("values", "v"))
				id := s.meshagent.Add(test.collection, test.doc)
				_, _ = s.pass(test.obj)
				s.mustSay(test.obj, "Stalled=True "+test.reason)
				mustShow(t, test.obj, test.show)
				if one := test.obj.CommonStatus().Drift[0]; (one.Actual == "") != test.hidden || (one.Desired == "") != test.hidden {
					t.Errorf("values in status.drift: %v", one)
				}
				version := test.obj.GetResourceVersion()
				later()
				_, _ = s.pass(test.obj)
				if test.obj.GetResourceVersion() != version {
					t.Error("the same status is written again")
				}
				s.meshagent.Remove(test.collection, id)
				later()
				_, _ = s.pass(test.obj)
				s.mustSay(test.obj, "Synced=True InSync")
				mustShow(t, test.obj)
			})
		})
	}
}

// Another operator takes over what this object manages, and then the spec becomes one that cannot
// be used.
func TestALostResourceShowsWhatTakingItBackWouldChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		_, _ = s.pass(room)
		s.meshagent.Edit("rooms", room.Status.ID, func(doc map[string]any) {
			doc["annotations"], doc["metadata"] = map[string]any{v1alpha1.OwnerAnnotation: "cluster-2/a/b"}, map[string]any{"team": "other"}
		})
		later()
		_, _ = s.pass(room)
		s.mustSay(room, "Stalled=True OwnedElsewhere")
		mustShow(t, room, "metadata.team")
		s.meshagent.Inject(simulator.Fault{Method: http.MethodGet, Status: http.StatusBadGateway, Times: 1})
		later()
		_, _ = s.pass(room)
		mustShow(t, room, "metadata.team") // it is not known to have changed
		room.Status.ProjectID = "another"
		if err := s.Status().Update(t.Context(), room); err != nil {
			t.Fatal(err)
		}
		_, _ = s.pass(room)
		s.mustSay(room, "Stalled=True ProjectChanged")
		mustShow(t, room)
	})
}
