// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"container/list"
	"sync"
	"time"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// fairQueue is the queue of one controller. It keeps tenants apart: they take turns, however many
// objects each of them has waiting, and none of them can take the last free worker. Within a tenant
// the lanes of lanes.go count.
//
// Everything else is as in controller-runtime's priority queue, which it stands in for: an object
// waits once, with the highest of the priorities and the earliest of the times that were asked for,
// and never is in two passes at once.
type fairQueue struct {
	workers  int
	tenantOf func(reconcile.Request) TenantID
	limiter  workqueue.TypedRateLimiter[reconcile.Request]

	mu      sync.Mutex
	wake    *sync.Cond
	waiting map[reconcile.Request]*entry // for a worker, for their time, or for the end of their own pass
	passes  map[reconcile.Request]*entry // under way
	tenants map[TenantID]*tenant         // those with something in lanes, or a pass under way
	turns   list.List                    // of the tenants with something in lanes; the first has its turn
	sent    map[string]int               // passes under way, by endpoint
	added   uint64
	timed   *schedule
	ledger  *ledger
	closed  bool
}

// NewQueue makes the queue of a controller with some workers. tenantOf says whose an object is.
func NewQueue(
	name string, workers int, limiter workqueue.TypedRateLimiter[reconcile.Request], tenantOf func(reconcile.Request) TenantID,
) *fairQueue {
	q := &fairQueue{
		workers: workers, tenantOf: tenantOf, limiter: limiter, waiting: map[reconcile.Request]*entry{},
		passes: map[reconcile.Request]*entry{}, tenants: map[TenantID]*tenant{}, sent: map[string]int{}, ledger: newLedger(name),
	}
	q.wake = sync.NewCond(&q.mu)
	q.timed = newSchedule(q.begin)
	return q
}

var _ priorityqueue.PriorityQueue[reconcile.Request] = &fairQueue{}

// AddWithOpts adds objects. What asks for a delay is the end of a pass: it does not raise the lane
// that the pass was in, so that the retry of a drift check is a drift check.
func (q *fairQueue) AddWithOpts(opts priorityqueue.AddOpts, requests ...reconcile.Request) {
	for _, request := range requests {
		tenant, after := q.tenantOf(request), opts.After
		if opts.RateLimited {
			if backoff := q.limiter.When(request); after == 0 || backoff < after {
				after = backoff
			}
		}
		priority, at := 0, time.Time{}
		if opts.Priority != nil {
			priority = *opts.Priority
		}
		if after > 0 {
			at = time.Now().Add(after)
		}
		q.mu.Lock()
		if pass := q.passes[request]; pass != nil && after > 0 {
			priority = min(priority, pass.priority)
		}
		q.add(request, tenant, priority, at)
		q.mu.Unlock()
	}
}

func (q *fairQueue) add(request reconcile.Request, tenant TenantID, priority int, at time.Time) {
	if q.closed {
		return
	}
	known := q.waiting[request]
	if known == nil {
		known = &entry{request: request, tenant: tenant, priority: priority, order: q.next(), at: at, index: -1}
		q.waiting[request] = known
		q.place(known)
		return
	}
	wasReady := known.at.IsZero()
	if wasReady && known.priority >= priority {
		return
	}
	q.displace(known)
	if priority > known.priority {
		known.priority, known.order = priority, q.next()
	}
	if !wasReady && (at.IsZero() || at.Before(known.at)) {
		known.at = at
	}
	known.tenant = tenant
	if known.at.IsZero() && wasReady {
		q.enter(known)
		return
	}
	q.place(known)
}

// place puts an entry where it waits.
func (q *fairQueue) place(e *entry) {
	if e.at.IsZero() {
		q.ledger.add(e.request)
		q.enter(e)
		return
	}
	q.timed.push(e)
}

// begin has those wait for a worker whose time has come.
func (q *fairQueue) begin() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, e := range q.timed.due(time.Now()) {
		e.at, e.order = time.Time{}, q.next()
		q.place(e)
	}
}

// enter puts an entry into the lane of its tenant, unless its last pass is still under way: Done
// does it then.
func (q *fairQueue) enter(e *entry) {
	if q.passes[e.request] != nil {
		return
	}
	t := q.tenant(e.tenant)
	t.push(e)
	if t.turn == nil {
		t.turn = q.turns.PushBack(t)
	}
	q.wake.Signal()
}

// displace takes an entry from where it waits.
func (q *fairQueue) displace(e *entry) {
	q.timed.remove(e)
	if e.place != nil {
		t := q.tenants[e.tenant]
		t.remove(e)
		q.settle(t)
	}
}

func (q *fairQueue) tenant(id TenantID) *tenant {
	if q.tenants[id] == nil {
		q.tenants[id] = &tenant{TenantID: id, lanes: map[int]*list.List{}}
	}
	return q.tenants[id]
}

// settle takes a tenant off the turns that has nothing in lanes, and forgets it when it has nothing
// at all.
func (q *fairQueue) settle(t *tenant) {
	if len(t.lanes) > 0 {
		return
	}
	if t.turn != nil {
		q.turns.Remove(t.turn)
		t.turn = nil
	}
	if t.passes == 0 {
		delete(q.tenants, t.TenantID)
	}
}

func (q *fairQueue) next() uint64 {
	q.added++
	return q.added
}

// first is the tenant that may begin a pass now. One tenant alone gets half of the workers, the
// next one half of those that are left, and so on: what no one uses shrinks, and never to nothing
// by the doing of one. Tenants that stay busy end up with equal shares. The same holds for
// endpoints, which get three quarters: when one stops answering, it does so for all its tenants at
// once.
func (q *fairQueue) first() *tenant {
	free := q.workers - len(q.passes)
	for at := q.turns.Front(); at != nil; at = at.Next() {
		if t, ok := at.Value.(*tenant); ok && t.passes < free && q.sent[t.endpoint] < quarters*free {
			return t
		}
	}
	return nil
}

// GetWithPriority waits for an object that may be worked on.
func (q *fairQueue) GetWithPriority() (reconcile.Request, int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.closed {
			return reconcile.Request{}, 0, true
		}
		if t := q.first(); t != nil {
			e := q.take(t)
			if q.first() != nil {
				q.wake.Signal() // another worker can continue
			}
			return e.request, e.priority, false
		}
		q.wake.Wait()
	}
}

// take begins a pass of a tenant, whose next turn comes after those of all others.
func (q *fairQueue) take(t *tenant) *entry {
	e := t.pop()
	q.turns.MoveToBack(t.turn)
	t.passes++
	q.sent[t.endpoint]++
	q.settle(t)
	delete(q.waiting, e.request)
	q.passes[e.request] = e
	q.ledger.get(e.request)
	return e
}

// Done ends a pass.
func (q *fairQueue) Done(request reconcile.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	pass := q.passes[request]
	if pass == nil {
		return
	}
	delete(q.passes, request)
	q.ledger.done(request)
	t := q.tenants[pass.tenant]
	t.passes--
	if q.sent[t.endpoint]--; q.sent[t.endpoint] == 0 {
		delete(q.sent, t.endpoint)
	}
	q.settle(t)
	if again := q.waiting[request]; again != nil && again.at.IsZero() {
		q.enter(again)
	}
	q.wake.Signal()
}
