// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package samples

import (
	"reflect"
	"slices"
	"strings"

	apiruntime "k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// Needs returns the samples that one refers to, and those that they refer to. What is referred to
// comes first. The MeshProject is not among them.
func (s Sample) Needs() (needed []Sample) {
	spec := s.spec()
	for _, other := range read() {
		_, isProject := other.made.(*v1alpha1.MeshProject)
		if !isProject && other != s && refersTo(spec, other) {
			for _, more := range append(other.Needs(), other) {
				if !slices.Contains(needed, more) {
					needed = append(needed, more)
				}
			}
		}
	}
	return needed
}

func (s Sample) spec() map[string]any {
	root, err := apiruntime.DefaultUnstructuredConverter.ToUnstructured(s.made)
	utilruntime.Must(err) // it was decoded from such a document
	spec, _ := root["spec"].(map[string]any)
	return spec
}

// refersTo says that somewhere in a spec a member such as roomRef or meshSecretRefs names a sample.
func refersTo(v any, other Sample) bool {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if isReference(name, other.Kind) && names(inner, other.made.GetName()) || refersTo(inner, other) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(inner any) bool { return refersTo(inner, other) })
	}
	return false
}

// isReference says that a member of this name, such as roomRef, agentRef (to a MeshManagedAgent),
// pullMeshSecretRef or configMapKeyRef, refers to objects of a kind.
func isReference(name, kind string) bool {
	stem, ok := strings.CutSuffix(strings.TrimSuffix(name, "s"), "Ref")
	what, noun := strings.TrimSuffix(strings.ToLower(stem), "key"), strings.TrimPrefix(strings.ToLower(kind), "mesh")
	return ok && (strings.HasSuffix(what, noun) || strings.HasSuffix(noun, what))
}

// names says that a reference, or one in a list of them, has a name.
func names(v any, name string) bool {
	switch v := v.(type) {
	case map[string]any:
		return v["name"] == name
	case []any:
		return slices.ContainsFunc(v, func(inner any) bool { return names(inner, name) })
	}
	return false
}

// HasName says that users can give the resource another name than the object's. That of a template
// is in its text.
func (s Sample) HasName() bool {
	spec := reflect.ValueOf(s.made).Elem().FieldByName("Spec")
	if !spec.IsValid() || s.spec()["template"] != nil {
		return false
	}
	_, ok := spec.Type().FieldByName("Name")
	return ok
}

// Mentions says that a member of this name is somewhere in the spec.
func (s Sample) Mentions(member string) bool { return mentions(s.spec(), member) }

func mentions(v any, member string) bool {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if name == member || mentions(inner, member) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(inner any) bool { return mentions(inner, member) })
	}
	return false
}
