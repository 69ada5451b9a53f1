// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// suspenders set spec.suspend: of the object, or of its MeshProject.
var suspenders = map[string]func(*stage, *v1alpha1.MeshRoom, *bool){
	"the object": func(s *stage, room *v1alpha1.MeshRoom, suspend *bool) {
		s.edit(room, func() { room.Spec.Suspend = suspend })
	},
	"its MeshProject": func(s *stage, _ *v1alpha1.MeshRoom, suspend *bool) {
		s.editProject(func(spec *v1alpha1.MeshProjectSpec) { spec.Suspend = suspend })
	},
}

// eachSuspender makes a room, and suspends it in each way.
func eachSuspender(t *testing.T, policy v1alpha1.DeletionPolicy, test func(s *stage, room *v1alpha1.MeshRoom, resume func())) {
	t.Helper()
	for name, suspend := range suspenders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room := newRoom()
				room.Spec.DeletionPolicy = policy
				s := newStage(t, simulator.Behavior{}, room)
				s.env.Recorder = events.NewFakeRecorder(100)
				_, _ = s.pass(room)
				s.mustHold("rooms", 1)
				suspend(s, room, new(true))
				s.meshagent.ResetCalls()
				_, _ = s.pass(room)
				s.mustSay(room, "Synced=Unknown Suspended")
				s.mustSay(room, "Ready=True Available")
				s.mustAsk("")
				test(s, room, func() { suspend(s, room, nil) })
			})
		})
	}
}

// mustBeLeft checks that the object is gone, that its room is in MeshAgent as it was, and that a
// Warning says so.
func (s *stage) mustBeLeft(room *v1alpha1.MeshRoom) {
	s.Helper()
	id := room.Status.ID
	if !s.gone(room) {
		s.Fatalf("it is not gone: %v", room.Status.Conditions)
	}
	s.mustAsk("")
	s.mustHold("rooms", 1)
	if marks, _ := s.meshagent.Documents("rooms")[0]["annotations"].(map[string]any); marks[v1alpha1.OwnerAnnotation] == nil {
		s.Error("the ownership annotation is gone")
	}
	said := s.events()
	if !slices.ContainsFunc(said, func(event string) bool {
		return strings.HasPrefix(event, "Warning Left") && strings.Contains(event, id)
	}) {
		s.Errorf("no event tells what is left: %v", said)
	}
}

func TestASuspendedObjectLeavesItsResource(t *testing.T) {
	t.Parallel()
	eachSuspender(t, "", func(s *stage, room *v1alpha1.MeshRoom, _ func()) {
		s.defaults(v1alpha1.PolicyDefaults{DeletionPolicy: v1alpha1.DeletionDelete}) // a default does not make it wait
		s.delete(room)
		_, _ = s.pass(room)
		s.mustBeLeft(room)
	})
}

func TestASuspendedObjectThatInsistsWaits(t *testing.T) {
	t.Parallel()
	t.Run("until it is resumed", func(t *testing.T) {
		t.Parallel()
		eachSuspender(t, v1alpha1.DeletionDelete, func(s *stage, room *v1alpha1.MeshRoom, resume func()) {
			s.delete(room)
			result, err := s.pass(room)
			s.mustSay(room, "Synced=False Suspended")
			s.mustSay(room, "Ready=False Deleting")
			if err != nil || result.RequeueAfter == 0 {
				s.Errorf("the end of its namespace would not be noticed: %v, %v", result, err)
			}
			s.mustAsk("")
			resume()
			_, _ = s.pass(room)
			if !s.gone(room) {
				s.Error("it is not gone")
			}
			s.mustHold("rooms", 0)
		})
	})
	t.Run("until it no longer does", func(t *testing.T) {
		t.Parallel()
		eachSuspender(t, v1alpha1.DeletionDelete, func(s *stage, room *v1alpha1.MeshRoom, _ func()) {
			s.delete(room)
			_, _ = s.pass(room)
			s.edit(room, func() { room.Spec.DeletionPolicy = v1alpha1.DeletionOrphan })
			_, _ = s.pass(room)
			s.mustBeLeft(room)
		})
	})
	t.Run("until its namespace ends", func(t *testing.T) {
		t.Parallel()
		eachSuspender(t, v1alpha1.DeletionDelete, func(s *stage, room *v1alpha1.MeshRoom, _ func()) {
			s.delete(room)
			_, _ = s.pass(room)
			s.delete(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: home}})
			_, _ = s.pass(room)
			s.mustBeLeft(room)
		})
	})
}

// A deletion that the guard holds is held no longer once nothing is to be deleted.
func TestTheGuardDoesNotCountWhatIsSuspended(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, rooms := guarded(t, 0, 2)
		for _, room := range rooms {
			s.delete(room)
			_, _ = s.pass(room)
			s.mustSay(room, "Synced=False DeletionHeld")
		}
		project, _, _ := s.check()
		mustSay(t, project, "DeletionsHeld=True DeletionHeld")
		s.meshagent.ResetCalls()
		s.editProject(func(spec *v1alpha1.MeshProjectSpec) { spec.Suspend = new(true) })
		for _, room := range rooms {
			_, _ = s.pass(room)
			if !s.gone(room) {
				t.Error("it is not gone")
			}
		}
		project, _, _ = s.check()
		if slices.Contains(said(project), "DeletionsHeld=True DeletionHeld") {
			t.Error("the MeshProject tells that deletions are held")
		}
		s.mustAsk("")
		s.mustHold("rooms", 2)
		if s.counted() != 0 {
			t.Errorf("%d deletions are counted", s.counted())
		}
	})
}

// Not even the project itself is read, whether it was Ready or never was.
func TestASuspendedProjectIsNotChecked(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{"that was Ready": "Ready=True Available", "that was not": "Ready=False Suspended"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, simulator.Behavior{}, secretless("fresh"))
				project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject}}
				if before != "Ready=True Available" {
					project.Name = "fresh"
				}
				s.edit(project, func() { project.Spec.Suspend = new(true) })
				s.checkProject(project)
				s.mustAsk("")
				mustSay(t, project, before, "Synced=Unknown Suspended")
				if project.Status.ObservedGeneration != project.Generation {
					t.Error("the status is of another generation")
				}
				s.edit(project, func() { project.Spec.Suspend, project.Spec.APIKeySecretRef.Name = nil, "key" })
				s.checkProject(project)
				mustSay(t, project, "Ready=True Available", "Synced=True InSync")
			})
		})
	}
}

// secretless is a MeshProject whose Secret does not exist.
func secretless(name string) *v1alpha1.MeshProject {
	project := &v1alpha1.MeshProject{ObjectMeta: named(name)}
	project.Spec.APIKeySecretRef.Name = "nowhere"
	return project
}
