// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshagentroomgrants,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshagentroomgrants/status,verbs=patch

// AgentRoomGrant keeps what a managed agent may do in a room.
var AgentRoomGrant = engine.Kind[*v1alpha1.MeshAgentRoomGrant, meshagent.AgentRoomGrantSpec, meshagent.AgentRoomGrant]{
	Object: &v1alpha1.MeshAgentRoomGrant{},
	Collection: func(project *meshagent.Project, _ *v1alpha1.MeshAgentRoomGrant, agent string) meshagent.Collection[meshagent.AgentRoomGrantSpec, meshagent.AgentRoomGrant] {
		return project.AgentRoomGrants(agent)
	},
	Parent: func(grant *v1alpha1.MeshAgentRoomGrant, in engine.Inputs) string {
		return in.Resolved(&v1alpha1.MeshManagedAgent{}, grant.Spec.AgentRef).Name
	},
	References: []engine.Reference[*v1alpha1.MeshAgentRoomGrant]{
		toAgents(func(grant *v1alpha1.MeshAgentRoomGrant) []v1alpha1.ResourceReference {
			return []v1alpha1.ResourceReference{grant.Spec.AgentRef}
		}),
		toRooms(func(grant *v1alpha1.MeshAgentRoomGrant) []v1alpha1.ResourceReference {
			return []v1alpha1.ResourceReference{grant.Spec.RoomRef}
		}),
	},
	Needs: func(*v1alpha1.MeshAgentRoomGrant) []engine.Need {
		return []engine.Need{{Feature: meshagent.AgentRoomGrants}}
	},
	Desired: func(grant *v1alpha1.MeshAgentRoomGrant, in engine.Inputs) (meshagent.AgentRoomGrantSpec, error) {
		return meshagent.AgentRoomGrantSpec{
			AgentID:     in.Resolved(&v1alpha1.MeshManagedAgent{}, grant.Spec.AgentRef).ID,
			RoomID:      in.Resolved(&v1alpha1.MeshRoom{}, grant.Spec.RoomRef).ID,
			Permissions: apiScope(grant.Spec.Permissions),
		}, nil
	},
}
