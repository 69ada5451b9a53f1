// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package drift

import (
	"encoding/json"
	"maps"
	"slices"
)

// Fields are the members of a document that an object sets: the document itself with true in place
// of its values. An object without members counts as a value, and so does a list without objects.
type Fields map[string]any

// FieldsOf returns the fields that a document sets.
func FieldsOf(document any) (Fields, error) {
	root, err := Tree(document)
	if err != nil {
		return nil, err
	}
	set := Fields{}
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
		set := Fields{}
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

// ParseFields reads fields from JSON. If a user edited them into invalid JSON, there are no fields.
func ParseFields(text []byte) Fields {
	var root map[string]any
	if json.Unmarshal(text, &root) != nil {
		return nil
	}
	set, _ := typed(root).(Fields)
	return set
}

func typed(value any) any {
	switch value := value.(type) {
	case map[string]any:
		set := Fields{}
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

// Within is true if all fields are among others.
func (f Fields) Within(others Fields) bool { return within(f, others) }

func within(some, others any) bool {
	switch some := some.(type) {
	case Fields:
		others, ok := others.(Fields)
		return ok && !anyMissing(some, others)
	case []any:
		others, ok := others.([]any)
		return ok && len(some) <= len(others) && slices.EqualFunc(some, others[:len(some)], within)
	}
	return others == true
}

func anyMissing(some, others Fields) bool {
	for name, inner := range some {
		if other, ok := others[name]; !ok || !within(inner, other) {
			return true
		}
	}
	return false
}

// And returns the union of these fields and others.
func (f Fields) And(others Fields) Fields {
	if others == nil {
		return f
	}
	return unionOf(f, others)
}

func union(one, other any) any {
	switch one := one.(type) {
	case Fields:
		if other, ok := other.(Fields); ok {
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
		return other // if one is a value and the other has members, keep the members
	}
	return one
}

func unionOf(one, other Fields) Fields {
	both := maps.Clone(other)
	for name, inner := range one {
		if there, ok := both[name]; ok {
			inner = union(inner, there)
		}
		both[name] = inner
	}
	return both
}

// Without returns the fields that are not among others.
func (f Fields) Without(others Fields) Fields {
	left := Fields{}
	for name, inner := range f {
		other, ok := others[name]
		below, isFields := inner.(Fields)
		otherBelow, areFields := other.(Fields)
		switch {
		case !ok:
			left[name] = inner
		case isFields && areFields:
			if rest := below.Without(otherBelow); len(rest) > 0 {
				left[name] = rest
			}
		case !within(inner, other):
			left[name] = inner
		}
	}
	return left
}

// At returns the fields at a path, and below it.
func (f Fields) At(p Path) Fields {
	name, ok := p[0].(string)
	inner, set := f[name]
	if !ok || !set {
		return nil
	}
	if below, isFields := inner.(Fields); isFields && len(p) > 1 {
		inner = below.At(p[1:])
	}
	return Fields{name: inner}
}

// ValuesAt returns the values of a document at the fields, in the order of the fields.
func ValuesAt(document any, set any) any {
	switch set := set.(type) {
	case Fields:
		object, _ := document.(map[string]any)
		values := map[string]any{}
		for name, inner := range set {
			values[name] = ValuesAt(object[name], inner)
		}
		return values
	case []any:
		list, _ := document.([]any)
		values := make([]any, len(list))
		for i, element := range list {
			values[i] = element
			if i < len(set) {
				values[i] = ValuesAt(element, set[i])
			}
		}
		return values
	}
	return document
}
