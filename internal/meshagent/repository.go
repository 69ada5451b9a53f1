// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"net/http"
)

// RepositorySpec is the part of an image repository that callers write. A nil member leaves the
// current value unchanged.
type RepositorySpec struct {
	Name        string            `json:"name"`
	Description *string           `json:"description,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Repository is an image repository of a project.
type Repository struct {
	ID string `json:"id"`
	RepositorySpec

	extras *extras
}

// UnmarshalJSON reads MeshAgent's form.
func (r *Repository) UnmarshalJSON(text []byte) error {
	type plain Repository
	r.extras = extrasOf[plain](text, "project_id", "created_at")
	return json.Unmarshal(text, (*plain)(r))
}

// Key is the repository's name.
func (s RepositorySpec) Key() string { return s.Name }

// Mark reads the ownership annotation.
func (s RepositorySpec) Mark() Mark { return markIn(s.Annotations) }

// WithMark returns a copy with the ownership annotation.
func (s RepositorySpec) WithMark(mark Mark) RepositorySpec {
	s.Annotations = withMark(s.Annotations, mark)
	return s
}

// Identity is the repository's id.
func (r Repository) Identity() string { return r.ID }

// Written is the repository without the parts that only MeshAgent writes.
func (r Repository) Written() RepositorySpec { return r.RepositorySpec }

type repositories struct {
	collection[RepositorySpec, Repository]
}

// Repositories is /accounts/projects/{project_id}/repositories.
func (p *Project) Repositories() Collection[RepositorySpec, Repository] {
	return repositories{collection[RepositorySpec, Repository]{
		client: p.client, route: p.route.join("/repositories"), item: "/{repository_id}", member: "repositories", open: true,
		traits: Traits{RefusesTwins: true, Marks: true},
	}}
}

// repositoryBody is a repository on the wire. MeshAgent expects all members.
type repositoryBody struct {
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Annotations map[string]string `json:"annotations"`
}

func (s RepositorySpec) body() repositoryBody {
	body := repositoryBody{Name: s.Name, Annotations: orEmpty(s.Annotations)}
	if s.Description != nil {
		body.Description = *s.Description
	}
	return body
}

// Create sends POST …/repositories. The response is the repository.
func (c repositories) Create(ctx context.Context, spec RepositorySpec) (made Repository, shown bool, err error) {
	made, err = c.read(ctx, request{method: http.MethodPost, route: c.route, in: spec.body(), open: true})
	return made, true, err
}

// Update sends PUT …/repositories/{repository_id}, which replaces everything. The response is the
// repository.
func (c repositories) Update(ctx context.Context, current Repository, spec RepositorySpec) (made Repository, shown bool, err error) {
	made, err = c.decode(ctx, request{method: http.MethodPut, route: c.one(current.ID), in: completed{spec.body(), current.extras}, open: true})
	if made.ID == "" {
		made.ID = current.ID
	}
	return made, made.Name != "", err
}
