// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package drift

import (
	"encoding/json"
	"fmt"
)

// Value is a value for one place in a document.
type Value struct {
	Path  Path
	Value any
}

// Put returns a document with values at their places. It skips a place whose object does not exist
// any more.
func Put[S any](document S, values []Value) (S, error) {
	if len(values) == 0 {
		return document, nil
	}
	var with S
	root, err := Tree(document)
	if err != nil {
		return with, err
	}
	for _, one := range values {
		put(root, one.Path, one.Value)
	}
	text, err := json.Marshal(root)
	if err != nil {
		return with, fmt.Errorf("encoding a document: %w", err)
	}
	if err := json.Unmarshal(text, &with); err != nil {
		return with, fmt.Errorf("decoding a document: %w", err)
	}
	return with, nil
}

func put(in any, at Path, value any) {
	switch step := at[0].(type) {
	case string:
		object, ok := in.(map[string]any)
		switch {
		case !ok:
		case len(at) == 1:
			object[step] = value
		default:
			put(object[step], at[1:], value)
		}
	case int:
		if list, ok := in.([]any); ok && step < len(list) && len(at) > 1 {
			put(list[step], at[1:], value)
		}
	}
}
