// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// What a spec names by its id may be named in capitals, in each kind that names something so.
func TestAReferenceByAnIDInCapitals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		add := func(collection string, document map[string]any) string {
			return strings.ToUpper(h.MeshAgent.Add(collection, document))
		}
		room := v1alpha1.ResourceReference{ExternalID: add("rooms", map[string]any{"name": "support", "metadata": map[string]any{}})}
		feed := v1alpha1.IDReference{ExternalID: add("feeds", map[string]any{"name": "orders", "visibility": "project"})}
		agent := v1alpha1.ResourceReference{ExternalID: add("agents", managedAgent("scribe"))}
		user := add("users", map[string]any{"email": invitee})
		service, secretOfAgent := newRoomService(), newMeshSecret()
		service.Spec.RoomRef, secretOfAgent.Spec.AgentRef = &room, &agent
		h.Create(memory.Secret("values", "v"))
		subscription := &v1alpha1.MeshFeedSubscription{ObjectMeta: named("sub")}
		subscription.Spec.FeedRef, subscription.Spec.RoomRef, subscription.Spec.Path = feed, room, "orders/"
		grant := &v1alpha1.MeshRoomGrant{ObjectMeta: named("ops")}
		grant.Spec.RoomRef, grant.Spec.UserID, grant.Spec.Permissions = room, user, &v1alpha1.APIScope{LLM: &v1alpha1.LLMGrant{Models: v1alpha1.AllowList{v1alpha1.All}}}
		objects := []v1alpha1.Object{service, secretOfAgent, subscription, grant, agentGrant(agent), agentRoomGrant(agent, room)}
		for _, obj := range objects {
			h.Apply(obj)
		}
		h.Run(2 * memory.DriftInterval)
		for _, obj := range objects {
			h.CheckReady(obj)
		}
		if grant.Status.UserID != strings.ToLower(user) {
			t.Errorf("the grant is of user %q", grant.Status.UserID)
		}
	})
}
