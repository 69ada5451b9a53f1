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

// These constants limit the memory that responses can use. Anyone who can create a MeshProject
// controls an endpoint, and all projects share the memory. The number of bytes is not enough as a
// limit, because 16 MiB of "{}," are five million rows.
const (
	maxRefusal = 64 << 10 // messages show only a part of it

	// The largest resource is a service with files, or a secret. Kubernetes limits objects to 1.5
	// MiB, and quotes and base64 make them longer. It is unknown whether MeshAgent accepts more
	// from other clients.
	maxResource = 8 << 20
	maxValues   = 1 << 17 // of one resource: members, and elements of lists
	maxNumber   = 512     // bytes of one number
	maxNesting  = 1000

	maxPage = 32 << 20 // bytes of one page of a list
	maxRows = 100_000  // of one list
	maxList = 32 << 20 // memory of the rows of one list

	maxListed = 80 << 20 // memory of the rows of all lists
)

// ledger divides memory among clients, which share one limit. It first refuses clients that use
// more than their fair share. A client below its share gets memory even if others use the whole
// limit. So the limit can be exceeded until those others ask again.
type ledger struct {
	limit int64

	mu   sync.Mutex
	used map[any]int64 // by account
}

// listed counts the memory of all lists of this process.
var listed = &ledger{limit: maxListed}

// take reserves memory for an account, and returns whether it could.
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

// fairShare is what each client can use if clients that use less keep what they have.
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

// give returns memory that take reserved.
func (l *ledger) give(account any, size int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if left := l.used[account] - size; left > 0 {
		l.used[account] = left
	} else {
		delete(l.used, account)
	}
}

// Holding counts the memory of the rows of a list for as long as they are kept.
type Holding struct {
	account any

	mu   sync.Mutex
	size int64
}

// NewHolding creates an empty holding. Accounts share the memory for lists fairly.
func NewHolding(account any) *Holding { return &Holding{account: account} }

type holdingKey struct{}

// Hold counts the list that is read with the context until the holding is released. A list without
// a holding is counted only while it is read.
func Hold(ctx context.Context, holding *Holding) context.Context {
	return context.WithValue(ctx, holdingKey{}, holding)
}

// Add counts one more row. It returns ErrAnswerTooLarge if the list is at its limit.
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

// Remove stops counting a row that is no longer kept.
func (h *Holding) Remove(row any) {
	size := rowSize(row)
	h.mu.Lock()
	defer h.mu.Unlock()
	size = min(size, h.size)
	listed.give(h.account, size)
	h.size -= size
}

// Release stops counting all rows.
func (h *Holding) Release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.size > 0 {
		listed.give(h.account, h.size)
	}
	h.size = 0
}

// rowOverhead is the memory of a row in maps and lists of identities.
const rowOverhead = 256

func rowSize(row any) int64 { return sizeOf(reflect.ValueOf(row)) + rowOverhead }

// ownSize is the size of a value of a type without the values that it refers to.
func ownSize(t reflect.Type) int64 { return int64(t.Size()) } //nolint:gosec // no type is that large

// sizeOf estimates the memory of a value, without the variable that contains it.
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

// Only a few responses of each size are read and decoded at once. A client takes a large slot only
// after a small one, and waits for nothing else, so there is no deadlock.
const (
	largeText   = 1 << 20
	smallText   = 64 << 10
	largeValues = 16 << 10
	smallValues = 1 << 10
)

// slots limit how many responses are in memory at once, for the process and for each client, so
// that one tenant's endpoint cannot use all slots.
type slots struct{ small, large chan struct{} }

func newSlots(small, large int) slots {
	return slots{make(chan struct{}, small), make(chan struct{}, large)}
}

// inMemory are the slots of this process: about 4 MiB for each small slot, and 50 MiB for the large
// slot.
var inMemory = newSlots(8, 1)
