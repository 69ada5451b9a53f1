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

// Spec is the part of a resource that a caller writes.
type Spec[S any] interface {
	// Key is the natural key within the collection, such as a name; "" when there is none.
	Key() string
	// Mark is who manages the resource, as far as it bears a mark.
	Mark() Mark
	// WithMark returns a copy that bears the mark (none, for the zero Mark). Where the resource has no place for
	// one it returns the spec as it is.
	WithMark(mark Mark) S
}

// Resource is what MeshAgent holds: a spec, and what only MeshAgent writes.
type Resource[S any] interface {
	// Identity is what Update and Delete take.
	Identity() string
	// Written is the part that callers write, as it stands now.
	Written() S
}

// Listed is a resource of which a list shows only a part.
type Listed[R any] interface {
	// Listed returns the part that a list shows.
	Listed() R
}

// Promise is a resource that is perhaps only promised, such as a grant to somebody who was invited.
type Promise interface {
	// Promised says that nothing can be read of it yet.
	Promised() bool
}

// Ref names a resource by its identity, by its natural key when last seen, or by both.
type Ref struct{ ID, Key string }

// Collection is one REST collection, such as the rooms of a project.
type Collection[S Spec[S], R Resource[S]] interface {
	// Path identifies the collection within its project.
	Path() string
	// All lists every resource, page by page, each once. While others write, it has what was there from the beginning to the end, as far
	// as its place in the list stayed the same.
	All(ctx context.Context) iter.Seq2[R, error]
	// Get reads one resource. It answers ErrUseList where no route can tell.
	Get(ctx context.Context, ref Ref) (R, error)
	// Create makes a resource. It must do nothing that can fail after the resource exists. The answer
	// shows either the whole resource, or no more than its identity. With a conflict comes what is in
	// the way, if that is known and cannot be read.
	Create(ctx context.Context, spec S) (made R, shown bool, err error)
	// Update replaces what callers write, all of it, but for what this build does not know: that is
	// sent back as current has it. Current must be the resource as it was just read. The answer is as
	// that of Create.
	Update(ctx context.Context, current R, spec S) (made R, shown bool, err error)
	// Delete removes a resource.
	Delete(ctx context.Context, id string) error
	// Traits says in what the collection differs from others.
	Traits() Traits
}

// Traits are the ways in which collections differ that matter to whoever uses them.
type Traits struct {
	// RefusesTwins: MeshAgent itself answers 409 to a second resource with the same key, so that it is safe to
	// create first and to look only after a refusal.
	RefusesTwins bool
	// Marks: resources have a place for a mark.
	Marks bool
	// PartialLists: a row of a list lacks part of what callers write, such as the value of a secret.
	PartialLists bool
}

// collection is the regular case. A resource that deviates embeds it and shadows a method.
type collection[S Spec[S], R Resource[S]] struct {
	client *Client
	route  route
	item   string // the template of one resource below the route, such as /{room}
	member string // what wraps the rows of a list
	wrap   string // what wraps a single resource in answers; "" when nothing does
	paging paging
	traits Traits

	query  url.Values // sent when one resource is read or deleted
	filter url.Values // sent when they are listed
	open   bool       // neither requests nor answers hold secret values
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

// Create sends POST on the collection, whose answer is the resource.
func (c collection[S, R]) Create(ctx context.Context, spec S) (made R, shown bool, err error) {
	made, err = c.read(ctx, request{method: http.MethodPost, route: c.route, in: spec, open: c.open})
	return made, true, err
}

// read sends a request whose answer is one resource.
func (c collection[S, R]) read(ctx context.Context, r request) (R, error) {
	resource, err := c.decode(ctx, r)
	if err == nil && resource.Identity() == "" {
		err = unexpected(r, "it has no id")
	}
	return resource, err
}

// unexpected says that an answer does not come from MeshAgent, although it is JSON.
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
		return resource, &NetworkError{Method: r.method, Route: r.route.template, Cause: fmt.Errorf("the answer has no %q that can be read", c.wrap)}
	}
	return resource, nil
}

// Delete sends DELETE on the resource.
func (c collection[S, R]) Delete(ctx context.Context, id string) error {
	return c.client.do(ctx, request{method: http.MethodDelete, route: c.one(id), query: c.query, open: c.open})
}

func (c collection[S, R]) one(id string) route { return c.route.join(c.item, id) }

// put sends PUT on a resource, with what this build does not know of it. Most resources answer with
// nothing.
func (c collection[S, R]) put(ctx context.Context, id string, in any, extras *extras) error {
	return c.client.do(ctx, request{method: http.MethodPut, route: c.one(id), in: completed{in, extras}, open: c.open})
}
