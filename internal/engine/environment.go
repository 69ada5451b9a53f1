// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/meshagent/meshagent-operator/internal/engine/listcache"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
)

// Controller is a kind, or a reconciler of its own, that can be added to a manager.
type Controller interface {
	SetupWithManager(mgr manager.Manager, env *Environment) error
}

// Environment is what all controllers of a process share.
type Environment struct {
	// Client reads from the cache and writes to the API server.
	Client client.Client
	// Live reads from the API server: Secrets, which are never cached, and whatever must not be
	// stale.
	Live client.Reader
	// Recorder sends events.
	Recorder events.EventRecorder
	// OwnerID tells this operator from others in owner marks.
	OwnerID string
	// DriftInterval is how often MeshAgent is compared with each object.
	DriftInterval time.Duration
	// Traces makes traces; nil: none are made.
	Traces trace.TracerProvider
	// Projects opens MeshAgent projects.
	Projects *projects.Pool

	users   []user
	guard   projects.DeletionGuard
	checks  driftChecks
	counts  counts
	memory  memories
	servers projects.Servers
	missing missingRoutes
	mu      sync.Mutex
	lists   listcache.Registry
	timings map[string]*timing // by kind
}

// untilDrift is how long to wait for the next comparison with MeshAgent, counted from the list that
// the last one used, so that all objects of a collection share the next list as well. The jitter
// spreads them.
func (e *Environment) untilDrift(listed time.Time) time.Duration {
	interval := projects.Jittered(e.DriftInterval)
	if age := time.Since(listed); age > 0 && age < interval/2 {
		interval -= age
	}
	return interval
}

// fresh is the begin of the oldest list that a comparison may use. It is less than the interval
// with its jitter, so that each interval has a list of its own, and more than the spread of the
// jitter, so that it has only one.
func (e *Environment) fresh(now time.Time) time.Time { return now.Add(-e.DriftInterval * 3 / 4) }
