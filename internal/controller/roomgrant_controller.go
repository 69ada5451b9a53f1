// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"strings"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshroomgrants,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshroomgrants/status,verbs=patch

// RoomGrant keeps what a user may do in a room.
var RoomGrant = engine.Kind[*v1alpha1.MeshRoomGrant, meshagent.RoomGrantSpec, meshagent.RoomGrant]{
	Object: &v1alpha1.MeshRoomGrant{},
	Collection: func(project *meshagent.Project, grant *v1alpha1.MeshRoomGrant, _ string) meshagent.Collection[meshagent.RoomGrantSpec, meshagent.RoomGrant] {
		if grant.Spec.Email != "" {
			return project.RoomGrantsByEmail()
		}
		return project.RoomGrants()
	},
	References: []engine.Reference[*v1alpha1.MeshRoomGrant]{
		toRooms(func(grant *v1alpha1.MeshRoomGrant) []v1alpha1.ResourceReference {
			return []v1alpha1.ResourceReference{grant.Spec.RoomRef}
		}),
	},
	Needs: func(*v1alpha1.MeshRoomGrant) []engine.Need {
		return []engine.Need{{Feature: meshagent.RoomGrants}}
	},
	Desired:  desiredRoomGrant,
	Describe: describeRoomGrant,
	Adapt: func(desired meshagent.RoomGrantSpec, remote meshagent.RoomGrant) meshagent.RoomGrantSpec {
		return remote.Adapt(desired)
	},
	Report: func(grant *v1alpha1.MeshRoomGrant, remote meshagent.RoomGrant, _ engine.Inputs) string {
		grant.Status.UserID = remote.Holder
		return notJoined(remote.Invited())
	},
}

func desiredRoomGrant(grant *v1alpha1.MeshRoomGrant, in engine.Inputs) (meshagent.RoomGrantSpec, error) {
	return meshagent.RoomGrantSpec{
		RoomID:            in.Resolved(&v1alpha1.MeshRoom{}, grant.Spec.RoomRef).ID, // a rename of the room does not matter
		UserID:            meshagent.CanonicalID(grant.Spec.UserID),
		Email:             strings.ToLower(grant.Spec.Email),
		Permissions:       apiScope(grant.Spec.Permissions),
		InviteRedirectURL: grant.Spec.InviteRedirectURL,
	}, nil
}

// notJoined says that the user of a grant has not joined yet.
func notJoined(email string) string {
	if email == "" {
		return ""
	}
	return email + " was invited and has not joined yet"
}
