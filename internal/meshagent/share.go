// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
)

// ShareSpec is the part of a share that callers write.
type ShareSpec struct {
	Settings Object `json:"settings,omitempty"`
}

// Share is a share of a project. Everyone who knows its id can use it.
type Share struct {
	ID string `json:"id"`
	ShareSpec

	extras *extras
}

// UnmarshalJSON reads MeshAgent's form.
func (s *Share) UnmarshalJSON(text []byte) error {
	type plain Share
	s.extras = extrasOf[plain](text, "project_id")
	return json.Unmarshal(text, (*plain)(s))
}

// Key is empty, because a share has no name.
func (s ShareSpec) Key() string { return "" }

// Mark reads the ownership mark, which is in the settings.
func (s ShareSpec) Mark() Mark {
	owner, _ := s.Settings[ownerAnnotation].(string)
	return Mark{Owner: owner, Adopted: s.Settings[adoptedAnnotation] == "true"}
}

// WithMark returns a copy with the ownership mark.
func (s ShareSpec) WithMark(mark Mark) ShareSpec {
	s.Settings = maps.Clone(s.Settings)
	delete(s.Settings, ownerAnnotation)
	delete(s.Settings, adoptedAnnotation)
	for name, value := range withMark(nil, mark) {
		if s.Settings == nil {
			s.Settings = Object{}
		}
		s.Settings[name] = value
	}
	return s
}

// Identity is the share's id.
func (s Share) Identity() string { return s.ID }

// Written is the share without its id.
func (s Share) Written() ShareSpec { return s.ShareSpec }

type shares struct{ collection[ShareSpec, Share] }

// Shares is /accounts/projects/{project_id}/shares.
func (p *Project) Shares() Collection[ShareSpec, Share] {
	return shares{collection[ShareSpec, Share]{
		client: p.client, route: p.route.join("/shares"), item: "/{share_id}", member: "shares", open: true,
		traits: Traits{Marks: true},
	}}
}

// Get sends nothing: only the list reads shares.
func (c shares) Get(context.Context, Ref) (Share, error) { return Share{}, ErrUseList }

// Create sends POST …/shares. The response has only the id.
func (c shares) Create(ctx context.Context, spec ShareSpec) (made Share, shown bool, err error) {
	made, err = c.read(ctx, request{method: http.MethodPost, route: c.route, in: spec.body(), open: true})
	return Share{ID: made.ID}, false, err
}

// Update sends PUT …/shares/{share_id}, which replaces the settings. The response is empty.
func (c shares) Update(ctx context.Context, current Share, spec ShareSpec) (made Share, shown bool, err error) {
	return Share{ID: current.ID}, false, c.put(ctx, current.ID, spec.body(), current.extras)
}

// body always has the settings.
func (s ShareSpec) body() any {
	settings := s.Settings
	if settings == nil {
		settings = Object{}
	}
	return struct {
		Settings Object `json:"settings"`
	}{settings}
}
