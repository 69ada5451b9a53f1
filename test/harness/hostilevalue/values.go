// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package hostilevalue has values that users can put into strings of a spec, and finds those
// strings.
package hostilevalue

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// All are values that users can put into any string of a spec.
var All = []string{
	"../../etc", "..", ".", "%2f..%2f", "a/b", "a?b=c#d", `a"b\c`, "a'b;--", "{{ .Values }} ${HOME} {x}", "<b>&amp;",
	"line\nINFO injected\tentry\r", "\u0000", "ünïcödé 日本 🎉", "\u202eevil", " ", strings.Repeat("long ", 400), "null", "0",
}

// bare are the values that are hostile only if nothing is added to them.
var bare = []string{"..", ".", " ", "null", "0"}

// Place is a string in a document, with its hostile value.
type Place struct {
	Path  []any
	Value string
}

// At returns a value for the i-th place. If the value stays hostile with it, it gets another suffix
// at each place, which shows which values arrived.
func At(path []any, i int, value string) Place {
	if !slices.Contains(bare, value) {
		value += fmt.Sprintf("x%03dx", i)
	}
	return Place{path, value}
}

func (p Place) String() string { return fmt.Sprint(p.Path) }

// ArrivedIn removes the text with the value from texts, and returns whether there was one.
func (p Place) ArrivedIn(all []string) (left []string, arrived bool) {
	i := slices.IndexFunc(all, func(text string) bool {
		return text == p.Value || !slices.Contains(bare, p.Value) && strings.Contains(text, p.Value)
	})
	if i < 0 {
		return all, false
	}
	return slices.Delete(all, i, i+1), true
}

// Texts returns all strings in a document, including names of members and the content of base64 and
// JSON.
func Texts(value any) (found []string) {
	switch value := value.(type) {
	case string:
		if before, _, marked := strings.Cut(value, "[meshagent.com/owner="); marked && strings.HasSuffix(value, "]") {
			value = strings.TrimSuffix(before, " ") // the operator's mark
		}
		found = append(found, value)
		if decoded, err := base64.StdEncoding.DecodeString(value); err == nil {
			value = string(decoded)
			found = append(found, value)
		}
		var inner any
		if strings.HasPrefix(value, "{") && json.Unmarshal([]byte(value), &inner) == nil {
			found = append(found, Texts(inner)...)
		}
	case []any:
		for _, element := range value {
			found = append(found, Texts(element)...)
		}
	case map[string]any:
		for name, member := range value {
			found = append(append(found, name), Texts(member)...)
		}
	default:
		found = append(found, fmt.Sprint(value))
	}
	return found
}

// StringsIn returns the paths of all strings in a document, below a path, in a fixed order.
func StringsIn(at []any, value any) (found [][]any) {
	switch value := value.(type) {
	case string:
		return [][]any{at}
	case []any:
		for i, element := range value {
			found = append(found, StringsIn(append(slices.Clip(at), i), element)...)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			found = append(found, StringsIn(append(slices.Clip(at), name), value[name])...)
		}
	}
	return found
}

// Put sets the string at a path.
func Put(root any, place []any, text string) {
	for i, step := range place {
		last := i == len(place)-1
		switch step := step.(type) {
		case int:
			list, _ := root.([]any)
			if last {
				list[step] = text
			} else {
				root = list[step]
			}
		case string:
			object, _ := root.(map[string]any)
			if last {
				object[step] = text
			} else {
				root = object[step]
			}
		}
	}
}
