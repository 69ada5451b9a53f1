// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// container maps a container onto what is written to MeshAgent, with ids in place of references.
func container(spec *v1alpha1.ContainerSpec, in engine.Inputs) *meshagent.ContainerSpec {
	if spec == nil {
		return nil
	}
	id := func(ref v1alpha1.IDReference) string { return in.Resolved(&v1alpha1.MeshSecret{}, ref.Resource()).ID }
	mapped := &meshagent.ContainerSpec{
		Image: spec.Image, Template: containerTemplateWords.wire(spec.Template), Command: spec.Command, WorkingDir: spec.WorkingDir,
		Secrets: converted(spec.MeshSecretRefs, id), Storage: storage(spec.Storage),
		OnDemand: spec.OnDemand, WritableRootFS: spec.WritableRootFS, Private: spec.Private,
	}
	if spec.PullMeshSecretRef != nil {
		mapped.PullSecret = id(*spec.PullMeshSecretRef)
	}
	for _, variable := range spec.Environment {
		one := meshagent.EnvironmentVariable{Name: variable.Name, Value: variable.Value}
		if token := variable.Token; token != nil {
			one.Token = &meshagent.TokenValue{Identity: token.Identity, API: apiScope(token.API), Role: tokenRoleWords.wire(token.Role)}
		}
		if secret := variable.Secret; secret != nil {
			one.Secret = &meshagent.SecretValue{Identity: secret.Identity, ID: id(secret.MeshSecretRef)}
		}
		mapped.Environment = append(mapped.Environment, one)
	}
	return mapped
}

// storage maps mounts. They have the same fields on both sides, which the compiler checks.
func storage(spec *v1alpha1.ContainerStorage) *meshagent.ContainerStorage {
	if spec == nil {
		return nil
	}
	return &meshagent.ContainerStorage{
		Room: converted(spec.Room, func(m v1alpha1.RoomStorageMount) meshagent.RoomStorageMount {
			return meshagent.RoomStorageMount(m)
		}),
		Project: converted(spec.Project, func(m v1alpha1.ProjectStorageMount) meshagent.ProjectStorageMount {
			return meshagent.ProjectStorageMount(m)
		}),
		Images: converted(spec.Images, func(m v1alpha1.ImageStorageMount) meshagent.ImageStorageMount {
			return meshagent.ImageStorageMount(m)
		}),
		Files: converted(spec.Files, func(m v1alpha1.FileStorageMount) meshagent.FileStorageMount {
			return meshagent.FileStorageMount(m)
		}),
		EmptyDirs: converted(spec.EmptyDirs, func(m v1alpha1.EmptyDirMount) meshagent.EmptyDirMount {
			return meshagent.EmptyDirMount(m)
		}),
		Configs: converted(spec.Configs, func(m v1alpha1.ConfigMount) meshagent.ConfigMount {
			return meshagent.ConfigMount(m)
		}),
	}
}
