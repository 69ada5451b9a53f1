// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// step is one part of a path in status.appliedFields.
var step = regexp.MustCompile(`\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.\[\]]+)`)

// WrittenPart returns the part of a document that callers write, without its envelope.
func WrittenPart(doc map[string]any) map[string]any {
	for _, envelope := range []string{"spec", "configuration"} {
		if inside, ok := doc[envelope].(map[string]any); ok {
			return inside
		}
	}
	return doc
}

// ValueAt returns the value at a path of a document, and a function that replaces it. Both are nil
// if there is no such place.
func ValueAt(doc map[string]any, path string) (value any, put func(any)) {
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

// ChangeString changes the string at a path of a document, if there is one.
func ChangeString(doc map[string]any, path string) bool {
	value, put := ValueAt(doc, path)
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

// ChangeFlag changes the boolean at a path of a document, if there is one.
func ChangeFlag(doc map[string]any, path string) bool {
	value, put := ValueAt(doc, path)
	flag, ok := value.(bool)
	if ok {
		put(!flag)
	}
	return ok
}

// EachOwnerAnnotation visits the operator's annotations, and the texts that end with one, wherever
// they are in a document.
func EachOwnerAnnotation(value any, visit func(replace func(owner string))) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			text, _ := member.(string)
			before, marked := simulator.SplitMarked(text, v1alpha1.OwnerAnnotation)
			switch {
			case marked:
				visit(func(owner string) { value[name] = fmt.Sprintf("%s [%s=%s]", before, v1alpha1.OwnerAnnotation, owner) })
			case name == v1alpha1.OwnerAnnotation, name == v1alpha1.AdoptedAnnotation:
				visit(func(owner string) { value[name] = owner })
			default:
				EachOwnerAnnotation(member, visit)
			}
		}
	case []any:
		for _, member := range value {
			EachOwnerAnnotation(member, visit)
		}
	}
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// AppliedFields returns the paths of the fields that an object has set, such as metadata.team or
// ports[0].annotations["a.b"].
func AppliedFields(status *v1alpha1.CommonStatus) (paths []string) {
	GinkgoHelper()
	if status.AppliedFields == nil {
		return nil
	}
	var root any
	Expect(json.Unmarshal(status.AppliedFields.Raw, &root)).To(Succeed())
	var walk func(at string, value any)
	walk = func(at string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(value)) {
				switch {
				case !plainName.MatchString(name):
					walk(fmt.Sprintf("%s[%q]", at, name), value[name])
				case at == "":
					walk(name, value[name])
				default:
					walk(at+"."+name, value[name])
				}
			}
		case []any:
			for i, element := range value {
				walk(fmt.Sprintf("%s[%d]", at, i), element)
			}
		default:
			paths = append(paths, at)
		}
	}
	walk("", root)
	return paths
}
