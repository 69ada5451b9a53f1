// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package listcache

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"iter"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// listed is a collection that can only be listed, which takes a second.
type listed struct {
	meshagent.Collection[meshagent.RoomSpec, meshagent.Room]

	lists atomic.Int32
	rooms func() ([]string, error)
}

func (*listed) Path() string { return "/rooms" }

func (l *listed) All(context.Context) iter.Seq2[meshagent.Room, error] {
	l.lists.Add(1)
	names, err := l.rooms()
	time.Sleep(time.Second) //nolint:forbidigo // synctest makes it pass at once
	return func(yield func(meshagent.Room, error) bool) {
		for _, name := range names {
			if !yield(meshagent.Room{ID: name}, nil) {
				return
			}
		}
		if err != nil {
			yield(meshagent.Room{}, err)
		}
	}
}

func cacheOf(l *listed) *Cache[meshagent.RoomSpec, meshagent.Room] {
	all := Caches[meshagent.RoomSpec, meshagent.Room]{interval: time.Hour}
	return all.Of(rand.Text(), l)
}

func TestCacheIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &listed{rooms: func() ([]string, error) { return []string{"a"}, nil }}
		s := cacheOf(l)
		ask := func(notBefore time.Time) {
			list, err := s.ListedSince(t.Context(), notBefore)
			if err != nil {
				t.Error(err)
			} else if _, ok := list.Get("a"); !ok || list.Begun.Before(notBefore) {
				t.Errorf("got a list of %s, wanted one since %s", list.Begun, notBefore)
			}
		}
		together := func(n int, notBefore time.Time) {
			var wait sync.WaitGroup
			for range n {
				wait.Go(func() { ask(notBefore) })
			}
			wait.Wait()
		}
		together(100, time.Now().Add(-time.Minute))
		if l.lists.Load() != 1 {
			t.Errorf("100 askers cost %d lists", l.lists.Load())
		}
		time.Sleep(time.Minute) //nolint:forbidigo // synctest makes it pass at once
		together(100, time.Now().Add(-2*time.Minute))
		if l.lists.Load() != 1 {
			t.Errorf("a list that is new enough was asked for again")
		}
		// Callers for which the list under way began too early wait for the next one together.
		go ask(time.Now())
		time.Sleep(time.Second / 2) //nolint:forbidigo // synctest makes it pass at once
		together(100, time.Now())
		if l.lists.Load() != 3 {
			t.Errorf("got %d lists, want 3", l.lists.Load())
		}
	})
}

func TestCacheKeepsOwnWrites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &listed{rooms: func() ([]string, error) { return []string{"old", "deleted"}, nil }}
		s := cacheOf(l)
		go func() { _, _ = s.ListedSince(t.Context(), time.Now()) }()
		time.Sleep(time.Second / 2) //nolint:forbidigo // synctest makes it pass at once
		// The list has passed these rows already.
		s.Record("new", &meshagent.Room{ID: "new"})
		s.Record("deleted", nil)
		list, err := s.ListedSince(t.Context(), time.Now().Add(-time.Second))
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]bool{"old": true, "new": true, "deleted": false} {
			if _, ok := list.Get(id); ok != want {
				t.Errorf("%s: got %t, want %t", id, ok, want)
			}
		}
	})
}

func TestCacheRemembersWhatWasReadBeforeTheFirstList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &listed{rooms: func() ([]string, error) { return []string{"a", "b"}, nil }}
		s := cacheOf(l)
		s.Record("a", &meshagent.Room{ID: "a"})
		if _, ok := s.seen("a"); !ok || l.lists.Load() != 0 {
			t.Errorf("known: %t, lists: %d", ok, l.lists.Load())
		}
		list, err := s.ListedSince(t.Context(), time.Now().Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := list.Get("b"); !ok {
			t.Error("one row passed for the whole list")
		}
	})
}

func TestCacheOfManyIsOlder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &listed{rooms: func() ([]string, error) { return []string{"a"}, nil }}
		s := cacheOf(l)
		for _, test := range []struct {
			after time.Duration // after the end of the last list, which took a second
			lists int32
		}{{0, 1}, {2500 * time.Millisecond, 1}, {time.Second, 2}} {
			time.Sleep(test.after) //nolint:forbidigo // synctest makes it pass at once
			if _, err := s.ListedRecently(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := l.lists.Load(); got != test.lists {
				t.Errorf("after %s: got %d lists, want %d", test.after, got, test.lists)
			}
		}
	})
}

func TestCacheErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		l := &listed{rooms: func() ([]string, error) { return []string{"a"}, broken }}
		s := cacheOf(l)
		if _, err := s.ListedSince(t.Context(), time.Now()); !errors.Is(err, broken) {
			t.Errorf("got %v: half a list must not pass for a whole one", err)
		}
		l.rooms = func() ([]string, error) { return nil, nil }
		if _, err := s.ListedSince(t.Context(), time.Now()); err != nil {
			t.Errorf("it does not heal: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.ListedSince(ctx, time.Now().Add(time.Hour)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		time.Sleep(2 * time.Second) //nolint:forbidigo // until the abandoned list ends
	})
}

// For the race detector: a row is read while a list comes in.
func TestCacheRowDuringAList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &listed{rooms: func() ([]string, error) { return []string{"a"}, nil }}
		s := cacheOf(l)
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				if _, err := s.ListedSince(t.Context(), time.Now()); err != nil {
					t.Error(err)
				}
			})
			group.Go(func() {
				time.Sleep(time.Second) //nolint:forbidigo // synctest makes it pass at once
				s.seen("a")
			})
		}
		group.Wait()
		if row, ok := s.seen("a"); !ok || row.ID != "a" {
			t.Errorf("got %v, %t", row, ok)
		}
	})
}

func TestAPanicInAListIsAnError(t *testing.T) {
	t.Parallel()
	l := &listed{rooms: func() ([]string, error) { panic("oops") }}
	s := cacheOf(l)
	if _, err := s.ListedSince(t.Context(), time.Now()); err == nil {
		t.Error("no error")
	}
	s.Record("a", &meshagent.Room{ID: "a"})
	l.rooms = func() ([]string, error) { return []string{"b"}, nil }
	list, err := s.ListedSince(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := list.Get("a"); ok {
		t.Error("the list shows what was written before it")
	}
}

func TestWhatIsTooLargeIsNotListedAgainAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err   error
		lists []int32 // after a check, a check that accepts older lists, a check of a new list, and one after an interval
	}{
		"too large": {meshagent.ErrAnswerTooLarge, []int32{1, 1, 1, 2}},
		"forbidden": {&meshagent.Error{Status: http.StatusForbidden}, []int32{1, 1, 2, 3}},
		"away":      {&meshagent.NetworkError{Cause: io.EOF}, []int32{1, 2, 3, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &listed{rooms: func() ([]string, error) { return []string{"a"}, test.err }}
				s := cacheOf(l)
				for i, ask := range []func() (View[meshagent.RoomSpec, meshagent.Room], error){
					func() (View[meshagent.RoomSpec, meshagent.Room], error) { return s.ListedRecently(t.Context()) },
					func() (View[meshagent.RoomSpec, meshagent.Room], error) {
						return s.ListedSince(t.Context(), time.Now().Add(-time.Minute))
					},
					func() (View[meshagent.RoomSpec, meshagent.Room], error) {
						return s.ListedSince(t.Context(), time.Now())
					},
					func() (View[meshagent.RoomSpec, meshagent.Room], error) {
						time.Sleep(time.Hour) //nolint:forbidigo // synctest makes it pass at once
						return s.ListedRecently(t.Context())
					},
				} {
					if _, err := ask(); !errors.Is(err, test.err) {
						t.Errorf("look %d: %v", i, err)
					}
					if got := l.lists.Load(); got != test.lists[i] {
						t.Errorf("look %d: %d lists, not %d", i, got, test.lists[i])
					}
				}
			})
		})
	}
}

// seen returns a row as it was last read, in a list or alone.
func (s *Cache[S, R]) seen(id string) (row R, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.table == nil {
		return row, false
	}
	return s.table.get(id)
}
