// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package listcache

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/meshagent/meshagent-operator/internal/flight"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Cache is the last list of a collection, with the process's own writes since then.
type Cache[S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	collection meshagent.Collection[S, R]
	connection string
	interval   time.Duration
	lists      flight.Shared[*table[S, R]]

	mu         sync.Mutex
	used       time.Time
	doubted    map[string]time.Time // when a write ended without an answer, by the resource; "" means all resources
	table      *table[S, R]         // rows of the last list, or of own writes before the first list
	pending    map[string]*R        // own writes while a list is under way; nil means deleted
	unreadable *unreadable
	retired    bool // the cache keeps nothing any more
}

// unreadable records why a list cannot be read, if a retry would not help.
type unreadable struct {
	begun time.Time
	err   error
}

func newCache[S meshagent.Spec[S], R meshagent.Resource[S]](connection string, collection meshagent.Collection[S, R], interval time.Duration) *Cache[S, R] {
	made := &Cache[S, R]{collection: collection, connection: connection, interval: interval}
	made.lists.Fetch = made.list
	return made
}

// ListedSince returns the rows of a list that began at or after notBefore, and when it began. It
// requests a new list only if necessary. All callers share the list under way, or the next one. The
// names in about, such as a key, are the subject of the question. If a write to one of them is in
// doubt, the list must have begun after that write.
func (s *Cache[S, R]) ListedSince(ctx context.Context, notBefore time.Time, about ...string) (View[S, R], error) {
	notBefore, err := s.demand(notBefore, about)
	if err != nil {
		return View[S, R]{}, err
	}
	for {
		list, begun, err := s.lists.Since(ctx, notBefore)
		if err != nil {
			return View[S, R]{}, err
		}
		s.mu.Lock()
		current := list == s.table
		s.mu.Unlock()
		if current {
			return View[S, R]{table: list, Begun: begun, mu: &s.mu}, nil
		}
		s.lists.Forget() // it was dropped as soon as it came
	}
}

// demand returns the earliest beginning of a usable list. The error is that of the last list, if a
// retry would not help.
func (s *Cache[S, R]) demand(notBefore time.Time, about []string) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range append(about, "") {
		if at, ok := s.doubted[name]; ok && at.After(notBefore) {
			notBefore = at
		}
	}
	if last := s.unreadable; last != nil {
		// A list that is too large would cost as much again each time. A permission to list can be
		// granted at any moment.
		recent := errors.Is(last.err, meshagent.ErrAnswerTooLarge) && time.Since(last.begun) < s.interval*3/4
		if recent || !last.begun.Before(notBefore) {
			return notBefore, last.err
		}
	}
	return notBefore, nil
}

// ListedRecently returns the rows of a list that can show that a resource does not exist yet. The
// list is at most a few seconds old. If lists take long, it is at most a few times as old as a list
// takes. Otherwise each of many new objects would wait for a list of its own.
func (s *Cache[S, R]) ListedRecently(ctx context.Context, about ...string) (View[S, R], error) {
	const usually, times = 3 * time.Second, 4
	return s.ListedSince(ctx, time.Now().Add(-max(usually, times*s.lists.Took())), about...)
}

func (s *Cache[S, R]) list(ctx context.Context) (*table[S, R], error) {
	begun, read := time.Now(), newTable[S, R](s.connection)
	s.mu.Lock()
	s.pending = map[string]*R{}
	s.mu.Unlock()
	err := errors.New("the list was cut off") // stays if the listing panics
	defer func() {
		if err != nil {
			s.failed(begun, err)
			read.held.Release()
		}
	}()
	err = read.fill(ctx, s.collection)
	if err == nil {
		err = s.take(begun, read)
	}
	if err != nil {
		return nil, err
	}
	return read, nil
}

// take replaces the last table by a new one, and adds own writes that the new list may have missed.
func (s *Cache[S, R]) take(begun time.Time, read *table[S, R]) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.retired {
		return errors.New("the API key was exchanged while the list was read")
	}
	for id, row := range s.pending {
		if err := read.replace(id, row); err != nil {
			return err
		}
	}
	s.drop()
	s.table, s.pending, s.unreadable = read, nil, nil
	maps.DeleteFunc(s.doubted, func(_ string, at time.Time) bool { return !at.After(begun) })
	return nil
}

// failed records why there is no list.
func (s *Cache[S, R]) failed(begun time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = nil
	if s.unreadable = nil; IsUnreadable(err) {
		if e, ok := errors.AsType[*meshagent.AnswerError](err); ok {
			known := *e
			known.News = false
			err = &known
		}
		s.unreadable = &unreadable{begun, err}
		s.drop()
	}
}

// Record adds an own write to the cache, and to the list under way, which may have passed its place
// already. A nil row is a deleted one.
func (s *Cache[S, R]) Record(id string, row *R) {
	if row != nil {
		// A value that lists do not show, such as that of a secret, must not stay in memory.
		if partial, ok := any(*row).(meshagent.Listed[R]); ok {
			listed := partial.Listed()
			row = &listed
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replace(id, row)
}

// replace replaces a row in the cache and in the list under way. The caller holds the lock.
func (s *Cache[S, R]) replace(id string, row *R) {
	if s.retired {
		return
	}
	if s.table == nil {
		s.table = newTable[S, R](s.connection) // without a list
	}
	if s.pending != nil {
		s.pending[id] = row
	}
	if s.table.replace(id, row) != nil {
		s.drop() // the next list shows that it is too large
	}
}

// retire ends the use of the cache. Requests under way keep nothing.
func (s *Cache[S, R]) retire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retired = true
	s.drop()
}

// drop forgets all rows. The caller holds the lock.
func (s *Cache[S, R]) drop() {
	if s.table != nil {
		s.table.held.Release()
	}
	s.table = nil
	s.lists.Forget()
}

// Doubt records that an own write ended without an answer, so that MeshAgent may have carried it
// out. Lists that began earlier then no longer answer questions about the names in about. These are
// the id of a resource, or its key and owner if it may have been created; an empty name is that of a
// resource without a key. Without names, everything is in doubt.
func (s *Cache[S, R]) Doubt(about ...string) {
	about = slices.DeleteFunc(about, func(name string) bool { return name == "" })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.doubted == nil {
		s.doubted = map[string]time.Time{}
	}
	if len(about) == 0 {
		about = []string{""}
	}
	for _, name := range about {
		s.doubted[name] = time.Now()
		if s.table != nil && s.table.rows[name] != nil {
			s.replace(name, nil) // only a live read shows the resource
		} else if s.pending != nil && name != "" {
			s.pending[name] = nil
		}
	}
}

// UntilShared is how long to wait before a list that shows a write. Writes in quick succession
// share lists, which begin at least a second apart.
func (s *Cache[S, R]) UntilShared(written time.Time) time.Duration {
	const apart = time.Second
	begun := s.lists.Begun()
	if !begun.Before(written) {
		return 0
	}
	return apart - time.Since(begun)
}

// Slow is true if a list takes so long that a GET of one resource is cheaper.
func (s *Cache[S, R]) Slow() bool { return s.lists.Took() > time.Second }

func (s *Cache[S, R]) use() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = time.Now()
}

// dropIfIdle forgets all rows if they have not been used since a moment.
func (s *Cache[S, R]) dropIfIdle(moment time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lists.Busy() || !s.used.Before(moment) {
		return false
	}
	s.drop()
	return true
}

// IsUnreadable is true if a list cannot be read, and a retry would not help. Resources with a known
// id can be read one by one.
func IsUnreadable(err error) bool {
	return errors.Is(err, meshagent.ErrAnswerTooLarge) || meshagent.IsForbidden(err)
}
