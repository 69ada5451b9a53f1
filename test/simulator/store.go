// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// document is a decoded JSON object. Numbers are json.Number.
type document = map[string]any

// record is one stored document. Records and their documents are replaced, never changed, so a copy
// of the maps is a snapshot.
type record struct {
	path string // of its collection
	id   string
	seq  int // order of creation
	doc  document
}

// table is one collection.
type table struct {
	kind    *kind
	records map[string]*record
	natural map[string]*record // by natural key
	changes int
	sorted  map[string]sorting
}

// sorting is a cached order of a table, valid until a table changes.
type sorting struct {
	changes   int // of the table itself
	elsewhere int // of the table that has the sort keys
	records   []*record
}

// refMembers are the members by which documents refer to others. They are indexed, so that deleting
// a room does not scan every document.
var refMembers = []string{"room_id", "agent_id", "user_id", "destination_feed_id"}

type ref struct{ member, id string }

type place struct{ path, id string }

type store struct {
	tables   map[string]*table
	children map[string][]string // tables below a document, by its path
	refs     map[ref]map[place]*record
	last     int // the last seq
	changes  int
}

func newStore() *store {
	return &store{tables: map[string]*table{}, children: map[string][]string{}, refs: map[ref]map[place]*record{}}
}

// clone returns a snapshot.
func (st *store) clone() *store {
	out := newStore()
	out.last = st.last
	for _, t := range st.tables {
		for _, rec := range t.records {
			out.put(rec)
		}
	}
	return out
}

func (st *store) table(path string) *table {
	t := st.tables[path]
	if t == nil {
		t = &table{kind: kindOf(path), records: map[string]*record{}, natural: map[string]*record{}, sorted: map[string]sorting{}}
		st.tables[path] = t
		if cut := strings.LastIndex(path, "/"); cut > 0 {
			st.children[path[:cut]] = append(st.children[path[:cut]], path)
		}
	}
	return t
}

func (st *store) get(path, id string) *record {
	if t := st.tables[path]; t != nil {
		return t.records[id]
	}
	return nil
}

// named returns the record with a natural key.
func (st *store) named(path, name string) *record {
	if t := st.tables[path]; t != nil && name != "" {
		return t.natural[name]
	}
	return nil
}

// put stores a record, and replaces the one with its id. A record without seq is new and goes last.
func (st *store) put(rec *record) {
	st.drop(rec.path, rec.id)
	if rec.seq == 0 {
		st.last++
		rec.seq = st.last
	}
	t := st.table(rec.path)
	t.records[rec.id] = rec
	if name := t.kind.name(rec.doc); name != "" {
		t.natural[name] = rec
	}
	for _, member := range refMembers {
		if id, ok := rec.doc[member].(string); ok {
			r := ref{member, id}
			if st.refs[r] == nil {
				st.refs[r] = map[place]*record{}
			}
			st.refs[r][place{rec.path, rec.id}] = rec
		}
	}
	st.touch(t)
}

// drop removes a record without cascades.
func (st *store) drop(path, id string) {
	old := st.get(path, id)
	if old == nil {
		return
	}
	t := st.tables[path]
	delete(t.records, id)
	if name := t.kind.name(old.doc); t.natural[name] == old {
		delete(t.natural, name)
	}
	for _, member := range refMembers {
		if target, ok := old.doc[member].(string); ok {
			r := ref{member, target}
			if delete(st.refs[r], place{path, id}); len(st.refs[r]) == 0 {
				delete(st.refs, r)
			}
		}
	}
	st.touch(t)
}

func (st *store) touch(t *table) {
	t.changes++
	st.changes++
}

// referring returns the records that refer to id in member, in creation order. With a path, it
// returns only those of that collection.
func (st *store) referring(member, id, path string) []*record {
	var out []*record
	for p, rec := range st.refs[ref{member, id}] {
		if path == "" || p.path == path {
			out = append(out, rec)
		}
	}
	slices.SortFunc(out, bySeq)
	return out
}

// dropTables removes everything below a document.
func (st *store) dropTables(below string) {
	for _, path := range st.children[below] {
		for id := range maps.Clone(st.tables[path].records) {
			st.dropTables(path + "/" + id)
			st.drop(path, id)
		}
		delete(st.tables, path)
	}
	delete(st.children, below)
}

// hasBelow reports whether there are documents below one.
func (st *store) hasBelow(doc string) bool {
	for _, path := range st.children[doc] {
		if len(st.tables[path].records) > 0 {
			return true
		}
	}
	return false
}

// all returns the records of a collection in creation order.
func (st *store) all(path string) []*record {
	return st.ordered(path, "", 0, nil)
}

// ordered returns the records of a collection by a key, then by age. It caches the order under a
// name until the table changes, or the one that has the keys (changes).
func (st *store) ordered(path, name string, changes int, key func(*record) string) []*record {
	t := st.tables[path]
	if t == nil {
		return nil
	}
	if s, ok := t.sorted[name]; ok && s.changes == t.changes && s.elsewhere == changes {
		return s.records
	}
	records := slices.SortedFunc(maps.Values(t.records), bySeq)
	if key != nil {
		records = sortByKey(records, key)
	}
	if len(t.sorted) > 16 {
		clear(t.sorted) // clients choose the names
	}
	t.sorted[name] = sorting{t.changes, changes, records}
	return records
}

func sortByKey(records []*record, key func(*record) string) []*record {
	type keyed struct {
		key string
		rec *record
	}
	all := make([]keyed, len(records))
	for i, rec := range records {
		all[i] = keyed{key(rec), rec}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	out := make([]*record, len(all))
	for i, k := range all {
		out[i] = k.rec
	}
	return out
}

func bySeq(a, b *record) int { return cmp.Compare(a.seq, b.seq) }
