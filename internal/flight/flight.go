// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package flight shares a value that is costly to fetch, such as a list. Everyone who needs the
// value while it is being fetched waits for the same fetch, and shares its error.
package flight

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Shared is a value, together with the time at which its fetch began.
type Shared[T any] struct {
	// Fetch fetches the value. Only one fetch runs at a time.
	Fetch func(context.Context) (T, error)

	mu    sync.Mutex
	value *T
	begun time.Time
	took  time.Duration
	run   *run
}

// run is a running fetch.
type run struct {
	begun  time.Time
	cancel context.CancelFunc
	done   chan struct{}
	err    error

	waiting   int
	abandoned bool
}

// Since returns a value from a fetch that began at or after notBefore, and when that fetch began.
// It begins a fetch only if no earlier one is new enough. It shares the running fetch, or the next
// one.
//
// A fetch continues if its waiters time out, because the next callers need it, too. It ends when
// all waiters are canceled, as at the end of the process.
func (s *Shared[T]) Since(ctx context.Context, notBefore time.Time) (T, time.Time, error) {
	var none T
	for {
		s.mu.Lock()
		if s.value != nil && !s.begun.Before(notBefore) {
			defer s.mu.Unlock()
			return *s.value, s.begun, nil
		}
		if s.run == nil {
			s.launch(ctx)
		}
		current := s.run
		current.waiting++
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			s.leave(current, errors.Is(ctx.Err(), context.Canceled))
			return none, time.Time{}, context.Cause(ctx)
		case <-current.done:
		}
		if current.err != nil && !current.abandoned && !current.begun.Before(notBefore) {
			return none, time.Time{}, current.err
		}
	}
}

// Put replaces the value with one that was fetched in another way. It returns false, and does
// nothing, if the fetch of the present value began later.
func (s *Shared[T]) Put(value T, begun time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.value != nil && s.begun.After(begun) {
		return false
	}
	s.value, s.begun = &value, begun
	return true
}

// Took is the duration of the fetch that returned the value.
func (s *Shared[T]) Took() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.took
}

// Begun is when the last fetch began that is running or succeeded.
func (s *Shared[T]) Begun() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run != nil {
		return s.run.begun
	}
	return s.begun
}

// Busy is true while a fetch is running.
func (s *Shared[T]) Busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.run != nil
}

// Forget drops the value.
func (s *Shared[T]) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value = nil
}

// launch begins a fetch. The caller holds the lock.
func (s *Shared[T]) launch(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	current := &run{begun: time.Now(), cancel: cancel, done: make(chan struct{})}
	s.run = current
	go func() {
		value, err := s.fetch(ctx)
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		if current.err = err; err == nil {
			s.value, s.begun, s.took = &value, current.begun, time.Since(current.begun)
		}
		s.run = nil
		close(current.done)
	}()
}

// fetch turns a panic into an error, so that a panic ends only this fetch.
func (s *Shared[T]) fetch(ctx context.Context) (value T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			slog.ErrorContext(ctx, "A shared fetch panicked", "panic", cause, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return s.Fetch(ctx)
}

// leave is called by waiters that do not wait until the end.
func (s *Shared[T]) leave(current *run, canceled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if current.waiting--; current.waiting == 0 && canceled {
		current.abandoned = true
		current.cancel()
	}
}
