// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package flight

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestAFailureIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken, fetches := errors.New("broken"), atomic.Int32{}
		s := Shared[int]{Fetch: func(context.Context) (int, error) {
			fetches.Add(1)
			<-time.After(30 * time.Second)
			return 0, broken
		}}
		begun := time.Now()
		var waiting sync.WaitGroup
		for range 16 {
			waiting.Go(func() {
				if _, _, err := s.Since(t.Context(), begun); !errors.Is(err, broken) {
					t.Errorf("got %v", err)
				}
			})
		}
		waiting.Wait()
		if took := time.Since(begun); fetches.Load() != 1 || took > 31*time.Second {
			t.Errorf("%d fetches in %s", fetches.Load(), took)
		}
	})
}

func TestAPanicEndsOneFetch(t *testing.T) {
	t.Parallel()
	panics := true
	s := Shared[int]{Fetch: func(context.Context) (int, error) {
		if panics {
			panic("oops")
		}
		return 7, nil
	}}
	if _, _, err := s.Since(t.Context(), time.Now()); err == nil || !strings.Contains(err.Error(), "oops") {
		t.Errorf("got %v", err)
	}
	panics = false
	if got, _, err := s.Since(t.Context(), time.Now()); got != 7 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
}

func TestAFetchEndsWithTheProcessAndNotWithThePatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		canceled := atomic.Int32{}
		s := Shared[int]{Fetch: func(ctx context.Context) (int, error) {
			select {
			case <-time.After(time.Minute):
				return 7, nil
			case <-ctx.Done():
				canceled.Add(1)
				return 0, ctx.Err()
			}
		}}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		if _, _, err := s.Since(impatient, begun); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
		if got, _, err := s.Since(t.Context(), begun); got != 7 || err != nil || time.Since(begun) > time.Minute {
			t.Fatalf("got %d, %v after %s", got, err, time.Since(begun))
		}

		process, end := context.WithCancel(t.Context())
		var waiting sync.WaitGroup
		for range 3 {
			waiting.Go(func() { _, _, _ = s.Since(process, time.Now()) })
		}
		<-time.After(time.Second)
		end()
		waiting.Wait()
		synctest.Wait()
		if canceled.Load() != 1 || s.Busy() {
			t.Errorf("canceled: %d, under way: %t", canceled.Load(), s.Busy())
		}
		if got, _, err := s.Since(t.Context(), time.Now()); got != 7 || err != nil {
			t.Errorf("afterwards: %d, %v", got, err)
		}
	})
}
