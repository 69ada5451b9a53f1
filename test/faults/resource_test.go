// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/meshagent/meshagent-operator/test/contract"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
)

// resource is what the contract says of what a call created, in its index of resources.
type resource struct {
	document *openapi3.T
	index    map[string]any
}

// resourceOf finds what a call created in the contract.
func resourceOf(tb testing.TB, made memory.Creation) resource {
	tb.Helper()
	validator, err := contract.Load()
	if err != nil {
		tb.Fatal(err)
	}
	route, err := validator.Find(made.Method, made.Path)
	if err != nil {
		tb.Fatalf("finding the route of %s %s: %v", made.Method, made.Path, err)
	}
	all, _ := validator.Document().Extensions["x-resources"].(map[string]any)
	for _, one := range all {
		if index, _ := one.(map[string]any); index["create"] == route.Operation.OperationID {
			return resource{validator.Document(), index}
		}
	}
	tb.Fatalf("the contract's x-resources has nothing that %s creates", route.Operation.OperationID)
	return resource{}
}

// writes are the methods with which it can be written: the index says null where there is no such route.
func (r resource) writes() (methods []string) {
	for verb, method := range map[string]string{"create": http.MethodPost, "update": http.MethodPut, "delete": http.MethodDelete} {
		if r.index[verb] != nil {
			methods = append(methods, method)
		}
	}
	slices.Sort(methods)
	return methods
}

// key are the values in a document that make a resource this one: its natural key, and what cannot be changed.
func (r resource) key(document any) (values []any) {
	for _, name := range []string{"natural-key", "immutable"} {
		paths, isList := r.index[name].([]any)
		if !isList {
			paths = []any{r.index[name]}
		}
		for _, path := range paths {
			if path, ok := path.(string); ok {
				values = append(values, valueAt(document, path))
			}
		}
	}
	return values
}

// schema is that of the resource in lists.
func (r resource) schema(tb testing.TB) *openapi3.Schema {
	tb.Helper()
	for _, path := range r.document.Paths.Map() {
		if path.Get == nil || path.Get.OperationID != r.index["list"] {
			continue
		}
		for _, member := range path.Get.Responses.Status(http.StatusOK).Value.Content.Get("application/json").Schema.Value.Properties {
			if member.Value.Items != nil {
				return member.Value.Items.Value
			}
		}
	}
	tb.Fatalf("the contract has no list %v", r.index["list"])
	return nil
}

// memberOf is the schema of a member, or else of all values of a map; nil if the contract does not say.
func memberOf(s *openapi3.Schema, name string) *openapi3.Schema {
	if s == nil {
		return nil
	}
	if member := s.Properties[name]; member != nil {
		return member.Value
	}
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		if found := memberOf(part.Value, name); found != nil {
			return found
		}
	}
	if values := s.AdditionalProperties.Schema; values != nil {
		return values.Value
	}
	return nil
}

// elementsOf is the schema of the elements of a list.
func elementsOf(s *openapi3.Schema) *openapi3.Schema {
	if s == nil {
		return nil
	}
	if s.Items != nil {
		return s.Items.Value
	}
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		if found := elementsOf(part.Value); found != nil {
			return found
		}
	}
	return nil
}

// extended says that a schema, or a part of it, has an extension.
func extended(s *openapi3.Schema, name string) bool {
	return s != nil && (s.Extensions[name] != nil || slices.ContainsFunc(s.AllOf, func(part *openapi3.SchemaRef) bool { return extended(part.Value, name) }))
}

// valueAt is the value at a dotted path of a document, nil if there is none.
func valueAt(document any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		object, _ := document.(map[string]any)
		document = object[name]
	}
	return document
}
