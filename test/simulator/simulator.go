// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"sync"
	"time"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// Simulator is an in-memory MeshAgent. All its methods may be called from
// several goroutines.
type Simulator struct {
	validator *contract.Validator
	latency   time.Duration
	maxPage   int
	behavior  Behavior
	clock     func() time.Time
	keys      []string

	mu      sync.Mutex // guards what follows
	store   *store
	project string
	frozen  map[string]*store // what lists of a collection read, by path
	grown   int               // newer members given out
	rewrote map[string]int    // documents that were rewritten, by path of the collection
	drops   map[string]int    // members that were dropped in turn, likewise
	faults  []*armed
	log     callLog
	server  Server
}

// Option changes how New builds a Simulator.
type Option func(*Simulator)

// WithAPIKey adds an API key, and the project that it names. Several are
// allowed; with none there is DevelopmentKey.
func WithAPIKey(key string) Option {
	return func(s *Simulator) { s.keys = append(s.keys, key) }
}

// WithLatency makes every call take so long.
func WithLatency(d time.Duration) Option {
	return func(s *Simulator) { s.latency = d }
}

// WithMaxPage caps the size of a page, whatever the client asks for.
func WithMaxPage(n int) Option {
	return func(s *Simulator) { s.maxPage = n }
}

// WithClock replaces time.Now.
func WithClock(now func() time.Time) Option {
	return func(s *Simulator) { s.clock = now }
}

// WithBehavior picks what the server does where nobody knows for certain.
func WithBehavior(b Behavior) Option {
	return func(s *Simulator) { s.behavior = b }
}

// New returns a Simulator with a project and two members for each API key. It
// panics if a key is not well-formed.
func New(opts ...Option) *Simulator {
	validator, err := contract.Load()
	if err != nil {
		panic(err) // the contract is compiled in, and tested
	}
	s := &Simulator{validator: validator, clock: time.Now, store: newStore(), frozen: map[string]*store{}, rewrote: map[string]int{}, drops: map[string]int{}}
	for _, opt := range opts {
		opt(s)
	}
	if len(s.keys) == 0 {
		s.keys = []string{DevelopmentKey}
	}
	for _, key := range s.keys {
		if err := s.AddAPIKey(key); err != nil {
			panic(fmt.Sprintf("simulator: %v", err))
		}
	}
	return s
}

// ProjectID returns the id of the project of the first API key.
func (s *Simulator) ProjectID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.project
}

func (s *Simulator) now() string {
	return s.clock().UTC().Format(time.RFC3339)
}
