// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshroutes,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshroutes/status,verbs=patch

// Route leads requests for a domain to a room or an agent.
var Route = engine.Kind[*v1alpha1.MeshRoute, meshagent.RouteSpec, meshagent.Route]{
	Object:     &v1alpha1.MeshRoute{},
	Collection: engine.InProject[*v1alpha1.MeshRoute]((*meshagent.Project).Routes),
	References: []engine.Reference[*v1alpha1.MeshRoute]{
		toRooms(func(route *v1alpha1.MeshRoute) []v1alpha1.ResourceReference {
			return optional(route.Spec.Backend.RoomRef)
		}),
		toAgents(func(route *v1alpha1.MeshRoute) []v1alpha1.ResourceReference {
			return optional(route.Spec.Backend.AgentRef)
		}),
	},
	Desired:  desiredRoute,
	Describe: describeRoute,
	Defaults: &meshagent.RouteSpec{Paths: []meshagent.RoutePath{{
		Path: new("/"), PathType: new("prefix"), StripPrefix: new(false),
	}}},
}

func desiredRoute(route *v1alpha1.MeshRoute, in engine.Inputs) (meshagent.RouteSpec, error) {
	spec := meshagent.RouteSpec{
		Version: "v1", Kind: "Route", Domain: route.Spec.Domain,
		Metadata: meshagent.RouteMetadata{Name: route.Spec.Name, Annotations: route.Spec.Annotations},
	}
	if spec.Metadata.Name == "" {
		spec.Metadata.Name = spec.Domain
	}
	if ref := route.Spec.Backend.RoomRef; ref != nil {
		spec.Backend.Room = &meshagent.RouteTarget{Name: in.Resolved(&v1alpha1.MeshRoom{}, *ref).Name}
	} else {
		spec.Backend.Agent = &meshagent.RouteTarget{Name: in.Resolved(&v1alpha1.MeshManagedAgent{}, *route.Spec.Backend.AgentRef).Name}
	}
	for _, path := range route.Spec.Paths {
		spec.Paths = append(spec.Paths, meshagent.RoutePath{
			Path: unlessEmpty(path.Path), PathType: unlessEmpty(pathTypeWords.wire(path.PathType)), StripPrefix: path.StripPrefix,
			TargetPort: meshagent.Port(path.TargetPort.String()),
		})
	}
	return spec, nil
}

// unlessEmpty is a pointer to a text, nil for none.
func unlessEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
