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

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A room is created again under the same name. What refers to it went with the old one, and lists
// from before still show it.
func TestWhatRefersToARoomFollowsItAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, simulator.Behavior{})
		feed, service := newFeed(), newRoomService()
		route := &v1alpha1.MeshRoute{ObjectMeta: named("web")}
		route.Spec.Domain, route.Spec.Backend.RoomRef = "web.meshagent.app", &v1alpha1.ResourceReference{Name: "support"}
		route.Spec.Paths = []v1alpha1.MeshRoutePath{{TargetPort: intstr.FromInt32(8000)}}
		subscription := &v1alpha1.MeshFeedSubscription{ObjectMeta: named("sub")}
		subscription.Spec.FeedRef.Name, subscription.Spec.RoomRef.Name, subscription.Spec.Path = feed.Name, "support", "orders/"
		all := []engine.Object{feed, service, route, subscription}
		room := newRoom()
		h.apply(room)
		for _, obj := range all {
			h.apply(obj)
		}
		h.run(2 * interval) // everything was listed
		for _, obj := range all {
			h.mustBeReady(obj)
		}
		h.goes(room)
		room = newRoom()
		h.apply(room)
		h.run(time.Minute)
		for _, obj := range append(all, room) {
			h.mustBeReady(obj)
		}
		for collection, want := range map[string]int{
			"rooms/" + room.Status.ID + "/services": 1, "routes": 1, "feeds/" + feed.Status.ID + "/subscriptions": 1,
		} {
			if held := h.meshagent.Documents(collection); len(held) != want {
				t.Errorf("MeshAgent holds %d %s", len(held), collection)
			}
		}
	})
}

// What a resource lies in is gone, and was named by its id. Whether the resource was ever created
// does not matter.
func TestWhatLiesInSomethingGoneCanBeDeleted(t *testing.T) {
	t.Parallel()
	const nowhere = "00000000-0000-4000-8000-000000000000"
	for name, created := range map[string]bool{"never created": false, "created": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, simulator.Behavior{})
				feedID, agentID := nowhere, nowhere
				if created {
					feedID = h.meshagent.Add("feeds", map[string]any{"name": "f", "visibility": "project"})
					agentID = h.meshagent.Add("agents", map[string]any{"name": "scribe", "configuration": map[string]any{"version": "v1", "kind": "ManagedAgent"}})
				}
				room := newRoom()
				h.apply(room)
				subscription := &v1alpha1.MeshFeedSubscription{ObjectMeta: named("sub")}
				subscription.Spec.FeedRef.External, subscription.Spec.RoomRef.Name, subscription.Spec.Path = feedID, room.Name, "x/"
				secretOfAgent := newMeshSecret()
				secretOfAgent.Spec.AgentRef = &v1alpha1.ResourceReference{External: agentID}
				h.create(secret("values", "v"))
				all := []engine.Object{subscription, secretOfAgent}
				for _, obj := range all {
					h.apply(obj)
				}
				h.run(time.Minute)
				for _, obj := range all {
					if got := h.condition(obj, v1alpha1.ConditionReady); (got == "Ready=True Available") != created {
						t.Fatalf("it says %s:%s", got, h.says(obj))
					}
				}
				h.meshagent.Remove("feeds", feedID)
				h.meshagent.Remove("agents", agentID)
				for _, obj := range all {
					h.delete(obj)
				}
				h.run(10 * time.Minute)
				for _, obj := range all {
					if !h.gone(obj) {
						t.Errorf("it is not gone:%s", h.says(obj))
					}
				}
			})
		})
	}
}

// Two objects declare one secret, which cannot carry an ownership mark. They must not write it in turn.
func TestTwoObjectsDoNotShareAResource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, simulator.Behavior{})
		values := map[string]string{"old": "one", "new": "one"}
		var objects []*v1alpha1.MeshSecret
		for _, name := range []string{"old", "new"} {
			h.create(secret("values-"+name, values[name]))
			obj := &v1alpha1.MeshSecret{ObjectMeta: named(name)}
			obj.Spec.Name, obj.Spec.SecretRef.Name = "shared", "values-"+name
			h.apply(obj)
			h.run(10 * time.Second) // the first one is the older one
			objects = append(objects, obj)
		}
		older, newer := objects[0], objects[1]
		h.run(2 * interval)
		h.mustBeReady(older)
		if got := h.condition(newer, v1alpha1.ConditionStalled); got != "Stalled=True OwnedElsewhere" {
			t.Fatalf("the newer one says %q:%s", got, h.says(newer))
		}
		rotated := secret("values-new", "two")
		h.patch(rotated, `{"data": {"apiKey": "dHdv"}}`)
		h.meshagent.ResetCalls()
		h.run(4 * interval)
		for _, call := range h.meshagent.Calls() {
			if call.Method == http.MethodPut || call.Method == http.MethodPost && call.Status < 400 {
				t.Errorf("%s %s: the value was written", call.Method, call.Path)
			}
		}
		h.goes(newer)
		if len(h.meshagent.Documents("secrets")) != 1 {
			t.Fatal("deleting the object that does not have the resource deleted it")
		}
		h.goes(older)
		if len(h.meshagent.Documents("secrets")) != 0 {
			t.Fatal("the resource is left")
		}
	})
}

// MeshAgent refuses a field, and another user sets it meanwhile. Then the spec drops it, and the
// process that was refused is no longer there.
func TestARefusedFieldIsNotOurs(t *testing.T) {
	t.Parallel()
	for name, restarted := range map[string]bool{"the same process": false, "another process": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room := newRoom()
				s := newStage(t, simulator.Behavior{}, room)
				_, _ = s.pass(room)
				accept := s.meshagent.Inject(simulator.Fault{Method: http.MethodPut, Status: http.StatusBadRequest})
				s.edit(room, func() { room.Spec.Metadata = &runtime.RawExtension{Raw: []byte(`{"team": "first", "tier": "gold"}`)} })
				_, _ = s.pass(room)
				s.mustSay(room, "Stalled=True Rejected")
				accept()
				s.meshagent.Edit("rooms", room.Status.ID, func(doc map[string]any) {
					doc["metadata"] = map[string]any{"team": "first", "tier": "silver"}
				})
				if restarted {
					s.restart()
				}
				s.edit(room, func() { room.Spec.Metadata = team("first") })
				_, _ = s.pass(room)
				s.mustSay(room, "Synced=True InSync")
				if got := fmt.Sprint(s.meshagent.Documents("rooms")[0]["metadata"]); got != "map[team:first tier:silver]" {
					t.Errorf("MeshAgent holds %s", got)
				}
			})
		})
	}
}

// largeMetadata has so many members, below others if they are named.
func largeMetadata(members int, below ...string) *runtime.RawExtension {
	text := strings.Builder{}
	text.WriteString(`{"x": 1`)
	for i := range members {
		fmt.Fprintf(&text, `, "%s-%05d": %d`, strings.Repeat("long", 8), i, i)
	}
	text.WriteString("}")
	document := text.String()
	for _, name := range below {
		document = fmt.Sprintf("{%q: %s}", name, document)
	}
	return &runtime.RawExtension{Raw: []byte(document)}
}

// What an object sets is noted in its status, which can become too large.
func TestAnObjectThatIsTooLargeSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fits, deep, large := newRoom(), newRoom(), newRoom()
		fits.Spec.Metadata = largeMetadata(5000)
		deep.ObjectMeta, deep.Spec.Metadata = named("deep"), largeMetadata(5000, strings.Repeat("long", 50))
		large.ObjectMeta, large.Spec.Metadata = named("large"), largeMetadata(15000)
		s := newStage(t, simulator.Behavior{}, fits, deep, large)
		for _, room := range []*v1alpha1.MeshRoom{fits, deep} { // what others lie below counts once
			_, _ = s.pass(room)
			s.mustSay(room, "Ready=True Available")
		}
		_, _ = s.pass(large)
		s.mustSay(large, "Stalled=True Invalid")
		s.mustHold("rooms", 2)

		// The API server may have other limits.
		s.status = func(obj client.Object) error {
			if room, ok := obj.(*v1alpha1.MeshRoom); ok && room.Status.AppliedFields != nil {
				return apierrors.NewRequestEntityTooLargeError("limit is 3145728")
			}
			return nil
		}
		small := newRoom()
		small.ObjectMeta = named("small")
		s.create(small)
		_, _ = s.pass(small)
		s.mustSay(small, "Stalled=True Invalid")
	})
}

// A resource goes while it is being left.
func TestALeftResourceThatIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		feed := newFeed()
		feed.Spec.DeletionPolicy = v1alpha1.DeletionOrphan
		s := newStage(t, simulator.Behavior{}, feed)
		_, _ = s.pass(feed)
		id := feed.Status.ID
		s.meshagent.Inject(simulator.Fault{Method: http.MethodPut, Times: 1, Hook: func(*http.Request) { s.meshagent.Remove("feeds", id) }})
		s.delete(feed)
		_, _ = s.pass(feed)
		if !s.gone(feed) {
			t.Fatalf("the object is not gone: %v", feed.Status.Conditions)
		}
		again := newFeed()
		s.create(again)
		_, _ = s.pass(again)
		s.mustSay(again, "Ready=True Available")
		s.mustHold("feeds", 1)
	})
}

// The template alone tells the name of its service, and another user's has it.
func TestATemplateWhoseNameIsTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, simulator.Behavior{})
		h.meshagent.Add("services", map[string]any{
			"version": "v1", "kind": "Service", "metadata": map[string]any{"name": "made"}, "external": map[string]any{"url": "https://x.example"},
		})
		service := &v1alpha1.MeshService{ObjectMeta: named("agent")}
		service.Spec.Template = &v1alpha1.ServiceTemplate{Text: "version: v1\nkind: ServiceTemplate\nmetadata:\n  name: {{ name }}\nexternal:\n  url: https://y.example\n", Values: map[string]string{"name": "made"}}
		h.apply(service)
		h.run(time.Minute)
		if got := h.condition(service, v1alpha1.ConditionStalled); got != "Stalled=True AlreadyExists" || !strings.Contains(h.says(service), `"made"`) {
			t.Fatalf("it says %s:%s", got, h.says(service))
		}
		h.meshagent.ResetCalls()
		h.run(10 * interval)
		posts := 0
		for _, call := range h.meshagent.Calls() {
			if call.Method == http.MethodPost && strings.HasSuffix(call.Path, "/services") {
				posts++
			}
		}
		if posts > 12 {
			t.Errorf("%d attempts in ten intervals", posts)
		}
	})
}
