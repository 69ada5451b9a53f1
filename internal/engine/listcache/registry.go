// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package listcache keeps lists of collections that many users share, with the process's own writes
// since then. It depends neither on Kubernetes nor on kinds.
package listcache

import (
	"maps"
	"reflect"
	"sync"
	"time"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Registry has the lists of all collections that a process reads.
type Registry struct {
	mu    sync.Mutex
	kinds map[reflect.Type]forgetter // *Caches, by the type of their resource
}

type forgetter interface{ forget(connection string) }

// Forget drops the lists of a connection that is no longer used.
func (r *Registry) Forget(connection string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, lists := range r.kinds {
		lists.forget(connection)
	}
}

// For returns the lists that all users of one type of resource share. interval is how often a list
// is compared with objects. An unused list, such as that of a deleted room, is kept for two
// intervals.
func For[S meshagent.Spec[S], R meshagent.Resource[S]](registry *Registry, interval time.Duration) *Caches[S, R] {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	kind := reflect.TypeFor[R]()
	if shared, ok := registry.kinds[kind].(*Caches[S, R]); ok {
		return shared
	}
	if registry.kinds == nil {
		registry.kinds = map[reflect.Type]forgetter{}
	}
	made := &Caches[S, R]{interval: interval}
	registry.kinds[kind] = made
	return made
}

// Caches are the lists of collections of one type of resource. A list can show that an object is in
// sync. Before a pass writes because of a list, it must do a live read, or request a list that
// begins after the question was asked.
type Caches[S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	interval time.Duration

	mu    sync.Mutex
	all   map[cacheKey]*Cache[S, R]
	swept time.Time
}

// cacheKey separates what different credentials see.
type cacheKey struct{ connection, path string }

// Of returns the cache of a collection. It can be empty.
func (s *Caches[S, R]) Of(connection string, collection meshagent.Collection[S, R]) *Cache[S, R] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[cacheKey]*Cache[S, R]{}
	}
	if now := time.Now(); now.Sub(s.swept) > s.interval {
		s.swept = now
		maps.DeleteFunc(s.all, func(_ cacheKey, one *Cache[S, R]) bool { return one.dropIfIdle(now.Add(-2 * s.interval)) })
	}
	key := cacheKey{connection, collection.Path()}
	if s.all[key] == nil {
		s.all[key] = newCache(connection, collection, s.interval)
	}
	s.all[key].use()
	return s.all[key]
}

// forget drops the lists of a connection.
func (s *Caches[S, R]) forget(connection string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.all, func(key cacheKey, one *Cache[S, R]) bool {
		if key.connection != connection {
			return false
		}
		one.retire()
		return true
	})
}
