// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshservices,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshservices/status,verbs=patch
// +kubebuilder:rbac:groups="",resources=configmaps,verbs=get;list;watch

// Service keeps a service of a project or of a room.
var Service = engine.Kind[*v1alpha1.MeshService, meshagent.ServiceSpec, meshagent.Service]{
	Object:     &v1alpha1.MeshService{},
	Collection: serviceCollection,
	Parent: func(service *v1alpha1.MeshService, in engine.Inputs) string {
		if ref := service.Spec.RoomRef; ref != nil {
			return in.Resolved(&v1alpha1.MeshRoom{}, *ref).Name
		}
		return ""
	},
	References: []engine.Reference[*v1alpha1.MeshService]{
		toRooms(func(service *v1alpha1.MeshService) []v1alpha1.ResourceReference {
			return optional(service.Spec.RoomRef)
		}),
		engine.To(&v1alpha1.MeshSecret{}, func(service *v1alpha1.MeshService) []v1alpha1.ResourceReference {
			return secretsOf(service.Spec.Container)
		}),
		toValues(&v1alpha1.MeshRoute{}, func(from v1alpha1.ServiceTemplateValue) *v1alpha1.LocalObjectReference { return from.RouteRef }),
		toValues(&v1alpha1.MeshMailbox{}, func(from v1alpha1.ServiceTemplateValue) *v1alpha1.LocalObjectReference { return from.MailboxRef }),
		toValues(&v1alpha1.MeshRepository{}, func(from v1alpha1.ServiceTemplateValue) *v1alpha1.LocalObjectReference { return from.RepositoryRef }),
	},
	Sources:   []engine.Source[*v1alpha1.MeshService]{engine.FromConfigMaps(configMapsOf)},
	WriteOnly: clientSecrets,
	Desired:   desiredService,
	Adapt:     adaptService,
	Describe:  describeService,
}

func serviceCollection(project *meshagent.Project, service *v1alpha1.MeshService, room string) meshagent.Collection[meshagent.ServiceSpec, meshagent.Service] {
	if service.Spec.RoomRef != nil {
		return project.RoomServices(room)
	}
	return project.Services()
}

func desiredService(service *v1alpha1.MeshService, in engine.Inputs) (meshagent.ServiceSpec, error) {
	spec := service.Spec
	if spec.Template != nil {
		return templateService(service, in)
	}
	desired := meshagent.ServiceSpec{
		Metadata:  meshagent.ServiceMetadata{Name: nameOr(spec.Name, service)},
		Container: container(spec.Container, in), External: (*meshagent.ExternalServiceSpec)(spec.External),
		Ports: converted(spec.Ports, port), Files: converted(spec.Files, func(file v1alpha1.ServiceFile) meshagent.ServiceFile { return meshagent.ServiceFile(file) }),
	}
	if about := spec.Metadata; about != nil {
		desired.Metadata.Description, desired.Metadata.Repo, desired.Metadata.Icon = about.Description, about.Repo, about.Icon
		desired.Metadata.Annotations = about.Annotations
	}
	// MeshAgent refuses a service with both.
	if desired.Container == nil {
		desired.Without = append(desired.Without, "container")
	} else {
		desired.Without = append(desired.Without, "external")
	}
	var err error
	if desired.Agents, err = serviceAgents(spec.Agents); err != nil {
		return desired, err
	}
	return desired.Ordered(), checkSecrets(spec.Container, spec.RoomRef, in)
}

// adaptService takes out what MeshAgent made of a template that the object has given up, and fills
// in the name that a template gives.
func adaptService(desired meshagent.ServiceSpec, remote meshagent.Service) meshagent.ServiceSpec {
	if desired.Metadata.Name == "" {
		desired.Metadata.Name = remote.Metadata.Name // the template says it
	}
	if !remote.MadeByTemplate() || desired.FromTemplate() {
		return desired
	}
	for name, unset := range map[string]bool{"agents": desired.Agents == nil, "ports": desired.Ports == nil, "files": desired.Files == nil} {
		if unset {
			desired.Without = append(desired.Without, name)
		}
	}
	return desired
}
