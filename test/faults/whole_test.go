// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// newTeam is an agent with an MCP server whose secret comes from a Kubernetes Secret, with all that
// makes it useful: what a user puts into one file.
func newTeam() []client.Object {
	agent, secretOfAgent, room := newAgent(), newAgentSecret(), newRoom()
	inRoom, ofAgent := v1alpha1.ResourceReference{Name: v1alpha1.ObjectName(room.Name)}, v1alpha1.ResourceReference{Name: v1alpha1.ObjectName(agent.Name)}

	roomGrant := &v1alpha1.MeshAgentRoomGrant{ObjectMeta: named("scribe-in-support")}
	roomGrant.Spec.AgentRef, roomGrant.Spec.RoomRef, roomGrant.Spec.Permissions = ofAgent, inRoom, &v1alpha1.APIScope{Preset: "Agent"}
	userGrant := &v1alpha1.MeshAgentGrant{ObjectMeta: named("ops-on-scribe")}
	userGrant.Spec.AgentRef, userGrant.Spec.Email = ofAgent, simulator.MemberEmail
	mailbox := &v1alpha1.MeshMailbox{ObjectMeta: named("letters")}
	mailbox.Spec.Address, mailbox.Spec.RoomRef, mailbox.Spec.Queue = "support@mail.meshagent.example", inRoom, "letters"
	task := &v1alpha1.MeshScheduledTask{ObjectMeta: named("nightly")}
	task.Spec.RoomRef, task.Spec.Schedule = inRoom, "1 days"
	task.Spec.Queue = &v1alpha1.ScheduledTaskQueue{Name: "letters", Payload: &runtime.RawExtension{Raw: []byte(`{"job": "digest"}`)}}
	route := &v1alpha1.MeshRoute{ObjectMeta: named("web")}
	route.Spec.Domain, route.Spec.Backend.AgentRef = "scribe.meshagent.app", &ofAgent
	return []client.Object{memory.Secret("values", "v"), agent, secretOfAgent, room, roomGrant, userGrant, mailbox, task, route}
}

// All of it is applied at once, in any order, and is Ready without a hand. It is deleted in any
// order, and nothing is left.
func TestATeamInOneFile(t *testing.T) {
	t.Parallel()
	for seed := range uint64(24) {
		for _, checks := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				h := newCluster(t, simulator.Behavior{CheckAgentSecrets: checks})
				before := h.Held()
				random := rand.New(rand.NewPCG(seed, 0))
				team := newTeam()
				for _, i := range random.Perm(len(team)) {
					h.Create(team[i])
				}
				h.Run(2 * time.Minute)
				for _, one := range team {
					if obj, ok := one.(v1alpha1.Object); ok {
						h.RequireReady(obj)
					}
				}
				if got, want := len(h.Held()), len(before)+len(team)-1; got != want {
					t.Errorf("seed %d: MeshAgent holds %d things, not %d", seed, got, want)
				}
				h.MeshAgent.ResetCalls()
				h.Run(2 * memory.DriftInterval)
				h.requireUnwritten()
				for _, i := range random.Perm(len(team)) {
					h.Delete(team[i])
				}
				if !h.RunUntil(time.Hour, func() bool {
					for _, one := range team {
						if !h.IsGone(one) {
							return false
						}
					}
					return true
				}) {
					t.Errorf("seed %d: not all is gone", seed)
				}
				h.RequireHeld(before)
			})
		}
	}
}
