// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package manager

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
)

const (
	// longestStart is how long the caches may take to fill.
	longestStart = 2 * time.Minute
	// drainTimeout is how long the leader finishes its passes. It ends before Kubernetes kills the
	// container, by default after 30 seconds, so that the lease is given back.
	drainTimeout = 20 * time.Second
	// stopTimeout is how long the manager may take to stop in all, and stopAtOnce if it isn't the
	// leader: then it has nothing to finish and nothing to give back.
	stopTimeout = drainTimeout + 5*time.Second
	stopAtOnce  = 2 * time.Second
)

// startable is what start needs of a manager.
type startable interface {
	Start(ctx context.Context) error
	Elected() <-chan struct{}
}

// start runs the manager until ctx ends. Filled is closed when its caches have been filled. Until
// then a manager of controller-runtime waits without a limit, and doesn't even notice that ctx has
// ended.
func start(ctx context.Context, mgr startable, filled <-chan struct{}) error {
	ended := make(chan error, 1)
	go func() { ended <- mgr.Start(ctx) }()
	tooLong := time.NewTimer(longestStart)
	defer tooLong.Stop()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	case <-tooLong.C:
		return fmt.Errorf("the caches were not filled within %s: the operator could not list or watch what it needs. "+
			`The log lines "Failed to watch" say what and why; usually a role is missing`, longestStart)
	case <-filled:
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
		}
	}
	patience := stopAtOnce
	select {
	case <-mgr.Elected():
		patience = stopTimeout
	default:
	}
	stuck := time.NewTimer(patience)
	defer stuck.Stop()
	select {
	case err := <-ended:
		return err
	case <-stuck.C:
		ctrl.Log.Info("Stopped before all controllers ended", "waited", patience.String())
		return nil
	}
}

// always runs in every replica, not in the leader only.
type always func(ctx context.Context) error

// Start runs it.
func (a always) Start(ctx context.Context) error { return a(ctx) }

// NeedLeaderElection says that it does not.
func (always) NeedLeaderElection() bool { return false }

// syncer is what ready needs of a cache.
type syncer interface {
	WaitForCacheSync(ctx context.Context) bool
}

// ready reports a replica as ready once its caches are filled. It need not lead: during an upgrade
// the next leader must be ready before the last one stops.
func ready(filled <-chan struct{}, caches syncer) healthz.Checker {
	const moment = 500 * time.Millisecond // the kubelet waits for a second
	var done atomic.Bool
	return func(request *http.Request) error {
		if done.Load() {
			return nil
		}
		select {
		case <-filled:
		default:
			return errors.New("the caches are not filled yet")
		}
		// Those of Secrets and ConfigMaps follow when controllers are started.
		ctx, cancel := context.WithTimeout(request.Context(), moment)
		defer cancel()
		if !caches.WaitForCacheSync(ctx) {
			return errors.New("the caches are not filled yet")
		}
		done.Store(true)
		return nil
	}
}
