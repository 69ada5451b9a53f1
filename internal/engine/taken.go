// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"errors"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// takenName is the name that a conflict is about: a template may give another one than is desired.
func takenName(desired string, conflict error) string {
	if taken, ok := errors.AsType[*meshagent.TakenError](conflict); ok {
		return taken.Name
	}
	return desired
}

// unexplained judges a conflict in whose way nothing was found. Where MeshAgent does not tell the
// name that a template gives, nothing can be found, and only a person can help.
func (p *pass) unexplained(key string, conflict error) error {
	if key == "" && errors.As(conflict, new(*meshagent.TakenError)) {
		return p.nameTaken(key)
	}
	return conflict
}

// nameTaken refuses to continue while another resource has the name.
func (p *pass) nameTaken(name string) error {
	if name == "" {
		return verdict.Refuse(v1alpha1.ReasonAlreadyExists, msgTemplateNameTaken)
	}
	p.waitForName(name)
	return verdict.Refuse(v1alpha1.ReasonAlreadyExists, msgNameTaken, name)
}
