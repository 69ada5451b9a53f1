// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// askAgain is how long an answer of a server about itself counts, and how long a doubt does.
const askAgain = 10 * time.Second

// Servers asks servers who they are, for all objects at once.
type Servers struct {
	mu      sync.Mutex
	asked   map[string]*introduction           // by connection
	doubted map[types.NamespacedName]time.Time // by MeshProject
}

// introduction is what a server says of itself, once done is closed.
type introduction struct {
	at   time.Time
	done chan struct{}
	api  meshagent.API
	err  error
}

// Ask asks the server of a connection who it is, at most once in askAgain.
func (s *Servers) Ask(ctx context.Context, connection *Connection) (meshagent.API, error) {
	s.mu.Lock()
	last := s.asked[connection.ID]
	if last == nil || time.Since(last.at) >= askAgain {
		last = s.launch(ctx, connection)
	}
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return meshagent.API{}, context.Cause(ctx)
	case <-last.done:
		return last.api, last.err
	}
}

// launch begins to ask. The caller holds the lock. It does not end with the one who asked first.
func (s *Servers) launch(ctx context.Context, connection *Connection) *introduction {
	if s.asked == nil {
		s.asked = map[string]*introduction{}
	}
	maps.DeleteFunc(s.asked, func(_ string, old *introduction) bool { return time.Since(old.at) >= askAgain })
	made := &introduction{at: time.Now(), done: make(chan struct{})}
	s.asked[connection.ID] = made
	ctx = context.WithoutCancel(ctx)
	go func() {
		defer close(made.done)
		defer func() {
			if cause := recover(); cause != nil {
				made.err = fmt.Errorf("panic: %v", cause) // it must end no more than this question
			}
		}()
		made.api, made.err = connection.Project.Confirm(ctx)
	}()
	return made
}

// Doubt has the server of an object's MeshProject checked, at most once in askAgain: one check
// speaks for all objects.
func (s *Servers) Doubt(projects *Pool, obj v1alpha1.Object) {
	key := ProjectKey(obj)
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, ok := s.doubted[key]; ok && time.Since(last) < askAgain {
		return
	}
	if s.doubted == nil {
		s.doubted = map[types.NamespacedName]time.Time{}
	}
	maps.DeleteFunc(s.doubted, func(_ types.NamespacedName, last time.Time) bool { return time.Since(last) >= askAgain })
	s.doubted[key] = time.Now()
	projects.RequestCheck(obj)
}
