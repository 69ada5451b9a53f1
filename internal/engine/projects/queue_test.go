// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// testQueue is a queue whose tenants are namespaces. Those of one initial share an endpoint.
type testQueue struct {
	*fairQueue
	t *testing.T
}

func newTestQueue(t *testing.T, workers int) testQueue {
	t.Helper()
	q := NewQueue("", workers, Backoff(), func(request reconcile.Request) TenantID {
		return TenantID{request.Namespace, request.Namespace[:1]}
	})
	t.Cleanup(q.ShutDown)
	return testQueue{q, t}
}

// request is that for "tenant/object".
func request(name string) reconcile.Request {
	namespace, name, _ := strings.Cut(name, "/")
	return reconcile.Request{NamespacedName: types.NamespacedName{Namespace: namespace, Name: name}}
}

func (q testQueue) add(priority int, names ...string) {
	for _, name := range names {
		q.AddWithOpts(priorityqueue.AddOpts{Priority: &priority}, request(name))
	}
}

// takes checks what comes next.
func (q testQueue) takes(want ...string) {
	q.t.Helper()
	for _, want := range want {
		if q.first() == nil {
			q.t.Fatalf("no one may begin a pass, and %s should", want)
		}
		if got, _ := q.Get(); got.String() != want {
			q.t.Fatalf("got %s, want %s", got, want)
		}
	}
}

func (q testQueue) done(names ...string) {
	for _, name := range names {
		q.Done(request(name))
	}
}

// mustWait checks that no worker gets anything.
func (q testQueue) mustWait() {
	q.t.Helper()
	if t := q.first(); t != nil {
		q.t.Fatalf("%s may begin a pass", t.name)
	}
}

func TestTenantsTakeTurns(t *testing.T) {
	t.Parallel()
	q := newTestQueue(t, 100)
	q.add(0, "a/1", "a/2", "a/3", "a/4", "b/1", "c/1", "b/2")
	q.takes("a/1", "b/1", "c/1", "a/2", "b/2", "a/3")
	q.add(0, "c/2")
	q.takes("a/4", "c/2")
}

func TestNoTenantTakesTheLastWorker(t *testing.T) {
	t.Parallel()
	q := newTestQueue(t, 8)
	for i := range 20 {
		q.add(0, fmt.Sprintf("a/%d", i))
	}
	q.takes("a/0", "a/1", "a/2", "a/3")
	q.mustWait()
	q.add(0, "b/1", "b/2", "b/3", "c/1", "c/2", "d/1")
	q.takes("b/1", "c/1", "d/1")
	q.mustWait() // one is left, for anyone who has none
	q.add(0, "e/1")
	q.takes("e/1")
	q.mustWait()
	q.done("a/0", "b/1")
	q.takes("b/2")
	q.mustWait()
	q.done("a/1", "a/2", "c/1", "d/1")
	q.takes("a/4", "c/2", "b/3")
	q.mustWait()
}

func TestNoEndpointTakesTheLastWorker(t *testing.T) {
	t.Parallel()
	q := newTestQueue(t, 16)
	for tenant := range 30 {
		q.add(0, fmt.Sprintf("a%02d/1", tenant))
	}
	for tenant := range 12 { // three quarters
		q.takes(fmt.Sprintf("a%02d/1", tenant))
	}
	q.mustWait()
	q.add(0, "b/1", "b/2", "c/1")
	q.takes("b/1", "c/1", "b/2")
	q.mustWait()
	q.done("a00/1", "a01/1", "b/1", "c/1")
	q.takes("a12/1", "a13/1")
	q.mustWait()
}

func TestOneWorkerServesAll(t *testing.T) {
	t.Parallel()
	q := newTestQueue(t, 1)
	q.add(0, "a/1", "a/2", "b/1")
	for _, name := range []string{"a/1", "b/1", "a/2"} {
		q.takes(name)
		q.mustWait()
		q.done(name)
	}
}

func TestLanesOfATenant(t *testing.T) {
	t.Parallel()
	q := newTestQueue(t, 100)
	q.add(DriftPriority, "a/drift")
	q.add(handler.LowPriority, "a/start")
	q.add(RetryPriority, "a/retry")
	q.add(0, "a/user", "a/later")
	q.takes("a/user", "a/later", "a/retry", "a/start", "a/drift")
}

// A burst of one's own does not stop one's own drift checks.
func TestTheLowestLaneOfATenantIsNotStarved(t *testing.T) {
	t.Parallel()
	q := newTestQueue(t, 100)
	q.add(DriftPriority, "a/drift-0", "a/drift-1")
	for i := range 3 * turnsForLast {
		q.add(0, fmt.Sprintf("a/%02d", i))
	}
	var checks []int
	for i := range 2 * turnsForLast {
		if got, _ := q.Get(); strings.HasPrefix(got.Name, "drift") {
			checks = append(checks, i+1)
		}
	}
	if !slices.Equal(checks, []int{turnsForLast, 2 * turnsForLast}) {
		t.Errorf("drift checks took turns %v", checks)
	}
}

func TestARetryStaysInItsLane(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ lane, want int }{
		"of a user's change": {0, RetryPriority},
		"of a retry":         {RetryPriority, RetryPriority},
		"of a first look":    {handler.LowPriority, handler.LowPriority},
		"of a drift check":   {DriftPriority, DriftPriority},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newTestQueue(t, 4)
				q.add(test.lane, "a/1")
				q.takes("a/1")
				q.AddWithOpts(priorityqueue.AddOpts{RateLimited: true, Priority: new(RetryPriority)}, request("a/1"))
				q.done("a/1")
				if _, priority, _ := q.GetWithPriority(); priority != test.want {
					t.Errorf("got priority %d, want %d", priority, test.want)
				}
			})
		})
	}
}

func TestAnObjectWaitsOnce(t *testing.T) {
	t.Parallel()
	q := newTestQueue(t, 8)
	q.add(DriftPriority, "a/1", "a/2", "a/1")
	q.add(0, "a/2", "a/2")
	q.add(DriftPriority, "a/2")
	if got := q.Len(); got != 2 {
		t.Errorf("%d objects wait", got)
	}
	q.takes("a/2", "a/1")
	q.mustWait()

	// What is added during its pass has another one, after it.
	q.add(0, "a/1")
	q.add(RetryPriority, "a/1")
	q.mustWait()
	q.done("a/1")
	q.takes("a/1")
	q.done("a/1", "a/2")
	q.mustWait()
	if len(q.waiting) != 0 || len(q.tenants) != 0 || len(q.passes) != 0 || q.turns.Len() != 0 {
		t.Errorf("left: %v, %v, %v", q.waiting, q.tenants, q.passes)
	}
}

func TestDelays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		q := newTestQueue(t, 8)
		takesAt := func(want string, at time.Duration) {
			t.Helper()
			q.takesWaiting(want)
			if took := time.Since(begun); took != at {
				t.Errorf("%s came after %s, not %s", want, took, at)
			}
		}
		q.AddAfter(request("a/3"), 3*time.Second)
		q.AddAfter(request("a/1"), 10*time.Second)
		q.AddAfter(request("a/1"), time.Second)
		q.AddAfter(request("a/1"), time.Hour)
		q.AddAfter(request("a/now"), time.Hour)
		q.AddAfter(request("b/2"), 2*time.Second)
		q.Add(request("a/now"))
		q.AddAfter(request("a/now"), time.Minute)
		takesAt("a/now", 0)
		takesAt("a/1", time.Second)
		takesAt("b/2", 2*time.Second)
		q.AddAfter(request("b/2"), 5*time.Second) // its pass is under way
		takesAt("a/3", 3*time.Second)
		time.Sleep(time.Hour) //nolint:forbidigo // synctest makes it pass at once
		q.mustWait()
		q.done("b/2")
		takesAt("b/2", time.Hour+3*time.Second)
		q.done("a/now", "a/1", "a/3", "b/2")
		q.mustWait()
		if len(q.waiting) != 0 || q.timed.len() != 0 {
			t.Errorf("left: %v", q.waiting)
		}
	})
}

// takesWaiting waits for what comes next.
func (q testQueue) takesWaiting(want string) {
	q.t.Helper()
	if got, _ := q.Get(); got.String() != want {
		q.t.Fatalf("got %s, want %s", got, want)
	}
}

func TestShutDownSendsWorkersHome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newTestQueue(t, 2)
		var workers sync.WaitGroup
		for range 2 {
			workers.Go(func() {
				if _, closed := q.Get(); !closed {
					t.Error("there was something to do")
				}
			})
		}
		synctest.Wait()
		q.ShutDown()
		workers.Wait()
		q.Add(request("a/1"))
		if q.Len() != 0 || !q.ShuttingDown() {
			t.Error("it still takes objects")
		}
	})
}
