// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package manager

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// stubManager ends when a test says so, as one of controller-runtime does whose caches are not
// filled.
type stubManager struct {
	end     chan error
	elected chan struct{}
	started context.Context //nolint:containedctx // to see that it ends
}

func newStub() *stubManager {
	return &stubManager{end: make(chan error), elected: make(chan struct{})}
}

// Start waits.
func (m *stubManager) Start(ctx context.Context) error {
	m.started = ctx
	return <-m.end
}

// Elected is closed by tests.
func (m *stubManager) Elected() <-chan struct{} { return m.elected }

func TestStartEndsWhenCachesAreNotFilled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mgr := newStub()
		defer close(mgr.end)
		began := time.Now()
		if err := start(t.Context(), mgr, make(chan struct{})); err == nil {
			t.Error("no error")
		}
		if took := time.Since(began); took != longestStart {
			t.Errorf("it took %s", took)
		}
	})
}

func TestStartEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		filled, elected bool
		most            time.Duration
	}{
		"before the caches are filled": {false, false, stopAtOnce},
		"as one of several":            {true, false, stopAtOnce},
		"as the leader":                {true, true, stopTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				mgr, filled := newStub(), make(chan struct{})
				defer close(mgr.end)
				if c.filled {
					close(filled)
				}
				if c.elected {
					close(mgr.elected)
				}
				ctx, stop := context.WithCancel(t.Context())
				time.AfterFunc(time.Minute, stop)
				if err := start(ctx, mgr, filled); err != nil {
					t.Error(err)
				}
				if mgr.started.Err() == nil {
					t.Error("the manager was not told to stop")
				}
			})
		})
	}
}

func TestStartReturnsHowTheManagerEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("no lease")
		for _, isFilled := range []bool{false, true} {
			mgr, filled := newStub(), make(chan struct{})
			if isFilled {
				close(filled)
			}
			go func() { mgr.end <- why }()
			if err := start(t.Context(), mgr, filled); !errors.Is(err, why) {
				t.Errorf("got %v", err)
			}
		}
	})
}

type stubCaches bool

// WaitForCacheSync reports whether the stub is true.
func (c *stubCaches) WaitForCacheSync(context.Context) bool { return bool(*c) }

func TestReady(t *testing.T) {
	t.Parallel()
	filled, synced := make(chan struct{}), stubCaches(false)
	check, request := ready(filled, &synced), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil)
	if check(request) == nil {
		t.Error("ready before anything is in the caches")
	}
	close(filled)
	if check(request) == nil {
		t.Error("ready before all is in the caches")
	}
	synced = true
	if err := check(request); err != nil {
		t.Error(err)
	}
}
