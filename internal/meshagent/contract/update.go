// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"encoding/json"
	"slices"
	"strconv"
)

// CheckUpdate is CheckRequest for a server that is newer than the contract. Request
// schemas stay closed, but for members that the document to be updated has and the
// contract does not know: those a client that read it sends back. unknown is that
// document with nothing but such members, at their places. An element of a list may
// have what any element of the list has, since updates move elements.
func (rt *Route) CheckUpdate(rawQuery, contentType string, body []byte, unknown any) error {
	err := rt.CheckRequest(rawQuery, contentType, body)
	if err == nil || unknown == nil || rt.Operation.RequestBody == nil || mediaType(contentType) != mediaJSON {
		return err
	}
	schema, pickErr := pick(rt.Operation.RequestBody.Value.Content, contentType)
	value, decodeErr := decode(body)
	if pickErr != nil || decodeErr != nil {
		return err
	}
	// What is taken out may have hidden which alternative of the schema was meant.
	for more := true; more; {
		more = false
		for _, problem := range visit(schema, value) {
			if problem.unknownField && has(unknown, problem.path) && remove(value, problem.path) {
				more = true
			}
		}
	}
	left, encodeErr := json.Marshal(value)
	if encodeErr != nil {
		return err
	}
	return rt.CheckRequest(rawQuery, contentType, left)
}

// has says that there is something at a path, through any element of lists.
func has(value any, path []string) bool {
	if len(path) == 0 {
		return value != nil
	}
	switch value := value.(type) {
	case map[string]any:
		inner, ok := value[path[0]]
		return ok && has(inner, path[1:])
	case []any:
		return slices.ContainsFunc(value, func(element any) bool { return element != nil && has(element, path[1:]) })
	}
	return false
}

// remove takes the member at a path out.
func remove(value any, path []string) bool {
	for ; len(path) > 1; path = path[1:] {
		switch holder := value.(type) {
		case map[string]any:
			value = holder[path[0]]
		case []any:
			i, err := strconv.Atoi(path[0])
			if err != nil || i < 0 || i >= len(holder) {
				return false
			}
			value = holder[i]
		default:
			return false
		}
	}
	holder, ok := value.(map[string]any)
	if !ok || len(path) == 0 {
		return false
	}
	_, there := holder[path[0]]
	delete(holder, path[0])
	return there
}
