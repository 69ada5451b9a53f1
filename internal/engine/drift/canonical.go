// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package drift

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Canonical gives values that compare as equal the same form: it omits nulls, and writes numbers in
// one notation. If loosely is true, it also removes differences that servers normalize.
func Canonical(value any, loosely bool) any {
	switch value := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, inner := range value {
			if inner = Canonical(inner, loosely); inner != nil && (!loosely || !isDefault(inner)) {
				object[name] = inner
			}
		}
		return object
	case []any:
		list := make([]any, len(value))
		for i, inner := range value {
			list[i] = Canonical(inner, loosely)
		}
		if loosely {
			slices.SortFunc(list, func(a, b any) int { return bytes.Compare(Encode(a), Encode(b)) })
		}
		return list
	case json.Number:
		return decimalOf(value.String()).String()
	case string:
		if loosely {
			return strings.Join(strings.Fields(strings.ToLower(value)), " ")
		}
	}
	return value
}

// isDefault is true if a server may omit the value.
func isDefault(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return len(value) == 0
	case []any:
		return len(value) == 0
	}
	return value == "" || value == false
}

// Encode writes JSON. It panics if the value cannot be written, which cannot happen for values that
// were read from JSON.
func Encode(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic("drift: JSON that cannot be written as JSON: " + err.Error()) // cannot happen, because the value was read from JSON
	}
	return text
}
