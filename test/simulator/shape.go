// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// members returns the members that a schema declares, including all its parts and alternatives.
func members(s *openapi3.Schema) openapi3.Schemas {
	if s == nil {
		return nil
	}
	out := openapi3.Schemas{}
	for _, part := range parts(s) {
		maps.Copy(out, members(part.Value))
	}
	maps.Copy(out, s.Properties)
	return out
}

// alternative returns the alternative that a document is, if a member of it says so.
func alternative(s *openapi3.Schema, doc document) *openapi3.Schema {
	if s == nil || s.Discriminator == nil {
		return s
	}
	chosen := s.Discriminator.Mapping[text(doc, s.Discriminator.PropertyName)]
	for _, one := range s.OneOf {
		if one.Ref == chosen.Ref {
			return one.Value
		}
	}
	return s
}

// needed returns the members that a schema requires. It includes what any alternative requires.
func needed(s *openapi3.Schema) []string {
	out := slices.Clone(s.Required)
	for _, part := range parts(s) {
		out = append(out, needed(part.Value)...)
	}
	return out
}

// elements returns the schema of the elements of a list, nil if there is none.
func elements(s *openapi3.Schema) *openapi3.Schema {
	if s == nil {
		return nil
	}
	if s.Items != nil {
		return s.Items.Value
	}
	for _, part := range parts(s) {
		if found := elements(part.Value); found != nil {
			return found
		}
	}
	return nil
}

// The values of a map, such as annotations, have a schema, too.
func mapValues(s *openapi3.Schema) *openapi3.Schema {
	if s == nil || s.AdditionalProperties.Schema == nil {
		return nil
	}
	return s.AdditionalProperties.Schema.Value
}

func parts(s *openapi3.Schema) openapi3.SchemaRefs {
	return slices.Concat(s.AllOf, s.OneOf, s.AnyOf)
}

// memberSchema is the schema of a declared member, nil if it is not declared.
func memberSchema(declared openapi3.Schemas, name string) *openapi3.Schema {
	if ref := declared[name]; ref != nil {
		return ref.Value
	}
	return nil
}
