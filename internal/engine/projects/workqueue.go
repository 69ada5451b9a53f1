// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"time"

	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// The rest of what controller-runtime asks of a queue. Tenants do not matter to it.

// Get waits for an object that may be worked on.
func (q *fairQueue) Get() (reconcile.Request, bool) {
	request, _, closed := q.GetWithPriority()
	return request, closed
}

// Add adds an object in the lane of what users do.
func (q *fairQueue) Add(request reconcile.Request) {
	q.AddWithOpts(priorityqueue.AddOpts{}, request)
}

// AddAfter adds an object that is to wait for its time.
func (q *fairQueue) AddAfter(request reconcile.Request, after time.Duration) {
	q.AddWithOpts(priorityqueue.AddOpts{After: after}, request)
}

// AddRateLimited adds an object that has failed.
func (q *fairQueue) AddRateLimited(request reconcile.Request) {
	q.AddWithOpts(priorityqueue.AddOpts{RateLimited: true}, request)
}

// Forget ends the series of failures of an object.
func (q *fairQueue) Forget(request reconcile.Request) { q.limiter.Forget(request) }

// NumRequeues is how often an object has failed in a row.
func (q *fairQueue) NumRequeues(request reconcile.Request) int { return q.limiter.NumRequeues(request) }

// Len is how many objects wait for a worker.
func (q *fairQueue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) - q.timed.len()
}

// ShutDown sends all workers home.
func (q *fairQueue) ShutDown() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.timed.stop()
	q.ledger.stop()
	q.wake.Broadcast()
}

// ShutDownWithDrain is ShutDown: controllers do not drain queues.
func (q *fairQueue) ShutDownWithDrain() { q.ShutDown() }

// ShuttingDown says that workers are to go home.
func (q *fairQueue) ShuttingDown() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}
