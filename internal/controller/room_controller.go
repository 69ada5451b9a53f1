// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshrooms,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshrooms/status,verbs=patch

// Room keeps a room of a project.
var Room = engine.Kind[*v1alpha1.MeshRoom, meshagent.RoomSpec, meshagent.Room]{
	Object:     &v1alpha1.MeshRoom{},
	Collection: engine.InProject[*v1alpha1.MeshRoom]((*meshagent.Project).Rooms),
	Desired:    desiredRoom,
}

func desiredRoom(room *v1alpha1.MeshRoom, _ engine.Inputs) (meshagent.RoomSpec, error) {
	spec := meshagent.RoomSpec{Name: nameOr(room.Spec.Name, room), Annotations: room.Spec.Annotations}
	var err error
	spec.Metadata, err = freeJSON("spec.metadata", room.Spec.Metadata)
	return spec, err
}
