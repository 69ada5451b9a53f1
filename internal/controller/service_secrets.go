// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"fmt"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// secretUse is a place in a spec that names a MeshSecret.
type secretUse struct {
	place string
	ref   v1alpha1.IDReference
	kind  v1alpha1.MeshSecretType // that a secret of the project must have here; "" where a secret of the room is needed
}

// secretUses are those of spec.container.
func secretUses(container *v1alpha1.ContainerSpec) []secretUse {
	if container == nil {
		return nil
	}
	var uses []secretUse
	if ref := container.PullMeshSecretRef; ref != nil {
		uses = append(uses, secretUse{"spec.container.pullMeshSecretRef", *ref, v1alpha1.MeshSecretDocker})
	}
	for _, ref := range container.MeshSecretRefs {
		uses = append(uses, secretUse{"spec.container.meshSecretRefs", ref, v1alpha1.MeshSecretKeys})
	}
	for _, variable := range container.Environment {
		if variable.Secret != nil {
			uses = append(uses, secretUse{fmt.Sprintf(msgVariablePlace, variable.Name), variable.Secret.MeshSecretRef, ""})
		}
	}
	return uses
}

// secretsOf are the MeshSecrets that a container refers to.
func secretsOf(container *v1alpha1.ContainerSpec) []v1alpha1.ResourceReference {
	return converted(secretUses(container), func(use secretUse) v1alpha1.ResourceReference { return use.ref.Resource() })
}

// checkSecrets refuses what MeshAgent would take, and fail at only when the container starts. A
// container of the project has no room.
func checkSecrets(container *v1alpha1.ContainerSpec, room *v1alpha1.ResourceReference, in engine.Inputs) error {
	for _, use := range secretUses(container) {
		secret, ok := in.Resolved(&v1alpha1.MeshSecret{}, use.ref.Resource()).Object.(*v1alpha1.MeshSecret)
		if !ok {
			continue // only its ID is known
		}
		is, must := fitness(use, secret, room, in)
		if is != must {
			return verdict.Invalid(msgUnfitSecret, use.place, use.ref.Name, is, must)
		}
	}
	return nil
}

// fitness says what a secret is and what it must be where it is named, which are the same if all is
// well. Which rooms a container of the project is used in is not known. A room that both refer to in
// one way may have two names for a moment, while it is being renamed.
func fitness(use secretUse, secret *v1alpha1.MeshSecret, ours *v1alpha1.ResourceReference, in engine.Inputs) (is, must string) {
	theirs := secret.Spec.RoomRef
	switch {
	case use.kind != "" && whose(secret) != ofProject:
		return whose(secret), ofProject
	case use.kind != "" && secret.Status.Type != "":
		return fmt.Sprintf("of type %q", secret.Status.Type), fmt.Sprintf("of type %q", use.kind)
	case use.kind == "" && theirs == nil:
		return whose(secret), "a secret of the room"
	case use.kind == "" && ours != nil && *ours != *theirs:
		return whose(secret), ofRoom(in.Resolved(&v1alpha1.MeshRoom{}, *ours).Name)
	}
	return "", ""
}

const ofProject = "a secret of the project"

func ofRoom(name string) string { return fmt.Sprintf("a secret of room %q", name) }

// whose says what a secret is a secret of.
func whose(secret *v1alpha1.MeshSecret) string {
	switch {
	case secret.Spec.RoomRef != nil:
		return ofRoom(secret.Status.Parent)
	case secret.Spec.AgentRef != nil:
		return "a secret of an agent"
	}
	return ofProject
}
