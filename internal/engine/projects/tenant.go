// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"cmp"
	"container/heap"
	"container/list"
	"maps"
	"slices"
	"time"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// entry is an object that waits, or is worked on.
type entry struct {
	request  reconcile.Request
	tenant   TenantID
	priority int
	order    uint64
	at       time.Time     // when it may begin; zero: now
	index    int           // in the schedule; -1: it is not there
	place    *list.Element // in a lane; nil: it is not there
}

// turnsForLast is how many turns of a tenant make one of the lowest of its lanes: a burst of one's
// own must not stop one's own drift checks.
const turnsForLast = 8

// quarters is how many of four parts of the workers the tenants of one endpoint may take together,
// if no one else takes any.
const quarters = 3

// TenantID names a tenant, and the endpoint that it shares with others.
type TenantID struct{ name, endpoint string }

// tenant is what waits for one MeshAgent credential in one controller.
type tenant struct {
	TenantID

	passes int                // under way
	taken  int                // turns so far
	lanes  map[int]*list.List // of entries, by priority; none of them is empty
	turn   *list.Element      // nil: there is nothing in lanes
}

func (t *tenant) push(e *entry) {
	lane := t.lanes[e.priority]
	if lane == nil {
		lane = list.New()
		t.lanes[e.priority] = lane
	}
	e.place = lane.PushBack(e)
}

func (t *tenant) remove(e *entry) {
	lane := t.lanes[e.priority]
	lane.Remove(e.place)
	e.place = nil
	if lane.Len() == 0 {
		delete(t.lanes, e.priority)
	}
}

// pop takes the entry whose turn it is. There must be one.
func (t *tenant) pop() *entry {
	priorities := slices.Sorted(maps.Keys(t.lanes))
	lane := priorities[len(priorities)-1]
	if t.taken++; t.taken%turnsForLast == 0 {
		lane = priorities[0]
	}
	e, _ := t.lanes[lane].Front().Value.(*entry)
	t.remove(e)
	return e
}

// schedule are entries that wait for their time, the earliest first.
type schedule struct {
	entries []*entry
	timer   *time.Timer
	armed   time.Time // for when; zero: it is not
}

// newSchedule makes a schedule that rings when the time of the first entry has come.
func newSchedule(ring func()) *schedule {
	s := &schedule{}
	s.timer = time.AfterFunc(time.Hour, ring)
	s.timer.Stop()
	return s
}

func (s *schedule) push(e *entry) {
	heap.Push((*entries)(s), e)
	s.arm()
}

func (s *schedule) remove(e *entry) {
	if e.index >= 0 {
		heap.Remove((*entries)(s), e.index)
	}
}

// due takes those whose time has come.
func (s *schedule) due(now time.Time) (due []*entry) {
	s.armed = time.Time{}
	for len(s.entries) > 0 && !s.entries[0].at.After(now) {
		e, _ := heap.Pop((*entries)(s)).(*entry)
		due = append(due, e)
	}
	s.arm()
	return due
}

// arm sets the timer, unless it rings early enough.
func (s *schedule) arm() {
	if len(s.entries) == 0 {
		return
	}
	if first := s.entries[0].at; s.armed.IsZero() || first.Before(s.armed) {
		s.armed = first
		s.timer.Reset(time.Until(first))
	}
}

func (s *schedule) len() int { return len(s.entries) }

func (s *schedule) stop() { s.timer.Stop() }

// entries are the heap of a schedule.
type entries schedule

// Len is of heap.Interface, as all that follows.
func (h *entries) Len() int { return len(h.entries) }

func (h *entries) Less(i, j int) bool {
	a, b := h.entries[i], h.entries[j]
	return cmp.Or(a.at.Compare(b.at), b.priority-a.priority, cmp.Compare(a.order, b.order)) < 0
}

func (h *entries) Swap(i, j int) {
	h.entries[i], h.entries[j] = h.entries[j], h.entries[i]
	h.entries[i].index, h.entries[j].index = i, j
}

// Push appends.
func (h *entries) Push(added any) {
	if e, ok := added.(*entry); ok {
		e.index = len(h.entries)
		h.entries = append(h.entries, e)
	}
}

// Pop takes the last.
func (h *entries) Pop() any {
	last := len(h.entries) - 1
	e := h.entries[last]
	h.entries[last] = nil
	h.entries, e.index = h.entries[:last], -1
	return e
}

// ledger keeps the usual metrics of work queues. Their makers are private to client-go's own queue,
// so one of these keeps the books here: it is informed of what waits and what is taken, and decides
// nothing.
type ledger struct {
	books workqueue.TypedInterface[reconcile.Request]
	taken taken
}

func newLedger(name string) *ledger {
	l := &ledger{}
	l.books = workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[reconcile.Request]{Name: name, Queue: &l.taken})
	return l
}

func (l *ledger) add(request reconcile.Request) { l.books.Add(request) }

func (l *ledger) get(request reconcile.Request) {
	l.taken.next = request
	l.books.Get() // what it returns was put there the line before
}

func (l *ledger) done(request reconcile.Request) { l.books.Done(request) }

func (l *ledger) stop() { l.books.ShutDown() }

// taken has client-go's queue hand out what was taken here.
type taken struct {
	waiting int
	next    reconcile.Request
}

// Touch does nothing: the order is not kept here.
func (t *taken) Touch(reconcile.Request) {}

// Push counts one that waits.
func (t *taken) Push(reconcile.Request) { t.waiting++ }

// Len is how many wait.
func (t *taken) Len() int { return t.waiting }

// Pop hands out what was taken.
func (t *taken) Pop() reconcile.Request {
	t.waiting--
	return t.next
}
