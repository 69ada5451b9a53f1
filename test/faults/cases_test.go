// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A room is created again under the same name. What refers to it went with the old one, and lists
// from before still show it.
func TestWhatRefersToARoomFollowsItAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		feed, service := newFeed(), newRoomService()
		route := &v1alpha1.MeshRoute{ObjectMeta: named("web")}
		route.Spec.Domain, route.Spec.Backend.RoomRef = "web.meshagent.app", &v1alpha1.ResourceReference{Name: "support"}
		route.Spec.Paths = []v1alpha1.MeshRoutePath{{TargetPort: intstr.FromInt32(8000)}}
		subscription := &v1alpha1.MeshFeedSubscription{ObjectMeta: named("sub")}
		subscription.Spec.FeedRef.Name, subscription.Spec.RoomRef.Name, subscription.Spec.Path = v1alpha1.ObjectName(feed.Name), "support", "orders/"
		all := []v1alpha1.Object{feed, service, route, subscription}
		room := newRoom()
		h.Apply(room)
		for _, obj := range all {
			h.Apply(obj)
		}
		h.Run(2 * memory.DriftInterval) // everything was listed
		for _, obj := range all {
			h.RequireReady(obj)
		}
		h.CheckDeletion(room)
		room = newRoom()
		h.Apply(room)
		h.Run(time.Minute)
		for _, obj := range append(all, room) {
			h.RequireReady(obj)
		}
		for collection, want := range map[string]int{
			"rooms/" + room.Status.ID + "/services": 1, "routes": 1, "feeds/" + feed.Status.ID + "/subscriptions": 1,
		} {
			if held := h.MeshAgent.Documents(collection); len(held) != want {
				t.Errorf("MeshAgent holds %d %s", len(held), collection)
			}
		}
	})
}

// The parent of a resource is gone, and the spec names it by its ID. Whether the resource was ever
// created does not matter.
func TestWhatLiesInSomethingGoneCanBeDeleted(t *testing.T) {
	t.Parallel()
	const nowhere = "00000000-0000-4000-8000-000000000000"
	for name, created := range map[string]bool{"never created": false, "created": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newCluster(t, simulator.Behavior{})
				feedID, agentID := nowhere, nowhere
				if created {
					feedID = h.MeshAgent.Add("feeds", map[string]any{"name": "f", "visibility": "project"})
					agentID = h.MeshAgent.Add("agents", managedAgent("scribe"))
				}
				room := newRoom()
				h.Apply(room)
				subscription := &v1alpha1.MeshFeedSubscription{ObjectMeta: named("sub")}
				subscription.Spec.FeedRef.ExternalID, subscription.Spec.RoomRef.Name, subscription.Spec.Path = feedID, v1alpha1.ObjectName(room.Name), "x/"
				secretOfAgent := newMeshSecret()
				secretOfAgent.Spec.AgentRef = &v1alpha1.ResourceReference{ExternalID: agentID}
				h.Create(memory.Secret("values", "v"))
				all := []v1alpha1.Object{subscription, secretOfAgent}
				for _, obj := range all {
					h.Apply(obj)
				}
				h.Run(time.Minute)
				for _, obj := range all {
					if got := h.Condition(obj, v1alpha1.ConditionReady); (got == "Ready=True Available") != created {
						t.Fatalf("it says %s:%s", got, h.Describe(obj))
					}
				}
				h.MeshAgent.Remove("feeds", feedID)
				h.MeshAgent.Remove("agents", agentID)
				for _, obj := range all {
					h.Delete(obj)
				}
				h.Run(10 * time.Minute)
				for _, obj := range all {
					if !h.IsGone(obj) {
						t.Errorf("it is not gone:%s", h.Describe(obj))
					}
				}
			})
		})
	}
}

// Two objects declare one secret, which cannot carry an ownership mark. They must not write it in
// turn.
func TestTwoObjectsDoNotShareAResource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		values := map[string]string{"old": "one", "new": "one"}
		var objects []*v1alpha1.MeshSecret
		for _, name := range []string{"old", "new"} {
			h.Create(memory.Secret("values-"+name, values[name]))
			obj := &v1alpha1.MeshSecret{ObjectMeta: named(name)}
			obj.Spec.Name, obj.Spec.SecretRef.Name = "shared", v1alpha1.ObjectName("values-"+name)
			h.Apply(obj)
			h.Run(10 * time.Second) // the first one is the older one
			objects = append(objects, obj)
		}
		older, newer := objects[0], objects[1]
		h.Run(2 * memory.DriftInterval)
		h.RequireReady(older)
		if got := h.Condition(newer, v1alpha1.ConditionStalled); got != "Stalled=True OwnedElsewhere" {
			t.Fatalf("the newer one says %q:%s", got, h.Describe(newer))
		}
		rotated := memory.Secret("values-new", "two")
		h.Patch(rotated, `{"data": {"apiKey": "dHdv"}}`)
		h.MeshAgent.ResetCalls()
		h.Run(4 * memory.DriftInterval)
		for _, call := range h.MeshAgent.Calls() {
			if call.Method == http.MethodPut || call.Method == http.MethodPost && call.Status < 400 {
				t.Errorf("%s %s: the value was written", call.Method, call.Path)
			}
		}
		h.CheckDeletion(newer)
		if len(h.MeshAgent.Documents("secrets")) != 1 {
			t.Fatal("deleting the object that does not have the resource deleted it")
		}
		h.CheckDeletion(older)
		if len(h.MeshAgent.Documents("secrets")) != 0 {
			t.Fatal("the resource is left")
		}
	})
}
