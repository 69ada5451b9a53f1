// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A service is created in a room, the process dies before status tells, and the room's object goes
// first.
func TestWhatLiesUnderWhatIsGoneIsNotStuck(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]bool{"status was lost too": true, "status was written": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room, service := newRoom(), newRoomService()
				s := newStage(t, simulator.Behavior{}, room, service)
				_, _ = s.pass(room)
				collection := "rooms/" + room.Status.ID + "/services"
				s.status = func(client.Object) error {
					if lost || len(s.meshagent.Documents(collection)) > 0 {
						return errKilled
					}
					return nil
				}
				_, _ = s.pass(service)
				created := 1
				if lost {
					created = 0 // nothing is created if status cannot tell where
				}
				s.mustHold(collection, created)
				s.status = nil
				s.restart()
				s.delete(room)
				s.delete(service)
				_, _ = s.pass(room)
				_, _ = s.pass(service)
				if !s.gone(room) || !s.gone(service) {
					t.Fatalf("they are not gone: %v", service.Status.Conditions)
				}
			})
		})
	}
}

// The credential fails while the object goes with its namespace.
func TestOnlyWhatNobodyCanMendIsAbandoned(t *testing.T) {
	t.Parallel()
	doom := func(s *stage, name string) {
		namespace := &corev1.Namespace{}
		if err := s.Get(s.Context(), client.ObjectKey{Name: name}, namespace); err != nil {
			s.Fatal(err)
		}
		s.delete(namespace)
	}
	for name, test := range map[string]struct {
		status    int
		both      bool // namespaces go
		abandoned bool
	}{
		"a key that is exchanged elsewhere": {status: http.StatusUnauthorized},
		"a right that is given elsewhere":   {status: http.StatusForbidden},
		"a key that goes too":               {status: http.StatusUnauthorized, both: true, abandoned: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room := newRoom()
				room.Namespace = "team"
				room.Spec.ProjectRef.Namespace = home
				s := newStage(t, simulator.Behavior{}, room, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "team", Finalizers: []string{"kubernetes"}}})
				project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject}}
				s.edit(project, func() { project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll} })
				_, _ = s.pass(room)
				s.mustHold("rooms", 1)
				doom(s, "team")
				if test.both {
					doom(s, home)
				}
				s.delete(room)
				s.meshagent.Inject(simulator.Fault{Status: test.status, Times: 1})
				_, _ = s.pass(room)
				if s.gone(room) != test.abandoned {
					t.Fatalf("gone: %t", !test.abandoned)
				}
				if !test.abandoned {
					_, _ = s.pass(room)
					s.mustHold("rooms", 0)
				}
			})
		})
	}
}

// The API key is exchanged for one of another project, and then the namespace goes.
func TestANamespaceGoesWhoseProjectBecameAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		_, _ = s.pass(room)
		room.Status.ProjectID = "another"
		if err := s.Status().Update(t.Context(), room); err != nil {
			t.Fatal(err)
		}
		s.delete(room)
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=False ProjectChanged")
		s.delete(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: home}})
		_, _ = s.pass(room)
		if !s.gone(room) {
			t.Fatal("the object is not gone")
		}
	})
}
