// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"context"
	"maps"
	"reflect"
	"sync"
	"time"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// listTimeout bounds one list with all its pages.
const listTimeout = 2 * time.Minute

// snapshots are lists of collections that all objects of a kind share. A snapshot may say "in sync"; whoever wants to write
// because of it must first look live, or demand a list that is begun after the question was put.
type snapshots[S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	// idle is how long a snapshot is kept that nobody uses, such as that of a deleted room.
	idle time.Duration

	mu  sync.Mutex
	all map[snapshotKey]*snapshot[S, R]
}

// sharedSnapshots returns the snapshots that all users of one type of resource share. It is called while the manager is set up, and after.
func sharedSnapshots[S meshagent.Spec[S], R meshagent.Resource[S]](env *Environment) *snapshots[S, R] {
	env.mu.Lock()
	defer env.mu.Unlock()
	kind := reflect.TypeFor[R]()
	if shared, ok := env.snapshots[kind].(*snapshots[S, R]); ok {
		return shared
	}
	if env.snapshots == nil {
		env.snapshots = map[reflect.Type]any{}
	}
	made := &snapshots[S, R]{idle: 2 * env.DriftInterval}
	env.snapshots[kind] = made
	return made
}

// snapshotKey keeps what different credentials see apart.
type snapshotKey struct{ connection, path string }

// of returns the snapshot of a collection, possibly empty.
func (s *snapshots[S, R]) of(connection string, collection meshagent.Collection[S, R]) *snapshot[S, R] {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := snapshotKey{connection, collection.Path()}
	if s.all[key] == nil {
		if s.all == nil {
			s.all = map[snapshotKey]*snapshot[S, R]{}
		}
		longAgo := time.Now().Add(-s.idle)
		maps.DeleteFunc(s.all, func(_ snapshotKey, one *snapshot[S, R]) bool { return one.idleSince(longAgo) })
		s.all[key] = &snapshot[S, R]{collection: collection}
	}
	s.all[key].use()
	return s.all[key]
}

// snapshot is one collection as it was listed, with our own writes since.
type snapshot[S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	collection meshagent.Collection[S, R]

	mu      sync.Mutex
	used    time.Time
	doubted time.Time     // when a write of ours ended of which nobody knows whether it was carried out
	begun   time.Time     // of the list that rows came from
	took    time.Duration // that list
	rows    map[string]*R // by identity, or what was seen of it before the first list
	flight  *flight[R]    // the list under way
	pending map[string]*R // our writes while it is: nil means deleted
}

// flight is a list under way.
type flight[R any] struct {
	begun time.Time
	done  chan struct{}
	err   error
}

// since returns the rows of a list that was begun at or after a moment, and when it was. It sends a new list only if it must, and everybody who
// asks while one is under way shares it, or the next one.
func (s *snapshot[S, R]) since(ctx context.Context, notBefore time.Time) (view[R], error) {
	for {
		s.mu.Lock()
		if s.doubted.After(notBefore) {
			notBefore = s.doubted
		}
		if s.rows != nil && !s.begun.Before(notBefore) {
			defer s.mu.Unlock()
			return view[R]{rows: s.rows, begun: s.begun, mu: &s.mu}, nil
		}
		current := s.flight
		if current == nil {
			current = s.launch(ctx)
		}
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return view[R]{}, context.Cause(ctx)
		case <-current.done:
		}
		if current.err != nil && !current.begun.Before(notBefore) {
			return view[R]{}, current.err
		}
	}
}

// recent returns the rows of a list that may show that something does not exist yet. It is a few seconds old at most; where lists take
// long, a few times as old as one takes, since each of many new objects would wait for a list of its own otherwise.
func (s *snapshot[S, R]) recent(ctx context.Context) (view[R], error) {
	const usually, times = 3 * time.Second, 4
	s.mu.Lock()
	age := max(usually, times*s.took)
	s.mu.Unlock()
	return s.since(ctx, time.Now().Add(-age))
}

// launch begins a list. The caller holds the lock. The list does not end with the one who asked first: others wait for it too.
func (s *snapshot[S, R]) launch(ctx context.Context) *flight[R] {
	current := &flight[R]{begun: time.Now(), done: make(chan struct{})}
	s.flight, s.pending = current, map[string]*R{}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), listTimeout)
	go func() {
		defer cancel()
		rows := map[string]*R{}
		var failed error
		for row, err := range s.collection.All(ctx) {
			if err != nil {
				failed = err
				break
			}
			rows[row.Identity()] = &row
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		current.err = failed
		if failed == nil {
			for id, row := range s.pending {
				store(rows, id, row)
			}
			s.rows, s.begun, s.took = rows, current.begun, time.Since(current.begun)
		}
		s.flight, s.pending = nil, nil
		close(current.done)
	}()
	return current
}

// wrote takes a write of ours into the snapshot, and into the list under way, which may have passed the place already.
// A nil row is a deleted one.
func (s *snapshot[S, R]) wrote(id string, row *R) {
	if row != nil {
		// What a list does not show, such as the value of a secret, must not stay in memory.
		if partial, ok := any(*row).(meshagent.Listed[R]); ok {
			listed := partial.Listed()
			row = &listed
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows == nil {
		s.rows = map[string]*R{} // of no list: begun is long ago
	}
	store(s.rows, id, row)
	if s.pending != nil {
		s.pending[id] = row
	}
}

// untilShared is how long to wait until a list may be begun that shows a write of some moment. Lists
// for writes that follow each other closely are a second apart.
func (s *snapshot[S, R]) untilShared(written time.Time) time.Duration {
	const apart = time.Second
	s.mu.Lock()
	defer s.mu.Unlock()
	begun := s.begun
	if s.flight != nil {
		begun = s.flight.begun
	}
	if !begun.Before(written) {
		return 0
	}
	return apart - time.Since(begun)
}

// slow says that a list takes so long that reading one resource by itself is cheaper.
func (s *snapshot[S, R]) slow() bool {
	const long = time.Second
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.took > long
}

// doubt has every list from before now taken for too old: a write of ours has failed, and may have been carried out all the same.
func (s *snapshot[S, R]) doubt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubted = time.Now()
}

func store[R any](rows map[string]*R, id string, row *R) {
	if row == nil {
		delete(rows, id)
	} else {
		rows[id] = row
	}
}

// row is the resource as it was last seen, in a list or by itself.
func (s *snapshot[S, R]) row(id string) (R, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return rowOf(s.rows, id)
}

func rowOf[R any](rows map[string]*R, id string) (row R, ok bool) {
	if found, ok := rows[id]; ok {
		return *found, true
	}
	return row, false
}

func (s *snapshot[S, R]) use() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = time.Now()
}

func (s *snapshot[S, R]) idleSince(moment time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flight == nil && s.used.Before(moment)
}

// view reads the rows of a snapshot.
type view[R any] struct {
	rows  map[string]*R
	begun time.Time
	mu    *sync.Mutex
}

// get finds a row by identity.
func (v view[R]) get(id string) (R, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return rowOf(v.rows, id)
}

// find returns all rows that match.
func (v view[R]) find(match func(R) bool) []R {
	v.mu.Lock()
	defer v.mu.Unlock()
	var found []R
	for _, row := range v.rows {
		if match(*row) {
			found = append(found, *row)
		}
	}
	return found
}
