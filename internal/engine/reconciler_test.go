// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// noWay is what a proxy answers that leads nowhere.
var noWay = simulator.Fault{Status: http.StatusNotFound, ContentType: "text/html", Body: "<html>default backend - 404</html>"}

func team(name string) *runtime.RawExtension {
	return &runtime.RawExtension{Raw: fmt.Appendf(nil, `{"team": %q}`, name)}
}

func newFeed() *v1alpha1.MeshFeed {
	return &v1alpha1.MeshFeed{ObjectMeta: named("orders"), Spec: v1alpha1.MeshFeedSpec{Visibility: "project"}}
}

func newRoom() *v1alpha1.MeshRoom {
	return &v1alpha1.MeshRoom{ObjectMeta: named("support"), Spec: v1alpha1.MeshRoomSpec{Metadata: team("first")}}
}

func newMeshSecret() *v1alpha1.MeshSecret {
	made := &v1alpha1.MeshSecret{ObjectMeta: named("openai")}
	made.Spec.SecretRef.Name = "values"
	return made
}

// newRoomService is a service in the room of newRoom.
func newRoomService() *v1alpha1.MeshService {
	made := &v1alpha1.MeshService{ObjectMeta: named("agent")}
	made.Spec.RoomRef = &v1alpha1.ResourceReference{Name: "support"}
	made.Spec.Container = &v1alpha1.ContainerSpec{Image: "x"}
	return made
}

func TestNothingIsGoneBecauseAProxySaysSo(t *testing.T) {
	t.Parallel()
	for collection, obj := range map[string]v1alpha1.Object{"feeds": newFeed(), "rooms": newRoom(), "secrets": newMeshSecret()} {
		t.Run(collection, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, simulator.Behavior{}, obj, secret("values", "v"))
				_, _ = s.pass(obj)
				s.mustHold(collection, 1)
				id := obj.CommonStatus().ID

				time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
				mend := s.meshagent.Inject(noWay)
				_, _ = s.pass(obj)
				s.mustSay(obj, "Ready=True Available")
				if obj.CommonStatus().ID != id {
					t.Fatalf("id %q instead of %q", obj.CommonStatus().ID, id)
				}
				s.delete(obj)
				_, _ = s.pass(obj)
				if s.gone(obj) {
					t.Fatal("the object is gone")
				}
				mend()
				time.Sleep(time.Minute) //nolint:forbidigo // the clock is a fake one
				_, _ = s.pass(obj)
				if !s.gone(obj) {
					t.Fatal("the object is not gone")
				}
				s.mustHold(collection, 0)
			})
		})
	}
}

// Only deletions are answered so: by a proxy, or by MeshAgent, because another user was quicker.
func TestADeletionThatFindsNothing(t *testing.T) {
	t.Parallel()
	for name, quicker := range map[string]bool{"because a proxy says so": false, "because another user was quicker": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room := newRoom()
				s := newStage(t, simulator.Behavior{}, room)
				_, _ = s.pass(room)
				fault := noWay
				fault.Method = http.MethodDelete
				if quicker {
					fault = simulator.Fault{Method: http.MethodDelete, Hook: func(*http.Request) { s.meshagent.Remove("rooms", room.Status.ID) }}
				}
				mend := s.meshagent.Inject(fault)
				s.delete(room)
				_, _ = s.pass(room)
				if s.gone(room) != quicker {
					t.Fatalf("gone: %t", !quicker)
				}
				mend()
				if !quicker {
					_, _ = s.pass(room)
				}
				s.mustHold("rooms", 0)
			})
		})
	}
}

func TestAProjectThatIsGoneHoldsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		_, _ = s.pass(room)
		s.meshagent.Inject(simulator.Fault{Path: "/accounts/projects/", Status: http.StatusNotFound, Body: "404: no such project"}) // but /config answers
		s.delete(room)
		_, _ = s.pass(room)
		if !s.gone(room) {
			t.Fatal("the object is not gone")
		}
	})
}

// What was gone is created again, and the process dies before status tells. Then the object is
// deleted, or given another name.
func TestARecreationThatIsCutOffIsFound(t *testing.T) {
	t.Parallel()
	for collection, obj := range map[string]v1alpha1.Object{"feeds": newFeed(), "rooms": newRoom(), "secrets": newMeshSecret()} {
		t.Run(collection, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, simulator.Behavior{}, obj, secret("values", "v"))
				_, _ = s.pass(obj)
				s.meshagent.Remove(collection, obj.CommonStatus().ID)
				time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
				s.status = func(client.Object) error {
					if len(s.meshagent.Documents(collection)) > 0 {
						return errKilled
					}
					return nil
				}
				_, _ = s.pass(obj)
				s.mustHold(collection, 1)
				s.status = nil
				s.restart()
				if room, ok := obj.(*v1alpha1.MeshRoom); ok {
					s.edit(room, func() { room.Spec.Name = "renamed" })
					_, _ = s.pass(room)
					s.mustHold(collection, 1)
				}
				s.delete(obj)
				_, _ = s.pass(obj)
				if !s.gone(obj) {
					t.Fatal("the object is not gone")
				}
				s.mustHold(collection, 0)
			})
		})
	}
}

func TestALostAnswerIsNotTakenForNothing(t *testing.T) {
	t.Parallel()
	for name, deletes := range map[string]bool{"the object stays": false, "the object is deleted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				obj := newMeshSecret()
				s := newStage(t, simulator.Behavior{DuplicateSecretNames: true}, obj, secret("values", "v"))
				s.meshagent.Inject(simulator.Fault{Method: http.MethodPost, Drop: simulator.DropAfter, Times: 1})
				_, _ = s.pass(obj)
				s.mustHold("secrets", 1)
				if deletes {
					s.delete(obj)
				}
				time.Sleep(600 * time.Millisecond) //nolint:forbidigo // the clock is a fake one: as soon as it is tried again
				_, _ = s.pass(obj)
				if deletes {
					s.mustHold("secrets", 0)
					return
				}
				s.mustHold("secrets", 1)
				s.mustSay(obj, "Ready=True Available")
				if obj.Status.IsAdopted() {
					t.Error("it is adopted, although it was created for this object")
				}
			})
		})
	}
}

// The old value is written again while the write of the new one is in doubt.
func TestAListFromBeforeADoubtfulWriteIsNotBelieved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		_, _ = s.pass(room)
		time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
		_, _ = s.pass(room)
		s.edit(room, func() { room.Spec.Metadata = team("second") })
		s.meshagent.Inject(simulator.Fault{Method: http.MethodPut, Drop: simulator.DropAfter, Times: 1})
		_, _ = s.pass(room)
		s.edit(room, func() { room.Spec.Metadata = team("first") })
		s.meshagent.Inject(simulator.Fault{Status: http.StatusServiceUnavailable, Times: 1})
		_, _ = s.pass(room)
		time.Sleep(time.Second) //nolint:forbidigo // the clock is a fake one
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=True InSync")
		if got := fmt.Sprint(s.meshagent.Documents("rooms")[0]["metadata"]); got != "map[team:first]" {
			t.Errorf("MeshAgent holds %s", got)
		}
	})
}

func TestALookThatFailsIsNotOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		_, _ = s.pass(room)
		time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
		_, _ = s.pass(room)
		s.meshagent.Edit("rooms", room.Status.ID, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "other"} })
		s.edit(room, func() {
			room.Generation--
			room.Annotations = map[string]string{v1alpha1.ReconcileRequestedAtAnnotation: "now"}
		})
		s.meshagent.Inject(simulator.Fault{Status: http.StatusServiceUnavailable, Times: 1})
		if _, err := s.pass(room); err == nil || room.Status.LastHandledReconcileAt != "" {
			t.Fatalf("error %v, receipt %q", err, room.Status.LastHandledReconcileAt)
		}
		time.Sleep(time.Second) //nolint:forbidigo // the clock is a fake one
		if _, err := s.pass(room); err != nil || room.Status.LastHandledReconcileAt != "now" {
			t.Fatalf("error %v, receipt %q", err, room.Status.LastHandledReconcileAt)
		}
		if got := fmt.Sprint(s.meshagent.Documents("rooms")[0]["metadata"]); got != "map[team:first]" {
			t.Errorf("MeshAgent holds %s", got)
		}
	})
}

// The spec is changed while a pass writes to status what it is about to set.
func TestAPassIsAboutTheVersionThatItRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		room.Spec.Metadata = nil
		s := newStage(t, simulator.Behavior{}, room)
		_, _ = s.pass(room)
		s.edit(room, func() { room.Spec.Metadata = team("second") })
		s.status = func(client.Object) error {
			s.status = nil
			newer := newRoom()
			s.edit(newer, func() { newer.Spec.Metadata = team("third") })
			return nil
		}
		_, _ = s.pass(room)
		if room.Generation != 3 || room.Status.ObservedGeneration != 2 {
			t.Fatalf("generation %d, observed %d", room.Generation, room.Status.ObservedGeneration)
		}
		_, _ = s.pass(room)
		if got := fmt.Sprint(s.meshagent.Documents("rooms")[0]["metadata"]); got != "map[team:third]" || room.Status.ObservedGeneration != 3 {
			t.Errorf("MeshAgent holds %s, observed generation %d", got, room.Status.ObservedGeneration)
		}
	})
}
