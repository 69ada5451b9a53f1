// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"time"

	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/engine/listcache"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Kinds and the client's collections are typed, each with types of its own. The state machine is
// the same for all of them, and is compiled once: it sees them as what is defined here.

// document is what callers write of a resource.
type document interface {
	Key() string
	Mark() meshagent.Mark
	withMark(mark meshagent.Mark) document
	// atCreation is the part that a creation writes. Staged says that an update follows.
	atCreation() (part document, staged bool)
	value() any // of the type that the kind gives it
	sentOnly() []drift.Value
}

// resource is what MeshAgent holds. Nil means that there is none.
type resource interface {
	Identity() string
	Written() document
	promised() bool
	value() any
}

// comparison is what comparing two documents came to.
type comparison struct {
	Merged  document
	Changes []drift.Change
}

// collection is a REST collection, with the list of it that all objects share.
type collection interface {
	Path() string
	Traits() meshagent.Traits
	Get(ctx context.Context, ref meshagent.Ref) (resource, error)
	Create(ctx context.Context, desired document) (made resource, shown bool, err error)
	Update(ctx context.Context, current resource, desired document) (made resource, shown bool, err error)
	Delete(ctx context.Context, id string) error
	compare(desired, actual document, applied drift.Fields, defaults any) (comparison, error)
}

// list is what listcache.Cache does.
type list interface {
	ListedSince(ctx context.Context, notBefore time.Time, about ...string) (rows, error)
	ListedRecently(ctx context.Context, about ...string) (rows, error)
	Record(id string, row resource)
	Doubt(about ...string)
	UntilShared(written time.Time) time.Duration
	Slow() bool
}

// rows are those of a list.
type rows interface {
	Begun() time.Time
	Get(id string) (resource, bool)
	ByKey(key string) []resource
	ByOwner(owner string) []resource
}

// typedDocument is a document. The values in only are sent with it, and compared with nothing.
type typedDocument[S meshagent.Spec[S]] struct {
	spec S
	only []drift.Value
}

func (d typedDocument[S]) Key() string          { return d.spec.Key() }
func (d typedDocument[S]) Mark() meshagent.Mark { return d.spec.Mark() }
func (d typedDocument[S]) value() any           { return d.spec }
func (d typedDocument[S]) withMark(mark meshagent.Mark) document {
	return typedDocument[S]{d.spec.WithMark(mark), d.only}
}

func (d typedDocument[S]) atCreation() (part document, staged bool) {
	if spec, ok := any(d.spec).(meshagent.Staged[S]); ok {
		return typedDocument[S]{spec.AtCreation(), d.only}, true
	}
	return d, false
}

func (d typedDocument[S]) sentOnly() []drift.Value { return d.only }

// complete is a document with the values that are only sent.
func complete[S meshagent.Spec[S]](of document) (S, error) {
	spec, _ := of.value().(S)
	return drift.Put(spec, of.sentOnly())
}

type typedResource[S meshagent.Spec[S], R meshagent.Resource[S]] struct{ held R }

func (r typedResource[S, R]) Identity() string  { return r.held.Identity() }
func (r typedResource[S, R]) Written() document { return typedDocument[S]{spec: r.held.Written()} }
func (r typedResource[S, R]) value() any        { return r.held }
func (r typedResource[S, R]) promised() bool {
	promise, ok := any(r.held).(meshagent.Promise)
	return ok && promise.Promised()
}

type typedCollection[S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	meshagent.Collection[S, R]
}

// Get implements collection.
func (c typedCollection[S, R]) Get(ctx context.Context, ref meshagent.Ref) (resource, error) {
	held, err := c.Collection.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	return typedResource[S, R]{held}, nil
}

// Create implements collection.
func (c typedCollection[S, R]) Create(ctx context.Context, desired document) (made resource, shown bool, err error) {
	spec, err := complete[S](desired)
	if err != nil {
		return nil, false, err
	}
	held, shown, err := c.Collection.Create(ctx, spec)
	if err != nil && held.Identity() == "" {
		return nil, false, err // nothing is known to be in the way
	}
	return typedResource[S, R]{held}, shown, err
}

// Update implements collection.
func (c typedCollection[S, R]) Update(ctx context.Context, current resource, desired document) (made resource, shown bool, err error) {
	spec, err := complete[S](desired)
	if err != nil {
		return nil, false, err
	}
	before, _ := current.value().(R)
	held, shown, err := c.Collection.Update(ctx, before, spec)
	return typedResource[S, R]{held}, shown, err
}

func (c typedCollection[S, R]) compare(desired, actual document, applied drift.Fields, defaults any) (comparison, error) {
	want, _ := desired.value().(S)
	have, _ := actual.value().(S)
	fallback, _ := defaults.(*S)
	result, err := drift.Compare(want, have, applied, fallback)
	return comparison{typedDocument[S]{result.Merged, desired.sentOnly()}, result.Changes}, err
}

type typedList[S meshagent.Spec[S], R meshagent.Resource[S]] struct{ *listcache.Cache[S, R] }

// ListedSince implements list.
func (l typedList[S, R]) ListedSince(ctx context.Context, notBefore time.Time, about ...string) (rows, error) {
	view, err := l.Cache.ListedSince(ctx, notBefore, about...)
	return typedRows[S, R]{view}, err
}

// ListedRecently implements list.
func (l typedList[S, R]) ListedRecently(ctx context.Context, about ...string) (rows, error) {
	view, err := l.Cache.ListedRecently(ctx, about...)
	return typedRows[S, R]{view}, err
}

// Record implements list.
func (l typedList[S, R]) Record(id string, row resource) {
	if row == nil {
		l.Cache.Record(id, nil)
		return
	}
	held, _ := row.value().(R)
	l.Cache.Record(id, &held)
}

type typedRows[S meshagent.Spec[S], R meshagent.Resource[S]] struct{ view listcache.View[S, R] }

// Begun implements rows.
func (r typedRows[S, R]) Begun() time.Time { return r.view.Begun }

// Get implements rows.
func (r typedRows[S, R]) Get(id string) (resource, bool) {
	row, ok := r.view.Get(id)
	return typedResource[S, R]{row}, ok
}

// ByKey implements rows.
func (r typedRows[S, R]) ByKey(key string) []resource { return resourcesOf[S](r.view.ByKey(key)) }

// ByOwner implements rows.
func (r typedRows[S, R]) ByOwner(owner string) []resource {
	return resourcesOf[S](r.view.ByOwner(owner))
}

func resourcesOf[S meshagent.Spec[S], R meshagent.Resource[S]](held []R) (all []resource) {
	for _, one := range held {
		all = append(all, typedResource[S, R]{one})
	}
	return all
}
