// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshprojectmembers,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshprojectmembers/status,verbs=patch

// ProjectMember keeps a member of a project, and what the member can do there.
var ProjectMember = engine.Kind[*v1alpha1.MeshProjectMember, meshagent.MemberSpec, meshagent.Member]{
	Object:     &v1alpha1.MeshProjectMember{},
	Collection: engine.InProject[*v1alpha1.MeshProjectMember]((*meshagent.Project).Members),
	Privileged: true,
	Desired:    desiredMember,
	Defaults: &meshagent.MemberSpec{
		IsAdmin: new(false), IsDeveloper: new(false), CanCreateRooms: new(false), CanCreateAgents: new(false), CanUseLLMProxy: new(false),
	},
	Report: func(member *v1alpha1.MeshProjectMember, remote meshagent.Member, _ engine.Inputs) string {
		member.Status.Email = shortenedTo(320, remote.Email)
		member.Status.FirstName, member.Status.LastName = shortenedTo(253, remote.FirstName), shortenedTo(253, remote.LastName)
		return ""
	},
}

func desiredMember(member *v1alpha1.MeshProjectMember, _ engine.Inputs) (meshagent.MemberSpec, error) {
	spec := member.Spec
	desired := meshagent.MemberSpec{
		UserID: meshagent.CanonicalID(spec.UserID), IsAdmin: spec.Admin, IsDeveloper: spec.Developer,
		CanCreateRooms: spec.CanCreateRooms, CanCreateAgents: spec.CanCreateAgents, CanUseLLMProxy: spec.CanUseLLMProxy,
	}
	if profile := spec.Profile; profile != nil {
		desired.FirstName, desired.LastName = profile.FirstName, profile.LastName
	}
	return desired, nil
}
