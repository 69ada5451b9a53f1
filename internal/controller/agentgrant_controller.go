// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"strings"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshagentgrants,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshagentgrants/status,verbs=patch

// AgentGrant keeps what a user may do with a managed agent.
var AgentGrant = engine.Kind[*v1alpha1.MeshAgentGrant, meshagent.AgentGrantSpec, meshagent.AgentGrant]{
	Object: &v1alpha1.MeshAgentGrant{},
	Collection: func(project *meshagent.Project, grant *v1alpha1.MeshAgentGrant, _ string) meshagent.Collection[meshagent.AgentGrantSpec, meshagent.AgentGrant] {
		if grant.Spec.Email != "" {
			return project.AgentGrantsByEmail()
		}
		return project.AgentGrants()
	},
	References: []engine.Reference[*v1alpha1.MeshAgentGrant]{
		toAgents(func(grant *v1alpha1.MeshAgentGrant) []v1alpha1.ResourceReference {
			return []v1alpha1.ResourceReference{grant.Spec.AgentRef}
		}),
	},
	Needs: func(*v1alpha1.MeshAgentGrant) []engine.Need {
		return []engine.Need{{Feature: meshagent.AgentGrants}}
	},
	Desired:  desiredAgentGrant,
	Describe: describeAgentGrant,
	Adapt: func(desired meshagent.AgentGrantSpec, remote meshagent.AgentGrant) meshagent.AgentGrantSpec {
		return remote.Adapt(desired)
	},
	Report: func(grant *v1alpha1.MeshAgentGrant, remote meshagent.AgentGrant, _ engine.Inputs) string {
		grant.Status.UserID = remote.Holder
		return notJoined(remote.Invited())
	},
}

func desiredAgentGrant(grant *v1alpha1.MeshAgentGrant, in engine.Inputs) (meshagent.AgentGrantSpec, error) {
	return meshagent.AgentGrantSpec{
		AgentID:           in.Resolved(&v1alpha1.MeshManagedAgent{}, grant.Spec.AgentRef).ID,
		UserID:            meshagent.CanonicalID(grant.Spec.UserID),
		Email:             strings.ToLower(grant.Spec.Email),
		Permissions:       &meshagent.AgentPermissions{Admin: grant.Spec.Admin != nil && *grant.Spec.Admin},
		InviteRedirectURL: grant.Spec.InviteRedirectURL,
	}, nil
}
