// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
)

// fields are the members of a document that an object sets: the document itself with true in place
// of its values. An object without members, and a list without objects in it, are values.
type fields map[string]any

// fieldsOf are the fields that a document sets.
func fieldsOf(document any) (fields, error) {
	root, err := tree(document)
	if err != nil {
		return nil, err
	}
	set := fields{}
	for name, value := range root {
		set[name] = outline(value)
	}
	return set, nil
}

func outline(value any) any {
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 0 {
			return true
		}
		set := fields{}
		for name, inner := range value {
			set[name] = outline(inner)
		}
		return set
	case []any:
		if !slices.ContainsFunc(value, isTree) {
			return true
		}
		set := make([]any, len(value))
		for i, inner := range value {
			set[i] = outline(inner)
		}
		return set
	}
	return true
}

// readFields reads fields as status keeps them. What someone edited into nonsense protects nothing.
func readFields(kept *runtime.RawExtension) fields {
	if kept == nil {
		return nil
	}
	var root map[string]any
	if json.Unmarshal(kept.Raw, &root) != nil {
		return nil
	}
	set, _ := typed(root).(fields)
	return set
}

func typed(value any) any {
	switch value := value.(type) {
	case map[string]any:
		set := fields{}
		for name, inner := range value {
			set[name] = typed(inner)
		}
		return set
	case []any:
		for i := range value {
			value[i] = typed(value[i])
		}
	}
	return value
}

// keep writes fields to status. The text there stays as it is if it says the same: the API server may
// have written it in another way.
func (f fields) keep(kept **runtime.RawExtension) error {
	if len(f) == 0 {
		*kept = nil
		return nil
	}
	if *kept != nil && f.within(readFields(*kept)) && readFields(*kept).within(f) {
		return nil
	}
	text, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encoding fields: %w", err)
	}
	*kept = &runtime.RawExtension{Raw: text}
	return nil
}

// within says that all fields are among others.
func (f fields) within(others fields) bool { return within(f, others) }

func within(some, others any) bool {
	switch some := some.(type) {
	case fields:
		others, ok := others.(fields)
		return ok && !anyMissing(some, others)
	case []any:
		others, ok := others.([]any)
		return ok && len(some) <= len(others) && slices.EqualFunc(some, others[:len(some)], within)
	}
	return others == true
}

func anyMissing(some, others fields) bool {
	for name, inner := range some {
		if other, ok := others[name]; !ok || !within(inner, other) {
			return true
		}
	}
	return false
}

// and returns these fields and others.
func (f fields) and(others fields) fields {
	if others == nil {
		return f
	}
	return unionOf(f, others)
}

func union(one, other any) any {
	switch one := one.(type) {
	case fields:
		if other, ok := other.(fields); ok {
			return unionOf(one, other)
		}
		return one
	case []any:
		other, ok := other.([]any)
		if !ok {
			return one
		}
		both, common := slices.Clone(one), min(len(one), len(other))
		for i := range common {
			both[i] = union(one[i], other[i])
		}
		return append(both, other[common:]...)
	}
	if other != nil {
		return other // where one was a value and the other has members, the members say more
	}
	return one
}

func unionOf(one, other fields) fields {
	both := maps.Clone(other)
	for name, inner := range one {
		if there, ok := both[name]; ok {
			inner = union(inner, there)
		}
		both[name] = inner
	}
	return both
}

// without returns the fields that are not among others.
func (f fields) without(others fields) fields {
	left := fields{}
	for name, inner := range f {
		other, ok := others[name]
		below, isFields := inner.(fields)
		otherBelow, areFields := other.(fields)
		switch {
		case !ok:
			left[name] = inner
		case isFields && areFields:
			if rest := below.without(otherBelow); len(rest) > 0 {
				left[name] = rest
			}
		case !within(inner, other):
			left[name] = inner
		}
	}
	return left
}

// at returns the fields at a path, and below it.
func (f fields) at(p path) fields {
	name, ok := p[0].(string)
	inner, set := f[name]
	if !ok || !set {
		return nil
	}
	if below, isFields := inner.(fields); isFields && len(p) > 1 {
		inner = below.at(p[1:])
	}
	return fields{name: inner}
}

// valuesAt are the values that a document has under fields, in the order of the fields.
func valuesAt(document any, set any) any {
	switch set := set.(type) {
	case fields:
		object, _ := document.(map[string]any)
		values := map[string]any{}
		for name, inner := range set {
			values[name] = valuesAt(object[name], inner)
		}
		return values
	case []any:
		list, _ := document.([]any)
		values := make([]any, len(list))
		for i, element := range list {
			values[i] = element
			if i < len(set) {
				values[i] = valuesAt(element, set[i])
			}
		}
		return values
	}
	return document
}
