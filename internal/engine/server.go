// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// askAgain is how long an answer of a server about itself counts, and how long a doubt does.
const askAgain = 10 * time.Second

// servers asks servers who they are, for all objects at once.
type servers struct {
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

// ask asks the server of a connection who it is, at most once in askAgain.
func (s *servers) ask(ctx context.Context, connection *Connection) (meshagent.API, error) {
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
func (s *servers) launch(ctx context.Context, connection *Connection) *introduction {
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

// confirmServer makes sure that it is still the server of the last check of the MeshProject that
// answers. What something else does not find is not lost, and a list that a newer server answers in
// its own way may be short.
func (p *pass[O, S, R]) confirmServer(ctx context.Context) error {
	project, err := p.Projects.of(ctx, p.obj)
	if err != nil {
		return err
	}
	known := apiOf(project)
	api, err := p.servers.ask(ctx, p.connection)
	same := cut(api.Version, 256) == known.Version
	// Versions in a form of their own cannot be compared, but the server knows the routes of 0.44. A
	// MeshProject that is being deleted is not checked any more.
	unchecked := known.Version == "" || !known.Tested() && !known.Newer() || !project.DeletionTimestamp.IsZero()
	if err == nil && (same || unchecked && api.Spoken()) {
		return nil
	}
	p.servers.doubt(p.Projects, p.obj)
	if err != nil {
		return &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: "MeshAgent does not find the resource, and does not confirm that it is gone: " + verdict.Of(err).Message}
	}
	return &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: "MeshAgent does not find the resource. Its version changed, so the MeshProject is checked first"}
}

// doubt has the server of an object's MeshProject checked, at most once in askAgain: one check
// speaks for all objects.
func (s *servers) doubt(projects *Projects, obj Object) {
	key := projectKey(obj)
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
	projects.Suspect(obj)
}

// suspect has the MeshProject checked if an answer is a reason for that: MeshAgent does not know the
// key, or may speak another generation than before.
func (p *pass[O, S, R]) suspect(err error) {
	if meshagent.IsUnauthorized(err) || meshagent.DoubtsGeneration(err) {
		p.servers.doubt(p.Projects, p.obj)
	}
}
