// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// once makes a single pass, without those that it asks for.
func (s *stage) once(obj v1alpha1.Object) {
	s.Helper()
	key := client.ObjectKeyFromObject(obj)
	kind, err := s.GroupVersionKindFor(obj)
	if err != nil {
		s.Fatal(err)
	}
	_, _ = s.reconcilers[kind.Kind].Reconcile(s.Context(), reconcile.Request{NamespacedName: key})
	if err := s.Get(s.Context(), key, obj); client.IgnoreNotFound(err) != nil {
		s.Fatal(err)
	}
}

func wait(d time.Duration) { time.Sleep(d) } //nolint:forbidigo // the clock is a fake one

func newUserGrant() *v1alpha1.MeshRoomGrant {
	made := &v1alpha1.MeshRoomGrant{ObjectMeta: named("grant")}
	made.Spec.RoomRef = v1alpha1.ResourceReference{Name: "support"}
	made.Spec.UserID = "11111111-1111-4111-8111-111111111111"
	made.Spec.Permissions = &v1alpha1.APIScope{Queues: &v1alpha1.QueuesGrant{Send: []string{"b", "a"}}}
	return made
}

// MeshAgent has said that it made the grant. It is deleted before the operator has looked at it
// again.
func TestWhatWasJustCreatedIsDeleted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room, grant := newRoom(), newUserGrant()
		grant.Spec.Permissions.Queues.Receive = []string{}
		s := newStage(t, simulator.Behavior{Normalize: simulator.AllNormalizations}, room, grant)
		_, _ = s.pass(room)
		s.once(grant)
		s.mustHold("room-grants", 1)
		s.delete(grant)
		_, _ = s.pass(grant)
		if !s.gone(grant) {
			t.Fatalf("it is not gone: %v", grant.Status.Conditions)
		}
		s.mustHold("room-grants", 0)
	})
}

// The confirmation of a creation that MeshAgent has acknowledged fails. Then someone changes the
// grant.
func TestAnAcknowledgedCreationIsOurs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room, grant := newRoom(), newUserGrant()
		s := newStage(t, simulator.Behavior{}, room, grant)
		_, _ = s.pass(room)
		s.once(grant)
		s.mustHold("room-grants", 1)
		wait(time.Second)
		restore := s.meshagent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/room-grants", Status: http.StatusServiceUnavailable})
		s.once(grant)
		restore()
		wait(time.Minute)
		if grant.Status.ID == "" {
			t.Fatal("there is no id in status")
		}
		s.meshagent.Edit("room-grants", grant.Status.ID, func(doc map[string]any) {
			doc["permissions"] = map[string]any{"queues": map[string]any{"send": []any{"a", "c"}}}
		})
		_, _ = s.pass(grant)
		s.mustSay(grant, "Synced=True InSync")
		if grant.Status.IsAdopted() {
			t.Error("it is taken for another user's")
		}
	})
}

// A server does not keep one value. The object gives another field up, which another user then
// sets.
func TestWhatIsGivenUpIsNotOursWhileNotConverging(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		room.Spec.Metadata = &runtime.RawExtension{Raw: []byte(`{"limit": "1"}`)}
		room.Spec.Annotations = map[string]string{"a": " x ", "b": "y"}
		s := newStage(t, simulator.Behavior{Normalize: simulator.TrimSpace}, room)
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=False NotConverging")
		s.edit(room, func() { delete(room.Spec.Annotations, "b") })
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=False NotConverging")
		if got := fmt.Sprint(s.meshagent.Documents("rooms")[0]["annotations"]); strings.Contains(got, "b:") {
			t.Fatalf("b is still there: %s", got)
		}
		s.meshagent.Edit("rooms", room.Status.ID, func(doc map[string]any) {
			annotations, _ := doc["annotations"].(map[string]any)
			annotations["b"] = "another user's"
		})
		later()
		_, _ = s.pass(room)
		if got := fmt.Sprint(s.meshagent.Documents("rooms")[0]["annotations"]); !strings.Contains(got, "b:") {
			t.Errorf("what another user set was removed: %s", got)
		}
	})
}

// MeshAgent is upgraded while a MeshProject waits for its last objects to be deleted. One of them
// is gone already.
func TestADeletionDoesNotWaitForACheckThatNeverComes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject}}
		s.checkProject(project)
		_, _ = s.pass(room)
		// Its passes count what uses it. They do not check access, nor the version.
		s.delete(project)
		s.meshagent.Remove("rooms", room.Status.ID)
		s.meshagent.Upgrade(simulator.Server{Version: "0.44.99"})
		s.delete(room)
		for range 20 {
			wait(time.Minute)
			if _, _ = s.pass(room); s.gone(room) {
				return
			}
		}
		t.Errorf("the object is never gone: %v", room.Status.Conditions)
	})
}

// A server names its builds in its own way, and the key may not read the role. It is upgraded.
func TestAVersionThatNobodyCanCompare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		s.meshagent.Upgrade(simulator.Server{Version: "main-1", KeepsRoutes: true})
		s.meshagent.Inject(simulator.Fault{Path: "/role$", Status: http.StatusForbidden})
		project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject}}
		s.checkProject(project)
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=True InSync")
		s.meshagent.Upgrade(simulator.Server{Version: "main-2", KeepsRoutes: true})
		s.meshagent.Remove("rooms", room.Status.ID)
		for range 20 {
			later()
			s.checkProject(project)
			_, _ = s.pass(room)
		}
		s.mustSay(room, "Synced=True InSync")
		s.mustHold("rooms", 1)
	})
}

// The first attempt to set a field meets the rate limit. The second one is carried out, and the
// process dies.
func TestAFieldIsOursAfterARefusalToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		_, _ = s.pass(room)
		s.edit(room, func() { room.Spec.Annotations = map[string]string{"b": "y"} })
		s.meshagent.Inject(simulator.Fault{Method: http.MethodPut, Status: http.StatusTooManyRequests, Times: 1})
		s.once(room)
		wait(time.Minute)
		put := false
		s.meshagent.Inject(simulator.Fault{Method: http.MethodPut, Times: 1, After: func(*http.Request) { put = true }})
		s.status = func(client.Object) error {
			if put {
				return errKilled
			}
			return nil
		}
		s.once(room)
		if !put {
			t.Fatal("it was not written")
		}
		s.status = nil
		s.restart()
		s.edit(room, func() { room.Spec.Annotations = nil })
		wait(time.Minute)
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=True InSync")
		if got := fmt.Sprint(s.meshagent.Documents("rooms")[0]["annotations"]); strings.Contains(got, "b:") {
			t.Errorf("what this object set is left: %s", got)
		}
	})
}

// The answer to an update is lost. Another object wants the same name at once.
func TestADoubtfulUpdateDoesNotFreeTheName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, two, other := newMeshSecret(), newMeshSecret(), newMeshSecret()
		two.ObjectMeta, other.ObjectMeta = named("second"), named("other")
		two.Spec.Name = "openai"
		s := newStage(t, simulator.Behavior{DuplicateSecretNames: true}, one, two, other, secret("values", "v"))
		_, _ = s.pass(one)
		wait(time.Minute)
		_, _ = s.pass(other) // lists the secrets
		s.mustHold("secrets", 2)
		held := &corev1.Secret{}
		held.Namespace, held.Name = home, "values"
		s.edit(held, func() { held.Data[v1alpha1.DefaultAPIKeyKey] = []byte("w") })
		s.meshagent.Inject(simulator.Fault{Method: http.MethodPut, Drop: simulator.DropAfter, Times: 1})
		s.once(one)
		s.once(two)
		s.mustHold("secrets", 2)
	})
}

// A process dies when a room was made. Someone sets a field of it just after the next process has
// listed the rooms.
func TestWhatIsFoundByItsMarkIsReadBeforeItIsWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room, other := newRoom(), newRoom()
		other.ObjectMeta = named("other")
		s := newStage(t, simulator.Behavior{}, room, other)
		s.status = func(client.Object) error { return errKilled }
		s.once(room)
		s.mustHold("rooms", 1)
		s.status = nil
		s.restart()
		s.edit(other, func() { controllerutil.AddFinalizer(other, v1alpha1.Finalizer) }) // an earlier pass was here
		s.once(other)                                                                    // lists the rooms
		for _, doc := range s.meshagent.Documents("rooms") {
			if doc["name"] == "support" {
				s.meshagent.Edit("rooms", fmt.Sprint(doc["id"]), func(doc map[string]any) {
					annotations, _ := doc["annotations"].(map[string]any)
					annotations["theirs"] = "x"
				})
			}
		}
		s.edit(room, func() { room.Spec.Metadata = team("second") })
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=True InSync")
		for _, doc := range s.meshagent.Documents("rooms") {
			if doc["name"] == "support" && !strings.Contains(fmt.Sprint(doc["annotations"]), "theirs") {
				t.Errorf("what another user set is gone: %v", doc["annotations"])
			}
		}
	})
}

// A process dies when a service was made, whose endpoint then gets the secret of an OAuth client
// from another user.
func TestASecretThatAListHidesIsRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := newRoomService()
		service.Spec.RoomRef = nil
		s := newStage(t, simulator.Behavior{}, service)
		s.status = func(client.Object) error { return errKilled }
		s.once(service)
		s.mustHold("services", 1)
		s.status = nil
		s.meshagent.Edit("services", fmt.Sprint(s.meshagent.Documents("services")[0]["id"]), func(doc map[string]any) {
			doc["ports"] = []any{map[string]any{"num": "80", "type": "http", "endpoints": []any{map[string]any{
				"path": "/mcp", "mcp": map[string]any{"label": "x", "oauth": map[string]any{"client_id": "c", "client_secret": "s", "authorization_endpoint": "https://x", "token_endpoint": "https://x"}},
			}}}}
		})
		s.restart()
		s.edit(service, func() { service.Spec.Container.Image = "y" })
		_, _ = s.pass(service)
		s.mustSay(service, "Synced=True InSync")
	})
}
