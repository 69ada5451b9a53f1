// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"sync"
	"time"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// Simulator is an in-memory MeshAgent. All its methods are safe for concurrent use.
type Simulator struct {
	validator *contract.Validator
	latency   time.Duration
	maxPage   int
	behavior  Behavior
	clock     func() time.Time
	keys      []string

	mu      sync.Mutex // guards the following fields
	store   *store
	project string
	frozen  map[string]*store // what lists of a collection read, by path
	grown   int               // newer members handed out
	rewrote map[string]int    // rewritten documents, by path of the collection
	drops   map[string]int    // members dropped in turn, by path of the collection
	faults  []*armed
	log     callLog
	server  Server
}

// Option changes how New builds a Simulator.
type Option func(*Simulator)

// WithAPIKey adds an API key, and its project. It can be used several times. Without it, the key is
// DevelopmentKey.
func WithAPIKey(key string) Option {
	return func(s *Simulator) { s.keys = append(s.keys, key) }
}

// WithLatency sets the minimum duration of every call.
func WithLatency(d time.Duration) Option {
	return func(s *Simulator) { s.latency = d }
}

// WithMaxPage limits the size of a page, whatever the client requests.
func WithMaxPage(n int) Option {
	return func(s *Simulator) { s.maxPage = n }
}

// WithClock replaces time.Now.
func WithClock(now func() time.Time) Option {
	return func(s *Simulator) { s.clock = now }
}

// WithBehavior selects what the server does where MeshAgent's behavior is unknown.
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
