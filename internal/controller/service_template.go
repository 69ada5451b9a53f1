// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// variableName is what a template can call a variable.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// configMapsOf are the ConfigMaps that a service's template takes values from.
func configMapsOf(service *v1alpha1.MeshService) []string {
	var names []string
	for _, from := range valuesFrom(service) {
		if from.ConfigMapKeyRef != nil {
			names = append(names, string(from.ConfigMapKeyRef.Name))
		}
	}
	return names
}

// toValues declares references to objects that a service's template takes values from.
func toValues(target v1alpha1.Object, of func(v1alpha1.ServiceTemplateValue) *v1alpha1.LocalObjectReference) engine.Reference[*v1alpha1.MeshService] {
	return engine.To(target, func(service *v1alpha1.MeshService) (refs []v1alpha1.ResourceReference) {
		for _, from := range valuesFrom(service) {
			refs = append(refs, optional(of(from))...)
		}
		return refs
	})
}

func valuesFrom(service *v1alpha1.MeshService) []v1alpha1.ServiceTemplateValue {
	if service.Spec.Template == nil {
		return nil
	}
	return service.Spec.Template.ValuesFrom
}

// templateService is a service that MeshAgent makes of a template.
func templateService(service *v1alpha1.MeshService, in engine.Inputs) (meshagent.ServiceSpec, error) {
	values, err := templateValues(service.Spec.Template, in)
	// The template says the name. What it was when MeshAgent made the service is what it should be;
	// before that only MeshAgent knows it.
	name := ""
	if service.Status.ID != "" {
		name = service.Status.Name
	}
	return meshagent.ServiceFromTemplate(name, service.Spec.Template.Text, values), err
}

func templateValues(template *v1alpha1.ServiceTemplate, in engine.Inputs) (map[string]string, error) {
	values := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(template.Values)) {
		if !variableName.MatchString(name) {
			return nil, verdict.Invalid(msgBadVariable, name)
		}
		values[name] = template.Values[name]
	}
	for _, from := range template.ValuesFrom {
		if _, twice := values[from.Name]; twice {
			return nil, verdict.Invalid(msgTwice, from.Name)
		}
		value, err := templateValue(from, in)
		if err != nil {
			return nil, err
		}
		values[from.Name] = value
	}
	return values, nil
}

func templateValue(from v1alpha1.ServiceTemplateValue, in engine.Inputs) (string, error) {
	switch {
	case from.RouteRef != nil:
		return in.Resolved(&v1alpha1.MeshRoute{}, from.RouteRef.Resource()).ID, nil // a route's ID is its domain
	case from.MailboxRef != nil:
		return in.Resolved(&v1alpha1.MeshMailbox{}, from.MailboxRef.Resource()).ID, nil // a mailbox's ID is its address
	case from.RepositoryRef != nil:
		name := image(in.Project, in.Resolved(&v1alpha1.MeshRepository{}, from.RepositoryRef.Resource()).Name)
		if name == "" {
			return "", verdict.WaitFor(v1alpha1.ReasonReferenceNotReady, msgNoImage, from.RepositoryRef.Name)
		}
		return name, nil
	}
	ref := from.ConfigMapKeyRef
	value, ok := in.ConfigMap(string(ref.Name)).Data[ref.Key]
	if !ok {
		return "", verdict.Invalid(msgNoConfigMapKey, ref.Name, ref.Key, from.Name)
	}
	if !utf8.Valid(value) {
		return "", verdict.Invalid(msgBinaryValue, ref.Key, ref.Name, from.Name)
	}
	return string(value), nil
}
