// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package listcache

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/meshagent/meshagent-operator/internal/flight"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Cache is one collection as it was listed, with our own writes since.
type Cache[S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	collection meshagent.Collection[S, R]
	connection string
	interval   time.Duration
	lists      flight.Shared[*table[S, R]]

	mu         sync.Mutex
	used       time.Time
	doubted    map[string]time.Time // when a write ended without an answer, by what it was about; "" is everything
	table      *table[S, R]         // of the last list, or what was seen before the first one
	pending    map[string]*R        // our writes while a list is under way: nil means deleted
	unreadable *unreadable
	retired    bool // nothing is kept any more
}

// unreadable is a list that another try will not make readable.
type unreadable struct {
	begun time.Time
	err   error
}

func newCache[S meshagent.Spec[S], R meshagent.Resource[S]](connection string, collection meshagent.Collection[S, R], interval time.Duration) *Cache[S, R] {
	made := &Cache[S, R]{collection: collection, connection: connection, interval: interval}
	made.lists.Fetch = made.list
	return made
}

// ListedSince returns the rows of a list that was begun at or after a moment, and when it was. It sends a new list only if it must,
// and all who ask while one is under way share it, or the next one. What the question is about, such as a key, counts if a
// write to it is in doubt: then the list is one from after that.
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
		s.lists.Forget() // it was dropped just when it came
	}
}

// demand is the moment from which a list counts. The error is that of the last one, if it stays.
func (s *Cache[S, R]) demand(notBefore time.Time, about []string) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range append(about, "") {
		if at, ok := s.doubted[name]; ok && at.After(notBefore) {
			notBefore = at
		}
	}
	if last := s.unreadable; last != nil {
		// What is too large would cost as much again, each time. A right to list may be given at any moment.
		recent := errors.Is(last.err, meshagent.ErrAnswerTooLarge) && time.Since(last.begun) < s.interval*3/4
		if recent || !last.begun.Before(notBefore) {
			return notBefore, last.err
		}
	}
	return notBefore, nil
}

// ListedRecently returns the rows of a list that may show that something does not exist yet. It is a few seconds old at most; where
// lists take long, a few times as old as one takes, since each of many new objects would wait for a list of its own otherwise.
func (s *Cache[S, R]) ListedRecently(ctx context.Context, about ...string) (View[S, R], error) {
	const usually, times = 3 * time.Second, 4
	return s.ListedSince(ctx, time.Now().Add(-max(usually, times*s.lists.Took())), about...)
}

// list reads the collection.
func (s *Cache[S, R]) list(ctx context.Context) (*table[S, R], error) {
	begun, read := time.Now(), newTable[S, R](s.connection)
	s.mu.Lock()
	s.pending = map[string]*R{}
	s.mu.Unlock()
	err := errors.New("the list was cut off") // by a panic
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

// take puts a new table, with the writes of ours that it may have missed, in the place of the last one.
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

// failed notes why there is no list.
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

// Record takes a write of ours into the cache, and into the list under way, which may have passed the place already. A nil
// row is a deleted one.
func (s *Cache[S, R]) Record(id string, row *R) {
	if row != nil {
		// What a list does not show, such as the value of a secret, must not stay in memory.
		if partial, ok := any(*row).(meshagent.Listed[R]); ok {
			listed := partial.Listed()
			row = &listed
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replace(id, row)
}

// replace replaces a row here and in the list under way. The caller holds the lock.
func (s *Cache[S, R]) replace(id string, row *R) {
	if s.retired {
		return
	}
	if s.table == nil {
		s.table = newTable[S, R](s.connection) // of no list
	}
	if s.pending != nil {
		s.pending[id] = row
	}
	if s.table.replace(id, row) != nil {
		s.drop() // the next list tells what is too large
	}
}

// retire ends the use of the cache. What is still under way keeps nothing.
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

// Doubt says that a write of ours ended without an answer, and may have been carried out all the same. Questions about it are
// answered by no list from before: those about a resource by its id, or by its key or owner if it may have been created.
// Without names everything is in doubt.
func (s *Cache[S, R]) Doubt(about ...string) {
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
			s.replace(name, nil) // only a live read tells
		} else if s.pending != nil && name != "" {
			s.pending[name] = nil
		}
	}
}

// UntilShared is how long to wait until a list may be begun that shows a write of some moment. Lists
// for writes that follow each other closely are a second apart.
func (s *Cache[S, R]) UntilShared(written time.Time) time.Duration {
	const apart = time.Second
	begun := s.lists.Begun()
	if !begun.Before(written) {
		return 0
	}
	return apart - time.Since(begun)
}

// Slow says that a list takes so long that reading one resource by itself is cheaper.
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

// IsUnreadable says that a list cannot be read, and that trying again does not help. Resources whose id is known can be read
// one by one.
func IsUnreadable(err error) bool {
	return errors.Is(err, meshagent.ErrAnswerTooLarge) || meshagent.IsForbidden(err)
}
