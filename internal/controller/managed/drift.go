// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// change is one difference between what is desired and what MeshAgent holds. A nil value is an absent one.
type change struct {
	path            path
	desired, actual any
}

// diff is the outcome of a three-way comparison.
type diff[S any] struct {
	// merged is what MeshAgent should hold: the actual document with the desired fields laid over it.
	merged S
	// changes is what differs, sorted by path; empty when nothing does.
	changes []change
}

// drift compares what an object desires with what MeshAgent holds, as server-side apply does: fields that the object sets
// are compared; fields that it set last time (applied) and no longer sets are to go; all others are not its business.
// Null and absent are the same. A list belongs to the object as a whole; members that MeshAgent adds to the list's elements do not count.
func drift[S any](desired, actual S, applied []string) (diff[S], error) {
	want, err := tree(desired)
	if err != nil {
		return diff[S]{}, err
	}
	have, err := tree(actual)
	if err != nil {
		return diff[S]{}, err
	}
	o := overlay{}
	merged, _ := o.lay(nil, want, have).(map[string]any)
	o.remove(merged, want, have, applied)
	slices.SortFunc(o.changes, func(a, b change) int { return bytes.Compare([]byte(a.path.String()), []byte(b.path.String())) })

	result := diff[S]{changes: o.changes}
	text, err := json.Marshal(merged)
	if err != nil {
		return result, fmt.Errorf("encoding the merged document: %w", err)
	}
	if err := json.Unmarshal(text, &result.merged); err != nil {
		return result, fmt.Errorf("decoding the merged document: %w", err)
	}
	return result, nil
}

// fieldsOf lists the paths that a document sets, for status.appliedFields.
func fieldsOf[S any](document S) ([]string, error) {
	root, err := tree(document)
	if err != nil {
		return nil, err
	}
	var fields []string
	for p := range leaves(nil, root) {
		fields = append(fields, p.String())
	}
	slices.Sort(fields)
	return fields, nil
}

// tree is a document as encoding/json's generic values, numbers with all their digits.
func tree(document any) (map[string]any, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("encoding a document: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var root map[string]any
	if err := decoder.Decode(&root); err != nil {
		return nil, fmt.Errorf("decoding a document: %w", err)
	}
	return root, nil
}

// overlay lays one document over another and notes what that changes.
type overlay struct{ changes []change }

func (o *overlay) lay(at path, want, have any) any {
	wantMap, isMap := want.(map[string]any)
	haveMap, _ := have.(map[string]any)
	if !isMap || haveMap == nil && len(at) > 0 {
		if covers(want, have) {
			return have
		}
		o.changes = append(o.changes, change{at, want, have})
		return want
	}
	merged := maps.Clone(haveMap)
	if merged == nil {
		merged = map[string]any{}
	}
	for _, name := range slices.Sorted(maps.Keys(wantMap)) {
		if merged[name] = o.lay(at.child(name), wantMap[name], haveMap[name]); merged[name] == nil {
			delete(merged, name)
		}
	}
	return merged
}

// remove takes out what was applied once and is desired no more.
func (o *overlay) remove(merged, want, have map[string]any, applied []string) {
	desired := map[string]bool{}
	for p := range leaves(nil, want) {
		desired[p.String()] = true
	}
	gone := map[string]bool{}
	for _, text := range applied {
		p, err := parsePath(text)
		if err != nil || len(p) == 0 || desired[text] {
			continue // status was edited by hand: a path that cannot be read protects nothing
		}
		if actual := lookup(have, p); actual == nil || isTree(actual) {
			continue
		}
		if list, inside := p.list(); inside {
			p = list
		}
		if gone[p.String()] || o.changed(p) {
			continue
		}
		gone[p.String()] = true
		replacement := lookup(want, p)
		if isTree(replacement) {
			continue // what was one value is an object now, and was laid over already
		}
		o.changes = append(o.changes, change{p, replacement, lookup(have, p)})
		set(merged, want, p, replacement)
	}
}

func (o *overlay) changed(p path) bool {
	return slices.ContainsFunc(o.changes, func(c change) bool { return c.path.String() == p.String() })
}

// isTree says that a value holds members of its own, which may be somebody else's.
func isTree(value any) bool {
	m, ok := value.(map[string]any)
	return ok && len(m) > 0
}

// set puts a value at a path, or removes it there if it is nil, together with the objects that this leaves empty.
func set(root, want map[string]any, p path, value any) {
	name, ok := p[0].(string)
	if !ok {
		return
	}
	if len(p) == 1 {
		if value == nil {
			delete(root, name)
		} else {
			root[name] = value
		}
		return
	}
	inner, ok := root[name].(map[string]any)
	if !ok {
		return
	}
	inner = maps.Clone(inner)
	wanted, _ := want[name].(map[string]any)
	set(inner, wanted, p[1:], value)
	root[name] = inner
	if len(inner) == 0 && wanted == nil {
		delete(root, name)
	}
}

func lookup(value any, p path) any {
	for _, step := range p {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

// leaves are the paths at which a document has a value of its own: not an object with members, nor a list with objects in it.
func leaves(at path, value any) func(yield func(path) bool) {
	return func(yield func(path) bool) { walk(at, value, yield) }
}

func walk(at path, value any, yield func(path) bool) bool {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if !walk(at.child(name), value[name], yield) {
				return false
			}
		}
		return len(value) > 0 || len(at) == 0 || yield(at)
	case []any:
		if !slices.ContainsFunc(value, isTree) {
			return yield(at)
		}
		for i, element := range value {
			if !walk(at.child(i), element, yield) {
				return false
			}
		}
		return true
	case nil:
		return true
	default:
		return yield(at)
	}
}

// covers says that have is want, apart from members of objects that want does not mention.
func covers(want, have any) bool {
	switch want := want.(type) {
	case map[string]any:
		have, ok := have.(map[string]any)
		if !ok {
			return false
		}
		for name, value := range want {
			if !covers(value, have[name]) {
				return false
			}
		}
		return true
	case []any:
		have, ok := have.([]any)
		return ok && slices.EqualFunc(want, have, covers)
	case json.Number:
		have, ok := have.(json.Number)
		return ok && sameNumber(want, have)
	default:
		return want == have
	}
}

// sameNumber compares by value, 1 and 1.0; what floating point would blur is compared by its digits.
func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, errX := strconv.ParseFloat(a.String(), 64)
	y, errY := strconv.ParseFloat(b.String(), 64)
	const exact = 1 << 53
	return errX == nil && errY == nil && x == y && x < exact && x > -exact
}
