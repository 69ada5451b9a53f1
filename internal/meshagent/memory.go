// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"math"
	"reflect"
	"slices"
	"sync"
)

// What endpoints can make this process hold is bounded: they belong to anyone who may write a MeshProject, and the memory to
// all of them. Bytes that are read are no measure of it. 16 MiB of "{}," are five million rows.
const (
	maxRefusal = 64 << 10 // people are shown no more than some words of it

	// The largest resource is a service with files, or a secret. Kubernetes holds objects of at most 1.5 MiB, which get
	// longer by quotes and by base64; whether MeshAgent takes more from others is not known.
	maxResource = 8 << 20
	maxValues   = 1 << 17 // in one resource: members, and elements of lists
	maxNumber   = 512     // bytes of one number
	maxNesting  = 1000

	maxPage = 32 << 20 // the bytes of one answer to a list
	maxRows = 100_000  // of one list
	maxList = 32 << 20 // what the rows of one list take in memory

	maxListed = 80 << 20 // what the rows of all lists take
)

// ledger shares out memory among clients. Together they get a limit. Whoever takes more than their fair share is refused
// first: a client that asks for little gets it even if others hold the limit, so it may be exceeded until they ask again.
type ledger struct {
	limit int64

	mu   sync.Mutex
	used map[any]int64 // by account
}

// listed is what the lists of this process take.
var listed = &ledger{limit: maxListed}

// take takes memory for an account, if it may have it.
func (l *ledger) take(account any, size int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	total := int64(0)
	for _, used := range l.used {
		total += used
	}
	if total+size > l.limit && l.used[account]+size > l.fairShare(account) {
		return false
	}
	if l.used == nil {
		l.used = map[any]int64{}
	}
	l.used[account] += size
	return true
}

// fairShare is what each client may hold if those that hold less keep what they have.
func (l *ledger) fairShare(asking any) int64 {
	held := []int64{math.MaxInt64}
	for account, used := range l.used {
		if account != asking {
			held = append(held, used)
		}
	}
	slices.Sort(held)
	rest := l.limit
	for i, used := range held {
		share := rest / int64(len(held)-i)
		if used > share {
			return share
		}
		rest -= used
	}
	return rest
}

// give gives back what was taken.
func (l *ledger) give(account any, size int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if left := l.used[account] - size; left > 0 {
		l.used[account] = left
	} else {
		delete(l.used, account)
	}
}

// Holding is what the rows of a list take for as long as someone keeps them.
type Holding struct {
	account any

	mu   sync.Mutex
	size int64
}

// NewHolding makes an empty one. Accounts share the memory for lists fairly.
func NewHolding(account any) *Holding { return &Holding{account: account} }

type holdingKey struct{}

// Hold counts the list that is read with the context for as long as the holding is not released. A list that is read
// without one is counted while it is read.
func Hold(ctx context.Context, holding *Holding) context.Context {
	return context.WithValue(ctx, holdingKey{}, holding)
}

// Add counts one more row. It says ErrAnswerTooLarge if the list may not have it.
func (h *Holding) Add(row any) error {
	size := rowSize(row)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.size+size > maxList || !listed.take(h.account, size) {
		return ErrAnswerTooLarge
	}
	h.size += size
	return nil
}

// Remove says that a row that was added is no longer kept.
func (h *Holding) Remove(row any) {
	size := rowSize(row)
	h.mu.Lock()
	defer h.mu.Unlock()
	size = min(size, h.size)
	listed.give(h.account, size)
	h.size -= size
}

// Release says that the rows are no longer kept.
func (h *Holding) Release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.size > 0 {
		listed.give(h.account, h.size)
	}
	h.size = 0
}

// rowOverhead is what maps and lists of identities add to a row.
const rowOverhead = 256

func rowSize(row any) int64 { return sizeOf(reflect.ValueOf(row)) + rowOverhead }

// ownSize is what a value of a type takes without what it refers to.
func ownSize(t reflect.Type) int64 { return int64(t.Size()) } //nolint:gosec // no type is that large

// sizeOf is about what a value takes in memory, beside what holds it.
func sizeOf(v reflect.Value) int64 {
	switch v.Kind() { //nolint:exhaustive // the rest holds nothing else
	case reflect.String:
		return int64(v.Len()) + ownSize(v.Type())
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ownSize(v.Type())
		}
		return ownSize(v.Type()) + sizeOf(v.Elem())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return ownSize(v.Type()) + int64(v.Cap())
		}
		size := ownSize(v.Type()) + int64(v.Cap()-v.Len())*ownSize(v.Type().Elem())
		for i := range v.Len() {
			size += sizeOf(v.Index(i))
		}
		return size
	case reflect.Map:
		size := int64(48)
		for entries := v.MapRange(); entries.Next(); {
			size += 16 + sizeOf(entries.Key()) + sizeOf(entries.Value())
		}
		return size
	case reflect.Struct:
		size := int64(0)
		for _, field := range v.Fields() {
			size += sizeOf(field)
		}
		return size
	}
	return ownSize(v.Type())
}

// Answers of some size are read and decoded a few at a time. Whoever needs a large slot has a small one already, and needs
// nothing else, so that no one waits for ever.
const (
	largeText   = 1 << 20
	smallText   = 64 << 10
	largeValues = 16 << 10
	smallValues = 1 << 10
)

// slots bound how many answers are in memory at once: in this process, and of one client, so that one tenant's endpoint
// cannot keep all of them.
type slots struct{ small, large chan struct{} }

func newSlots(small, large int) slots {
	return slots{make(chan struct{}, small), make(chan struct{}, large)}
}

// inMemory are the slots of this process: some 4 MiB each for the small ones, and 50 MiB for the large one.
var inMemory = newSlots(8, 1)
