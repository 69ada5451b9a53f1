// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"fmt"
	"maps"
)

// The annotations in which MeshAgent keeps the template of a service.
const (
	templateText   = "meshagent.service.template.yaml"
	templateValues = "meshagent.service.template.values" // a JSON object of strings
)

// ServiceFromTemplate is the spec of a service that MeshAgent renders from a template. It has only
// the template. The operator does not compare the rest, because MeshAgent writes it. The name is
// the one that the template produces, if it is known.
func ServiceFromTemplate(name, template string, values map[string]string) ServiceSpec {
	return ServiceSpec{Metadata: ServiceMetadata{
		Name: name, Annotations: map[string]string{templateText: template, templateValues: encodeValues(values)},
	}}
}

// FromTemplate is true if the service was rendered from a template.
func (s ServiceSpec) FromTemplate() bool {
	_, ok := s.Metadata.Annotations[templateText]
	return ok
}

// MadeByTemplate is true if the service was rendered from a template whose values have an ownership
// annotation.
func (s ServiceSpec) MadeByTemplate() bool {
	return s.FromTemplate() && markIn(s.templateValues()).Owner != ""
}

// isTemplate is true for a result of ServiceFromTemplate, and false for the service that MeshAgent
// rendered from it.
func (s ServiceSpec) isTemplate() bool {
	return s.FromTemplate() && s.Container == nil && s.External == nil
}

// templateValues returns the values of the template, or nil if they cannot be read.
func (s ServiceSpec) templateValues() map[string]string {
	text, ok := s.Metadata.Annotations[templateValues]
	if !ok {
		return nil
	}
	var values map[string]string
	if json.Unmarshal([]byte(text), &values) != nil {
		return nil
	}
	if values == nil {
		values = map[string]string{}
	}
	return values
}

// encodeValues writes values in one form, whatever form MeshAgent uses.
func encodeValues(values map[string]string) string {
	if values == nil {
		values = map[string]string{}
	}
	text, err := Encode(values)
	if err != nil {
		panic(fmt.Sprintf("meshagent: strings that cannot be written as JSON: %v", err)) // cannot happen with strings
	}
	return string(text)
}

// rendering asks MeshAgent to render a service from a template.
type rendering struct {
	Template string            `json:"template"`
	Values   map[string]string `json:"values"`
}

func (s ServiceSpec) rendering() rendering {
	return rendering{Template: s.Metadata.Annotations[templateText], Values: s.templateValues()}
}

// rendersAnew is true if the template itself changes, so that MeshAgent must render it again. Any
// other change, such as one of the ownership annotation, keeps what MeshAgent or others made of the
// template.
func rendersAnew(current, next ServiceSpec) bool {
	if !next.FromTemplate() {
		return false
	}
	before, after := current.WithMark(Mark{}), next.WithMark(Mark{})
	if !maps.Equal(before.templateParts(), after.templateParts()) {
		return true
	}
	// If the name differs, others changed it, and the template has the right one.
	return before.Key() != after.Key() && markIn(next.templateValues()).Owner != ""
}

func (s ServiceSpec) templateParts() map[string]string {
	return map[string]string{
		templateText: s.Metadata.Annotations[templateText], templateValues: s.Metadata.Annotations[templateValues],
	}
}
