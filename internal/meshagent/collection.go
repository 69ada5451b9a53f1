// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
)

// Spec is the part of a resource that callers write.
type Spec[S any] interface {
	// Key is the natural key within the collection, such as a name. It is "" if there is none.
	Key() string
	// Mark is the ownership annotation of the resource.
	Mark() Mark
	// WithMark returns a copy with the ownership annotation, or without one for the zero Mark. If
	// the resource has no place for it, WithMark returns the spec unchanged.
	WithMark(mark Mark) S
}

// Resource is a resource in MeshAgent: a spec, and the parts that only MeshAgent writes.
type Resource[S any] interface {
	// Identity is the argument of Update and Delete.
	Identity() string
	// Written is the current value of the part that callers write.
	Written() S
}

// Listed is a resource that lists show only in part.
type Listed[R any] interface {
	// Listed returns the part that lists show.
	Listed() R
}

// Promise is a resource that may not exist yet, such as a grant of an invited user.
type Promise interface {
	// Promised is true if the resource cannot be read yet.
	Promised() bool
}

// Staged is a spec that a creation writes only in part, without write-only values. An update must
// follow.
type Staged[S any] interface {
	// AtCreation returns the part that a creation writes.
	AtCreation() S
}

// Ref names a resource by its identity, by its last known natural key, or by both.
type Ref struct{ ID, Key string }

// Collection is one REST collection, such as the rooms of a project.
type Collection[S Spec[S], R Resource[S]] interface {
	// Path identifies the collection within its project.
	Path() string
	// All lists every resource once, page by page. If others write meanwhile, it has each resource
	// that existed during the whole listing, as long as its position in the list did not change.
	All(ctx context.Context) iter.Seq2[R, error]
	// Get reads one resource. It returns ErrUseList if no route can read the resource.
	Get(ctx context.Context, ref Ref) (R, error)
	// Create creates a resource. It must do nothing that can fail after the resource exists. shown
	// is true if the response has the whole resource, not only its identity. With a conflict,
	// Create returns the conflicting resource if that is known and cannot be read. Create returns
	// ErrUseList if the resource exists now, and only a list shows its identity.
	Create(ctx context.Context, spec S) (made R, shown bool, err error)
	// Update replaces the whole part that callers write. It sends back what this build does not
	// know, as current has it. So current must be the resource as it was just read. The results are
	// like those of Create.
	Update(ctx context.Context, current R, spec S) (made R, shown bool, err error)
	Delete(ctx context.Context, id string) error
	// Traits says how the collection differs from others.
	Traits() Traits
}

// Traits are the differences between collections that matter to callers.
type Traits struct {
	// RefusesTwins is true if MeshAgent returns 409 for a second resource with the same key. It is
	// then safe to create first, and to search only after a refusal.
	RefusesTwins bool
	// Marks is true if resources have a place for the ownership annotation.
	Marks bool
	// PartialLists is true if lists lack a part that callers write, such as the value of a secret.
	PartialLists bool
	// Unlisted is true if there is no list. Get reads by key then, and All must not be called.
	Unlisted bool
}

// ListsShowAll is true if a list shows all that callers write.
func (t Traits) ListsShowAll() bool { return !t.PartialLists && !t.Unlisted }

// collection is the regular case. A resource that differs embeds it and shadows a method.
type collection[S Spec[S], R Resource[S]] struct {
	client *Client
	route  route
	item   string // the template of one resource after the route, such as /{room}
	member string // the member of a list that has the rows
	wrap   string // the member of a response that has a single resource; "" if the response is the resource
	paging paging
	traits Traits

	query  url.Values // sent to read or delete one resource
	filter url.Values // sent to list resources
	open   bool       // neither requests nor responses have secret values
}

func (c collection[S, R]) Path() string { return c.route.path }

func (c collection[S, R]) Traits() Traits { return c.traits }

// Get sends GET on the resource.
func (c collection[S, R]) Get(ctx context.Context, ref Ref) (R, error) {
	if ref.ID == "" {
		var none R
		return none, ErrUseList
	}
	return c.read(ctx, request{method: http.MethodGet, route: c.one(ref.ID), query: c.query, open: c.open})
}

// Create sends POST on the collection. The response is the resource.
func (c collection[S, R]) Create(ctx context.Context, spec S) (made R, shown bool, err error) {
	made, err = c.read(ctx, request{method: http.MethodPost, route: c.route, in: spec, open: c.open})
	return made, true, err
}

// read sends a request for one resource.
func (c collection[S, R]) read(ctx context.Context, r request) (R, error) {
	resource, err := c.decode(ctx, r)
	if err == nil && resource.Identity() == "" {
		err = unexpected(r, "it has no id")
	}
	return resource, err
}

// unexpected is the error for a JSON response that does not come from MeshAgent.
func unexpected(r request, why string) error {
	return &NetworkError{Method: r.method, Route: r.route.template, Cause: errors.New("the answer is not what was expected: " + why)}
}

func (c collection[S, R]) decode(ctx context.Context, r request) (R, error) {
	var resource R
	if c.wrap == "" {
		r.out = &resource
		return resource, c.client.do(ctx, r)
	}
	var answer map[string]json.RawMessage
	r.out = &answer
	if err := c.client.do(ctx, r); err != nil {
		return resource, err
	}
	if err := json.Unmarshal(answer[c.wrap], &resource); err != nil {
		return resource, &NetworkError{Method: r.method, Route: r.route.template, Cause: fmt.Errorf("the response has no readable %q", c.wrap)}
	}
	return resource, nil
}

// Delete sends DELETE on the resource.
func (c collection[S, R]) Delete(ctx context.Context, id string) error {
	return c.client.do(ctx, request{method: http.MethodDelete, route: c.one(id), query: c.query, open: c.open})
}

func (c collection[S, R]) one(id string) route { return c.route.join(c.item, id) }

// put sends PUT on a resource, with the members that this build does not know. The response of most
// resources is empty.
func (c collection[S, R]) put(ctx context.Context, id string, in any, extras *extras) error {
	return c.client.do(ctx, request{method: http.MethodPut, route: c.one(id), in: completed{in, extras}, open: c.open})
}
