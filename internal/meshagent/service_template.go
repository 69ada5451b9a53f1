// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"fmt"
	"maps"
)

// The annotations in which MeshAgent keeps what a service was made of.
const (
	templateText   = "meshagent.service.template.yaml"
	templateValues = "meshagent.service.template.values" // a JSON object of strings
)

// ServiceFromTemplate is what callers write of a service that MeshAgent makes of a template: nothing but the template. All else is
// MeshAgent's work, and is not compared. The name is the one that the template gives, as far as that is known.
func ServiceFromTemplate(name, template string, values map[string]string) ServiceSpec {
	return ServiceSpec{Metadata: ServiceMetadata{
		Name: name, Annotations: map[string]string{templateText: template, templateValues: encodeValues(values)},
	}}
}

// FromTemplate says that the service was made of a template.
func (s ServiceSpec) FromTemplate() bool {
	_, ok := s.Metadata.Annotations[templateText]
	return ok
}

// MadeByTemplate says that the service was made of a template for an owner, who put the mark into its values.
func (s ServiceSpec) MadeByTemplate() bool {
	return s.FromTemplate() && markIn(s.templateValues()).Owner != ""
}

// isTemplate says that this is what ServiceFromTemplate returns, and not what MeshAgent made of it.
func (s ServiceSpec) isTemplate() bool {
	return s.FromTemplate() && s.Container == nil && s.External == nil
}

// templateValues are the values of the template, or nil if there are none that can be read.
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

// encodeValues writes values in one form only, whatever form MeshAgent gave them.
func encodeValues(values map[string]string) string {
	if values == nil {
		values = map[string]string{}
	}
	text, err := Encode(values)
	if err != nil {
		panic(fmt.Sprintf("meshagent: strings that cannot be written as JSON: %v", err)) // there are none
	}
	return string(text)
}

// rendering asks MeshAgent to make a service of a template.
type rendering struct {
	Template string            `json:"template"`
	Values   map[string]string `json:"values"`
}

func (s ServiceSpec) rendering() rendering {
	return rendering{Template: s.Metadata.Annotations[templateText], Values: s.templateValues()}
}

// rendersAnew says that the change from one specification to the other is one of the template: it is then for MeshAgent to make. Every
// other change, such as that of the mark alone, leaves what MeshAgent or others made of the template as it is.
func rendersAnew(current, next ServiceSpec) bool {
	if !next.FromTemplate() {
		return false
	}
	before, after := current.WithMark(Mark{}), next.WithMark(Mark{})
	if !maps.Equal(before.templateParts(), after.templateParts()) {
		return true
	}
	// A name that differs was changed by somebody: the template knows the right one.
	return before.Key() != after.Key() && markIn(next.templateValues()).Owner != ""
}

func (s ServiceSpec) templateParts() map[string]string {
	return map[string]string{
		templateText: s.Metadata.Annotations[templateText], templateValues: s.Metadata.Annotations[templateValues],
	}
}
