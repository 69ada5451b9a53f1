// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
)

// ErrValueHidden says that a resource was not updated because MeshAgent does not show a secret
// value that the update would have to send back.
var ErrValueHidden = errors.New("MeshAgent hides a secret value, and the update would erase it")

// services differs from the regular case: requests take a manifest or a template, responses can be
// short, and there is a route by name.
type services struct {
	collection[ServiceSpec, Service]
}

// Services is /accounts/projects/{project_id}/services.
func (p *Project) Services() Collection[ServiceSpec, Service] {
	return p.services(p.route.join("/services"))
}

// RoomServices is /accounts/projects/{project_id}/rooms/{room_name}/services.
func (p *Project) RoomServices(room string) Collection[ServiceSpec, Service] {
	return p.services(p.route.join("/rooms/{room_name}/services", room))
}

func (p *Project) services(route route) Collection[ServiceSpec, Service] {
	return services{collection[ServiceSpec, Service]{
		client: p.client, route: route, item: "/{service_id}", member: "services", open: true,
		traits: Traits{RefusesTwins: true, Marks: true},
	}}
}

// All lists the services, without the secrets of OAuth clients.
func (c services) All(ctx context.Context) iter.Seq2[Service, error] {
	return func(yield func(Service, error) bool) {
		for row, err := range c.collection.All(ctx) {
			if !yield(row.Listed(), err) {
				return
			}
		}
	}
}

// Get sends GET …/services/{service_id}, or …/services/by-name/{service_name} if only the name is
// known.
func (c services) Get(ctx context.Context, ref Ref) (Service, error) {
	if ref.ID == "" {
		return c.read(ctx, request{method: http.MethodGet, route: c.route.join("/by-name/{service_name}", ref.Key), open: true})
	}
	return c.collection.Get(ctx, ref)
}

// Create sends POST …/services. In a room, the response to a manifest can be only the id.
func (c services) Create(ctx context.Context, spec ServiceSpec) (made Service, shown bool, err error) {
	post := request{method: http.MethodPost, route: c.route}
	if spec.isTemplate() {
		post.in, post.open = spec.rendering(), true
	} else {
		sent := Service{ServiceSpec: spec.clone()}
		post.in, post.open = sent.manifest(), !sent.holdsSecrets()
	}
	made, err = c.read(ctx, post)
	if spec.isTemplate() && IsConflict(err) {
		err = c.nameTaken(ctx, spec, err)
	}
	return made, made.Key() != "", err
}

// nameTaken adds to a conflict the name that the template produces, which only MeshAgent knows:
// POST /templates/render. If that fails, the name stays unknown.
func (c services) nameTaken(ctx context.Context, spec ServiceSpec, conflict error) error {
	var rendered struct{ Metadata struct{ Name string } }
	render := request{method: http.MethodPost, route: expand("/templates/render"), in: spec.rendering(), out: &rendered, open: true}
	if c.client.do(ctx, render) != nil {
		rendered.Metadata.Name = ""
	}
	return &TakenError{Name: rendered.Metadata.Name, conflict: conflict}
}

// Update sends PUT …/services/{service_id}, which replaces everything, or renders the service from
// its template again. In a room, the response to a manifest is empty.
func (c services) Update(ctx context.Context, current Service, spec ServiceSpec) (made Service, shown bool, err error) {
	put := request{method: http.MethodPut, route: c.one(current.ID)}
	if rendersAnew(current.ServiceSpec, spec) {
		put.in, put.open = spec.rendering(), true
	} else {
		sent := Service{ID: current.ID, ServiceSpec: spec.clone(), secrets: current.secrets}
		if err := sent.restoreSecrets(); err != nil {
			return current, false, err
		}
		put.in, put.open = completed{sent.manifest(), current.extras}, !sent.holdsSecrets()
	}
	made, err = c.decode(ctx, put)
	if rendersAnew(current.ServiceSpec, spec) && IsConflict(err) {
		err = c.nameTaken(ctx, spec, err)
	}
	if made.ID == "" {
		made.ID = current.ID
	}
	return made, made.Key() != "", err
}

// restoreSecrets adds the secrets of OAuth clients that MeshAgent has and the caller does not set.
// An update without their values would erase them.
func (s *Service) restoreSecrets() error {
	var hidden error
	s.endpoints(func(key endpointKey, oauth *OAuthClientConfig) {
		value, held := s.secrets[key]
		switch {
		case oauth.ClientSecret != nil && *oauth.ClientSecret == "":
			oauth.ClientSecret = nil
		case oauth.ClientSecret != nil || !held:
		case isMask(value):
			hidden = fmt.Errorf("%w: oauth.client_secret of endpoint %q on port %s", ErrValueHidden, key.path, key.port)
		default:
			oauth.ClientSecret = &value
		}
	})
	return hidden
}

// isMask is true if a value replaces a hidden one.
func isMask(value string) bool { return strings.Trim(value, "*•xX. ") == "" }
