// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"math/rand/v2"
	"time"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// Lanes of the queue, highest first. What users do has priority 0, and what a restart lists has
// handler.LowPriority.
const (
	RetryPriority = handler.LowPriority / 2
	DriftPriority = handler.LowPriority * 2
)

// Retries of what failed begin soon and come ever more rarely, never in step.
const (
	firstRetry = 500 * time.Millisecond
	lastRetry  = 5 * time.Minute
)

// Backoff spaces the retries of one controller.
func Backoff() workqueue.TypedRateLimiter[reconcile.Request] {
	return jitteredLimiter{workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](firstRetry, lastRetry)}
}

type jitteredLimiter struct {
	workqueue.TypedRateLimiter[reconcile.Request]
}

// When spreads the retries of objects that failed together.
func (l jitteredLimiter) When(item reconcile.Request) time.Duration {
	return min(Jittered(l.TypedRateLimiter.When(item)), lastRetry)
}

// Jittered spreads a duration by a tenth both ways.
func Jittered(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.9 + 0.2*rand.Float64())) //nolint:gosec // spreads load, protects nothing
}
