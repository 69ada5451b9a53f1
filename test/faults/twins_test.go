// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Two objects declare what one user may do in a room. One names the user, and the other one the
// user's e-mail address. They must not write it in turn, nor delete what the other one declares.
func TestTwoGrantsOfOneUser(t *testing.T) {
	t.Parallel()
	for name, emailFirst := range map[string]bool{"the user first": false, "the address first": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newCluster(t, simulator.Behavior{})
				h.Apply(newRoom())
				older, newer := newGrant("older"), newGrant("newer")
				byUser, byEmail := older, newer
				if emailFirst {
					byUser, byEmail = newer, older
				}
				byUser.Spec.UserID = h.MeshAgent.Add("users", map[string]any{"email": invitee})
				byEmail.Spec.Email = invitee
				for _, grant := range []*v1alpha1.MeshRoomGrant{older, newer} {
					h.Apply(grant)
					h.Run(time.Minute)
				}
				h.RequireReady(older)
				h.Patch(newer, `{"spec": {"permissions": {"queues": {"list": true}}}}`)
				h.MeshAgent.ResetCalls()
				h.Run(4 * memory.DriftInterval)
				if got := h.Condition(newer, v1alpha1.ConditionStalled); got != "Stalled=True OwnedElsewhere" {
					t.Errorf("the newer one says %q:%s", got, h.Describe(newer))
				}
				h.CheckReady(older)
				for _, call := range h.MeshAgent.Calls() {
					if call.Method != http.MethodGet {
						t.Errorf("%s %s: the grant was written", call.Method, call.Path)
					}
				}
				h.CheckDeletion(newer)
				if len(h.MeshAgent.Documents("room-grants")) != 1 {
					t.Error("deleting the object that does not have the grant deleted it")
				}
				h.CheckDeletion(older)
				if len(h.MeshAgent.Documents("room-grants")) != 0 {
					t.Error("the grant is left")
				}
			})
		})
	}
}

// An earlier release let two objects have one secret. The older one keeps it. The other one neither
// writes nor deletes it, even if it is deleted before it is reconciled.
func TestASecretThatTwoObjectsHaveAlready(t *testing.T) {
	t.Parallel()
	for name, looked := range map[string]bool{"looked at first": true, "deleted at once": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newCluster(t, simulator.Behavior{})
				older, newer := &v1alpha1.MeshSecret{ObjectMeta: named("older")}, &v1alpha1.MeshSecret{ObjectMeta: named("newer")}
				for _, obj := range []*v1alpha1.MeshSecret{older, newer} {
					h.Create(memory.Secret("values-"+obj.Name, obj.Name))
					obj.Spec.Name, obj.Spec.SecretRef.Name = "shared", v1alpha1.ObjectName("values-"+obj.Name)
					h.Apply(obj)
					h.Run(10 * time.Second)
				}
				h.RequireReady(older)
				h.Condition(newer, v1alpha1.ConditionStalled) // reads it
				older.CommonStatus().DeepCopyInto(newer.CommonStatus())
				if err := h.Client.Status().Update(t.Context(), newer); err != nil {
					t.Fatal(err)
				}
				h.Restart()
				h.MeshAgent.ResetCalls()
				if looked {
					h.Run(2 * memory.DriftInterval)
					if got := h.Condition(newer, v1alpha1.ConditionStalled); got != "Stalled=True OwnedElsewhere" {
						t.Errorf("the newer one says %q:%s", got, h.Describe(newer))
					}
				}
				h.CheckDeletion(newer)
				h.Run(time.Minute)
				for _, call := range h.MeshAgent.Calls() {
					if call.Method != http.MethodGet {
						t.Errorf("%s %s: it is the older one's", call.Method, call.Path)
					}
				}
				h.CheckReady(older)
			})
		})
	}
}

// newGrant is a grant in the room of newRoom.
func newGrant(name string) *v1alpha1.MeshRoomGrant {
	made := &v1alpha1.MeshRoomGrant{ObjectMeta: named(name)}
	made.Spec.RoomRef.Name = "support"
	made.Spec.Permissions = &v1alpha1.APIScope{LLM: &v1alpha1.LLMGrant{Models: v1alpha1.AllowList{v1alpha1.All}}}
	return made
}
