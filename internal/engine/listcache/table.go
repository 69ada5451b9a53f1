// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package listcache

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// table has the rows of a list by identity. It also finds them by natural key and by owner.
type table[S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	rows    map[string]*R
	byKey   index
	byOwner index
	held    *meshagent.Holding
}

// index maps a name to identities.
type index map[string][]string

func newTable[S meshagent.Spec[S], R meshagent.Resource[S]](connection string) *table[S, R] {
	return &table[S, R]{rows: map[string]*R{}, byKey: index{}, byOwner: index{}, held: meshagent.NewHolding(connection)}
}

// fill reads a whole collection. It counts rows as they come.
func (t *table[S, R]) fill(ctx context.Context, collection meshagent.Collection[S, R]) error {
	for row, err := range collection.All(meshagent.Hold(ctx, t.held)) {
		if err != nil {
			return err
		}
		t.put(row.Identity(), &row)
	}
	return nil
}

// replace replaces a row. nil removes it. replace fails if the rows would exceed the memory limit.
func (t *table[S, R]) replace(id string, row *R) error {
	t.remove(id)
	if row == nil {
		return nil
	}
	if err := t.held.Add(*row); err != nil {
		return err
	}
	t.put(id, row)
	return nil
}

func (t *table[S, R]) put(id string, row *R) {
	t.rows[id] = row
	written := (*row).Written()
	t.byKey.add(written.Key(), id)
	t.byOwner.add(written.Mark().Owner, id)
}

func (t *table[S, R]) remove(id string) {
	row := t.rows[id]
	if row == nil {
		return
	}
	delete(t.rows, id)
	written := (*row).Written()
	t.byKey.remove(written.Key(), id)
	t.byOwner.remove(written.Mark().Owner, id)
	t.held.Remove(*row)
}

func (t *table[S, R]) get(id string) (row R, ok bool) {
	if found := t.rows[id]; found != nil {
		return *found, true
	}
	return row, false
}

func (i index) add(name, id string) {
	if name != "" {
		i[name] = append(i[name], id)
	}
}

func (i index) remove(name, id string) {
	left := slices.DeleteFunc(i[name], func(other string) bool { return other == id })
	if len(left) == 0 {
		delete(i, name)
	} else {
		i[name] = left
	}
}

// View reads the rows of a list.
type View[S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	table *table[S, R]
	Begun time.Time
	mu    *sync.Mutex
}

// Get finds a row by identity.
func (v View[S, R]) Get(id string) (R, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.table.get(id)
}

// ByKey returns the rows with a natural key.
func (v View[S, R]) ByKey(key string) []R { return v.all(v.table.byKey, key) }

// ByOwner returns the rows with the ownership annotation of an owner.
func (v View[S, R]) ByOwner(owner string) []R { return v.all(v.table.byOwner, owner) }

func (v View[S, R]) all(by index, name string) (found []R) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range by[name] {
		found = append(found, *v.table.rows[id])
	}
	return found
}
