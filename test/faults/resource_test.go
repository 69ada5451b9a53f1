// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

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
