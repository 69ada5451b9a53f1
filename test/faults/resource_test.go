// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
)

// keyed says that a resource has a natural key, which another user can choose too: it has a name,
// and that is not the object's own.
func keyed(obj v1alpha1.Object, made memory.Creation) bool {
	return obj.CommonStatus().Name != "" && !strings.Contains(string(made.RequestBody), string(obj.GetUID()))
}

// memberOf is the schema of a member, or else of all values of a map; nil if the contract does not
// say.
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
