// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"net/http"
)

// services deviates: requests take a manifest or a template, answers may be short, and there is a route by name.
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
		traits: Traits{RefusesTwins: true},
	}}
}

// Get sends GET …/services/{service_id}, or …/services/by-name/{service_name} if only the name is known.
func (c services) Get(ctx context.Context, ref Ref) (Service, error) {
	if ref.ID == "" {
		return c.read(ctx, request{method: http.MethodGet, route: c.route.join("/by-name/{service_name}", ref.Key), open: true})
	}
	return c.collection.Get(ctx, ref)
}

// Create sends POST …/services. In a room the answer to a manifest may be only the id.
func (c services) Create(ctx context.Context, spec ServiceSpec) (Service, error) {
	if spec.isTemplate() {
		return c.read(ctx, request{method: http.MethodPost, route: c.route, in: spec.rendering(), open: true})
	}
	sent := Service{ServiceSpec: spec.clone()}
	created, err := c.read(ctx, request{method: http.MethodPost, route: c.route, in: sent.manifest(), open: !sent.holdsSecrets()})
	return completed(created, sent), err
}

// Update sends PUT …/services/{service_id}, which replaces everything, or makes the service anew of a template. In a room the answer to
// a manifest says nothing.
func (c services) Update(ctx context.Context, current Service, spec ServiceSpec) (Service, error) {
	put := request{method: http.MethodPut, route: c.one(current.ID)}
	sent := Service{ID: current.ID, ServiceSpec: spec.clone(), secrets: current.secrets}
	if rendersAnew(current.ServiceSpec, spec) {
		put.in, put.open = spec.rendering(), true
	} else {
		complete := sent.withSecrets()
		put.in, put.open = complete.manifest(), !complete.holdsSecrets()
	}
	updated, err := c.decode(ctx, put)
	return completed(updated, sent), err
}

// completed is an answer with what it does not say taken from what was sent.
func completed(answer, sent Service) Service {
	if answer.Key() == "" {
		answer.ServiceSpec, answer.secrets = sent.ServiceSpec, sent.secrets
	}
	if answer.ID == "" {
		answer.ID = sent.ID
	}
	return answer
}

// withSecrets puts the secrets of OAuth clients back into a copy of the service.
func (s Service) withSecrets() Service {
	s.ServiceSpec = s.clone()
	s.endpoints(func(key endpointKey, oauth *OAuthClientConfig) { oauth.ClientSecret = s.secrets[key] })
	return s
}
