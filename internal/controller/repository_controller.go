// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"strings"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshrepositories,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshrepositories/status,verbs=patch

// Repository keeps an image repository of a project.
var Repository = engine.Kind[*v1alpha1.MeshRepository, meshagent.RepositorySpec, meshagent.Repository]{
	Object:     &v1alpha1.MeshRepository{},
	Collection: engine.InProject[*v1alpha1.MeshRepository]((*meshagent.Project).Repositories),
	Desired: func(repository *v1alpha1.MeshRepository, _ engine.Inputs) (meshagent.RepositorySpec, error) {
		return meshagent.RepositorySpec{
			Name: nameOr(repository.Spec.Name, repository), Description: repository.Spec.Description, Annotations: repository.Spec.Annotations,
		}, nil
	},
	Defaults: &meshagent.RepositorySpec{Description: new("")},
	Report: func(repository *v1alpha1.MeshRepository, remote meshagent.Repository, in engine.Inputs) string {
		repository.Status.Image = image(in.Project, remote.Name)
		return ""
	},
}

// image is the name of the images in a repository, without a tag; "" if MeshAgent does not tell all
// of it.
func image(project v1alpha1.MeshProjectStatus, repository string) string {
	const most = 2048 // what status can hold
	if project.Domains == nil || project.Domains.Registry == "" || project.ProjectKey == "" || repository == "" {
		return ""
	}
	name := strings.Join([]string{project.Domains.Registry, project.ProjectKey, repository}, "/")
	if len(name) > most {
		return ""
	}
	return name
}
