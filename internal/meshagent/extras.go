// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// extras are the members of a response that this build does not know, at every depth. MeshAgent
// replaces a resource as a whole, so members that are not sent back are lost. Without the extras,
// an older operator would erase a newer server's members with its first update.
type extras struct {
	members map[string]json.RawMessage // unknown members
	inside  map[string]*extras         // in known objects
	lists   map[string][]element       // in known lists of objects
}

// element is an object in a list.
type element struct {
	names  map[string]string // its members with single values, as text, which identify it
	usual  map[string]string // their defaults, for an element that omits them
	at, of int               // its index, and the length of the list
	extras *extras
}

// elementKeys are the members that identify the objects of MeshAgent's lists, the most reliable
// first.
var elementKeys = []string{"name", "num", "path", "address", "queue", "label", "server_label", "protocol", "id", "image", "identity", "type", "model"}

// extrasOf returns the members of a document that neither the type nor readOnly has. It returns nil
// if there are none.
func extrasOf[T any](text []byte, readOnly ...string) *extras {
	return unknown(text, reflect.TypeFor[T](), readOnly...)
}

func unknown(text []byte, known reflect.Type, readOnly ...string) *extras {
	for known.Kind() == reflect.Pointer {
		known = known.Elem()
	}
	var members map[string]json.RawMessage
	if known.Kind() != reflect.Struct || json.Unmarshal(text, &members) != nil {
		return nil // a value or free JSON, which is known completely
	}
	fields := fieldsOf(known)
	found := extras{members: map[string]json.RawMessage{}, inside: map[string]*extras{}, lists: map[string][]element{}}
	for name, value := range members {
		if known, ok := fields[name]; ok {
			found.addInside(known, value)
		} else if !slices.Contains(readOnly, name) {
			found.members[name] = bytes.Clone(value)
		}
	}
	if len(found.members)+len(found.inside)+len(found.lists) == 0 {
		return nil
	}
	return &found
}

// addInside adds the unknown members inside a known member.
func (x *extras) addInside(known knownMember, value json.RawMessage) {
	if known.kind.Kind() == reflect.Slice {
		if list := unknownElements(value, known.kind.Elem()); len(list) > 0 {
			x.lists[known.name] = list
		}
	} else if inner := unknown(value, known.kind); inner != nil {
		x.inside[known.name] = inner
	}
}

func unknownElements(text []byte, known reflect.Type) []element {
	var list []json.RawMessage
	if known.Kind() != reflect.Struct || json.Unmarshal(text, &list) != nil {
		return nil
	}
	var found []element
	usual := usualNames(known)
	for at, one := range list {
		if inner := unknown(one, known); inner != nil {
			names := maps.Clone(usual)
			maps.Copy(names, namesIn(one))
			found = append(found, element{names, usual, at, len(list), inner})
		}
	}
	return found
}

// knownMember is a member of this build's types, by the name that it writes.
type knownMember struct {
	name string
	kind reflect.Type
}

// knownFields are the results of fieldsOf. Each row of a list needs them.
var knownFields sync.Map // of map[string]knownMember by reflect.Type

// fieldsOf returns the members of a struct's JSON. The tag alias has their older names. Callers must
// not change the map.
func fieldsOf(known reflect.Type) map[string]knownMember {
	if found, ok := knownFields.Load(known); ok {
		fields, _ := found.(map[string]knownMember)
		return fields
	}
	fields := readFields(known)
	knownFields.Store(known, fields)
	return fields
}

func readFields(known reflect.Type) map[string]knownMember {
	fields := map[string]knownMember{}
	for field := range known.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			maps.Copy(fields, fieldsOf(field.Type))
		case field.IsExported() && name != "-":
			kind := field.Type
			for kind.Kind() == reflect.Pointer {
				kind = kind.Elem()
			}
			for read := range strings.SplitSeq(name+","+field.Tag.Get("alias"), ",") {
				fields[read] = knownMember{name, kind}
			}
		}
	}
	return fields
}

// namesIn returns the members of an object that are single values.
func namesIn(text []byte) map[string]string {
	var members map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&members) != nil {
		return nil
	}
	names := map[string]string{}
	for _, key := range elementKeys {
		switch value := members[key].(type) {
		case string, json.Number:
			names[key] = fmt.Sprint(value)
		}
	}
	return names
}

// usualNames returns the values of keys that elements of a list can omit, from their tag default.
func usualNames(known reflect.Type) map[string]string {
	usual := map[string]string{}
	for field := range known.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if value, ok := field.Tag.Lookup("default"); ok && slices.Contains(elementKeys, name) {
			usual[name] = value
		}
	}
	return usual
}

// completed is the body of an update, with the unknown members of the resource that it replaces.
type completed struct {
	body   any
	extras *extras
}

// MarshalJSON adds the extras to the body.
func (c completed) MarshalJSON() ([]byte, error) {
	text, err := Encode(c.body)
	if err != nil || c.extras == nil {
		return text, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, err
	}
	if members, err = c.extras.onto(members); err != nil {
		return nil, err
	}
	return Encode(members)
}

// onto adds the extras to an object. A member that was removed takes its extras with it.
func (x *extras) onto(members map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	for name, value := range x.members {
		if _, ok := members[name]; !ok {
			members[name] = value
		}
	}
	for name, inner := range x.inside {
		if err := inner.ontoText(members, name); err != nil {
			return nil, err
		}
	}
	for name, elements := range x.lists {
		var list []json.RawMessage
		if json.Unmarshal(members[name], &list) != nil {
			continue // the list was removed
		}
		if err := ontoList(list, elements); err != nil {
			return nil, err
		}
		text, err := Encode(list)
		if err != nil {
			return nil, err
		}
		if list != nil {
			members[name] = text
		}
	}
	return members, nil
}

func (x *extras) ontoText(members map[string]json.RawMessage, name string) error {
	var inner map[string]json.RawMessage
	if unmarshalled := json.Unmarshal(members[name], &inner) == nil; !unmarshalled || inner == nil {
		return nil // the member was removed
	}
	inner, err := x.onto(inner)
	if err != nil {
		return err
	}
	members[name], err = Encode(inner)
	return err
}

// ontoList adds the extras to their elements.
func ontoList(list []json.RawMessage, elements []element) error {
	names := make([]map[string]string, len(list))
	for i, one := range list {
		names[i] = namesIn(one)
	}
	for _, from := range elements {
		at, ok := from.find(names)
		if !ok {
			continue
		}
		var inner map[string]json.RawMessage
		if err := json.Unmarshal(list[at], &inner); err != nil {
			return err
		}
		inner, err := from.extras.onto(inner)
		if err != nil {
			return err
		}
		if list[at], err = Encode(inner); err != nil {
			return err
		}
	}
	return nil
}

// find returns the new index of an element. It looks for the same values of its keys, the most
// reliable first. An object without an identifying key is found by its index, if the list kept its
// length.
func (e element) find(list []map[string]string) (int, bool) {
	var candidates []int
	for i := range list {
		candidates = append(candidates, i)
	}
	for _, key := range elementKeys {
		value, ok := e.names[key]
		if !ok {
			continue
		}
		candidates = slices.DeleteFunc(candidates, func(i int) bool { return cmp.Or(list[i][key], e.usual[key]) != value })
		switch len(candidates) {
		case 0:
			return 0, false
		case 1:
			return candidates[0], true
		}
	}
	return e.at, e.of == len(list) && slices.Contains(candidates, e.at)
}
