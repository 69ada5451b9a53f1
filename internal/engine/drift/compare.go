// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package drift compares three documents, as server-side apply does: the desired one, the actual
// one, and the fields that were applied last. It depends only on JSON.
package drift

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Change is one difference between the desired document and MeshAgent's. A nil value is an absent
// one.
type Change struct {
	Path            Path
	Desired, Actual any
}

// Result is the outcome of a three-way comparison.
type Result[S any] struct {
	// Merged is the document that MeshAgent should have: the actual document with the desired
	// fields.
	Merged S
	// Changes are the differences, sorted by path.
	Changes []Change
}

// Compare compares what an object desires with what MeshAgent has, as server-side apply does. It
// compares the fields that the object sets, removes those that the object set last time (applied)
// and no longer sets, and ignores all others. Null and absent are the same. A list belongs to the
// object as a whole, but members that MeshAgent adds to its elements do not count. A field counts
// as removed if MeshAgent has its default there. With nil defaults there are no defaults.
func Compare[S any](desired, actual S, applied Fields, defaults *S) (Result[S], error) {
	want, err := Tree(desired)
	if err != nil {
		return Result[S]{}, err
	}
	have, err := Tree(actual)
	if err != nil {
		return Result[S]{}, err
	}
	var fallback map[string]any
	if defaults != nil {
		if fallback, err = Tree(*defaults); err != nil {
			return Result[S]{}, err
		}
	}
	o := overlay{}
	merged, _ := o.lay(nil, want, have).(map[string]any)
	o.remove(nil, merged, want, have, applied, fallback)
	slices.SortFunc(o.changes, func(a, b Change) int { return bytes.Compare([]byte(a.Path.String()), []byte(b.Path.String())) })

	result := Result[S]{Changes: o.changes}
	text, err := json.Marshal(merged)
	if err != nil {
		return result, fmt.Errorf("encoding the merged document: %w", err)
	}
	if err := json.Unmarshal(text, &result.Merged); err != nil {
		return result, fmt.Errorf("decoding the merged document: %w", err)
	}
	return result, nil
}

// Tree returns a document as generic values of encoding/json. Numbers keep all their digits.
func Tree(document any) (map[string]any, error) {
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

// overlay lays one document over another, and records the changes.
type overlay struct{ changes []Change }

func (o *overlay) lay(at Path, want, have any) any {
	wantMap, isMap := want.(map[string]any)
	haveMap, _ := have.(map[string]any)
	if !isMap || haveMap == nil && len(at) > 0 {
		if Covers(want, have) {
			return have
		}
		o.changes = append(o.changes, Change{at, want, have})
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

// remove removes what was applied once and is no longer desired. A null counts as a value, because
// it was set and may still be there.
func (o *overlay) remove(at Path, merged, want, have map[string]any, applied Fields, defaults map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(applied)) {
		if held, isHeld := have[name]; isHeld {
			o.removeMember(at.child(name), merged, want, held, applied[name], defaults[name])
		}
	}
}

func (o *overlay) removeMember(at Path, merged, want map[string]any, held, applied, fallback any) {
	name, _ := at[len(at)-1].(string)
	wanted, isWanted := want[name]
	switch applied := applied.(type) {
	case Fields:
		inside, _ := fallback.(map[string]any)
		o.removeInside(at, merged, want, held, applied, inside)
	case []any:
		if o.changed(at) || !lost(applied, wanted, isWanted, held, fallback) {
			return
		}
		o.changes = append(o.changes, Change{at, wanted, held})
		if merged[name] = wanted; wanted == nil {
			delete(merged, name)
		}
	default:
		if !isWanted && !isTree(held) && !isFallback(held, fallback) { // members that others added to the object are theirs
			o.changes = append(o.changes, Change{at, nil, held})
			delete(merged, name)
		}
	}
}

// removeInside removes members of an object, and the object if it becomes empty.
func (o *overlay) removeInside(at Path, merged, want map[string]any, held any, applied Fields, defaults map[string]any) {
	name, _ := at[len(at)-1].(string)
	wanted, isWanted := want[name]
	wantedInside, _ := wanted.(map[string]any)
	heldInside, isObject := held.(map[string]any)
	if !isObject || isWanted && wantedInside == nil {
		return // the value has or had another type, and was laid over already
	}
	rest, _ := merged[name].(map[string]any)
	rest = maps.Clone(rest)
	o.remove(at, rest, wantedInside, heldInside, applied, defaults)
	if merged[name] = rest; len(rest) == 0 && !isWanted {
		delete(merged, name)
	}
}

// lost is true if a list has something that was applied and is no longer desired. The first element
// of a list of defaults has the defaults of every element.
func lost(applied, wanted any, isWanted bool, held, defaults any) bool {
	switch applied := applied.(type) {
	case Fields:
		return lostMember(applied, wanted, held, defaults)
	case []any:
		wanted, _ := wanted.([]any)
		held, _ := held.([]any)
		var fallback any
		if defaults, _ := defaults.([]any); len(defaults) > 0 {
			fallback = defaults[0]
		}
		for i, before := range applied[:min(len(applied), len(held))] {
			var inner any
			if i < len(wanted) {
				inner = wanted[i]
			}
			if lost(before, inner, i < len(wanted), held[i], fallback) {
				return true
			}
		}
		return false
	default:
		return !isWanted && !isTree(held) && !isFallback(held, defaults)
	}
}

func lostMember(applied Fields, wanted, held, defaults any) bool {
	wantedInside, _ := wanted.(map[string]any)
	heldInside, _ := held.(map[string]any)
	fallbacks, _ := defaults.(map[string]any)
	for name, before := range applied {
		inner, isWanted := wantedInside[name]
		if there, isHeld := heldInside[name]; isHeld && lost(before, inner, isWanted, there, fallbacks[name]) {
			return true
		}
	}
	return false
}

// isFallback is true if MeshAgent has the value that it uses for an omitted field.
func isFallback(held, fallback any) bool {
	return fallback != nil && Covers(fallback, held)
}

func (o *overlay) changed(p Path) bool {
	return slices.ContainsFunc(o.changes, func(c Change) bool { return c.Path.String() == p.String() })
}

// isTree is true if a value has members, which may belong to others.
func isTree(value any) bool {
	m, ok := value.(map[string]any)
	return ok && len(m) > 0
}

// Covers is true if have equals want, apart from members of objects that want does not have.
func Covers(want, have any) bool {
	switch want := want.(type) {
	case map[string]any:
		have, ok := have.(map[string]any)
		if !ok {
			return false
		}
		for name, value := range want {
			if !Covers(value, have[name]) {
				return false
			}
		}
		return true
	case []any:
		have, ok := have.([]any)
		return ok && slices.EqualFunc(want, have, Covers)
	case json.Number:
		have, ok := have.(json.Number)
		return ok && sameNumber(want, have)
	default:
		return want == have
	}
}
