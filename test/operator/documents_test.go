// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// step is one part of a path in status.appliedFields.
var step = regexp.MustCompile(`\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.\[\]]+)`)

// writtenPart is the part of a document that callers write: it is wrapped in some.
func writtenPart(doc map[string]any) map[string]any {
	if spec, ok := doc["spec"].(map[string]any); ok {
		return spec
	}
	return doc
}

// valueAt is the value at a path of a document, and what puts another one there; nil if there is no such place.
func valueAt(doc map[string]any, path string) (value any, put func(any)) {
	value = doc
	for _, match := range step.FindAllStringSubmatch(path, -1) {
		switch holder := value.(type) {
		case map[string]any:
			name := match[1] + match[3]
			value, put = holder[name], func(other any) { holder[name] = other }
		case []any:
			i, err := strconv.Atoi(match[2])
			if err != nil || i >= len(holder) {
				return nil, nil
			}
			value, put = holder[i], func(other any) { holder[i] = other }
		default:
			return nil, nil
		}
	}
	return value, put
}

// disturb changes the string at a path of a document, if there is one.
func disturb(doc map[string]any, path string) bool {
	value, put := valueAt(doc, path)
	text, ok := value.(string)
	switch {
	case !ok:
	case strings.HasPrefix(text, "/"):
		put(text + "AAAA") // a path stays a path
	default:
		put("AAAA" + text) // base64 stays base64
	}
	return ok
}

// eachMark visits the operator's marks, wherever they are in a document.
func eachMark(value any, visit func(holder map[string]any, name string)) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if name == v1alpha1.OwnerAnnotation || name == v1alpha1.AdoptedAnnotation {
				visit(value, name)
			} else {
				eachMark(member, visit)
			}
		}
	case []any:
		for _, member := range value {
			eachMark(member, visit)
		}
	}
}
