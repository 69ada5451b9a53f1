// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"net/http"
)

// RouteSpec is the part of a route that callers write. A nil member leaves the current value
// unchanged.
type RouteSpec struct {
	Version  string        `json:"version,omitempty"`
	Kind     string        `json:"kind,omitempty"`
	Metadata RouteMetadata `json:"metadata"`
	Domain   string        `json:"domain"`
	Backend  RouteBackend  `json:"backend"`
	Paths    []RoutePath   `json:"paths,omitempty"`
}

// RouteMetadata is a route's label and annotations.
type RouteMetadata struct {
	Name        string            `json:"name"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// RouteBackend is the target of a route: a room or an agent.
type RouteBackend struct {
	Room  *RouteTarget `json:"room,omitempty"`
	Agent *RouteTarget `json:"agent,omitempty"`
}

// RouteTarget names a room or an agent.
type RouteTarget struct {
	Name string `json:"name"`
}

// RoutePath routes requests for a path to a port.
type RoutePath struct {
	Path        *string `json:"path,omitempty" default:"/"`
	PathType    *string `json:"pathType,omitempty"`
	StripPrefix *bool   `json:"stripPrefix,omitempty"`
	TargetPort  Port    `json:"targetPort"`
}

// Route is a route of a project.
type Route struct {
	RouteSpec

	extras *extras // of the enclosing object
}

// UnmarshalJSON reads the present form, and the older flat form without a route spec.
func (r *Route) UnmarshalJSON(text []byte) error {
	var shape struct {
		Domain      string
		Spec        *RouteSpec
		RoomName    string `json:"room_name"`
		Port        Port
		Annotations map[string]string
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		return err
	}
	if shape.Spec != nil {
		r.RouteSpec = *shape.Spec
		r.extras = extrasOf[struct {
			Domain string    `json:"domain"`
			Spec   RouteSpec `json:"spec"`
		}](text)
	} else {
		r.RouteSpec = RouteSpec{
			Version: "v1", Kind: "Route",
			Metadata: RouteMetadata{Name: shape.Domain, Annotations: shape.Annotations},
			Backend:  RouteBackend{Room: &RouteTarget{shape.RoomName}},
			Paths:    []RoutePath{{Path: new("/"), TargetPort: shape.Port}},
		}
	}
	r.Domain = shape.Domain
	return nil
}

// Key is the domain.
func (s RouteSpec) Key() string { return s.Domain }

// Mark reads the ownership annotation.
func (s RouteSpec) Mark() Mark { return markIn(s.Metadata.Annotations) }

// WithMark returns a copy with the ownership annotation.
func (s RouteSpec) WithMark(mark Mark) RouteSpec {
	s.Metadata.Annotations = withMark(s.Metadata.Annotations, mark)
	return s
}

// Identity is the domain.
func (r Route) Identity() string { return r.Domain }

// Written is the whole route.
func (r Route) Written() RouteSpec { return r.RouteSpec }

type routes struct{ collection[RouteSpec, Route] }

// Routes is /accounts/projects/{project_id}/routes.
func (p *Project) Routes() Collection[RouteSpec, Route] {
	return routes{collection[RouteSpec, Route]{
		client: p.client, route: p.route.join("/routes"), item: "/{domain}", member: "routes", wrap: "route", open: true,
		paging: paging{"count", 100}, traits: Traits{RefusesTwins: true, Marks: true},
	}}
}

// Get sends GET …/routes/{domain}.
func (c routes) Get(ctx context.Context, ref Ref) (Route, error) {
	if ref.ID == "" {
		ref.ID = ref.Key
	}
	return c.collection.Get(ctx, ref)
}

// Create sends POST …/routes. The response is empty.
func (c routes) Create(ctx context.Context, spec RouteSpec) (made Route, shown bool, err error) {
	if one := c.one(spec.Domain); one.err != nil {
		return made, false, one.err // such a route could never be deleted
	}
	made.Domain = spec.Domain
	return made, false, c.client.do(ctx, request{method: http.MethodPost, route: c.route, in: envelope(spec), open: true})
}

// Update sends PUT …/routes/{domain}. A route has one backend, so Update drops the other one, and
// the paths of an agent.
func (c routes) Update(ctx context.Context, current Route, spec RouteSpec) (made Route, shown bool, err error) {
	if err := fixed("domain", current.Domain, spec.Domain); err != nil {
		return current, false, err
	}
	if spec.Backend.Room != nil && spec.Backend.Agent != nil {
		if current.Backend.Room != nil {
			spec.Backend.Room = nil
		} else {
			spec.Backend.Agent = nil
		}
	}
	if spec.Backend.Agent != nil {
		spec.Paths = nil
	}
	made.Domain = current.Domain
	return made, false, c.put(ctx, current.Domain, envelope(spec), current.extras)
}

func envelope(spec RouteSpec) any {
	return struct {
		Spec RouteSpec `json:"spec"`
	}{spec}
}
