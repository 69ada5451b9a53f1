// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"fmt"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// secretUse is a place in a MeshService that names a MeshSecret.
type secretUse struct {
	place string
	ref   v1alpha1.IDReference
	kind  v1alpha1.MeshSecretType // that a secret of the project must have here; "" where a secret of the room is needed
}

func secretUses(service *v1alpha1.MeshService) []secretUse {
	container := service.Spec.Container
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

// secretsOf are the MeshSecrets that a service refers to.
func secretsOf(service *v1alpha1.MeshService) []v1alpha1.ResourceReference {
	return converted(secretUses(service), func(use secretUse) v1alpha1.ResourceReference { return use.ref.Resource() })
}

// checkSecrets refuses what MeshAgent would take, and fail at only when the container starts.
func checkSecrets(service *v1alpha1.MeshService, in engine.Inputs) error {
	for _, use := range secretUses(service) {
		secret, ok := in.Resolved(&v1alpha1.MeshSecret{}, use.ref.Resource()).Object.(*v1alpha1.MeshSecret)
		if !ok {
			continue // only its ID is known
		}
		is, must := fitness(use, secret, service, in)
		if is != must {
			return verdict.Invalid(msgUnfitSecret, use.place, use.ref.Name, is, must)
		}
	}
	return nil
}

// fitness says what a secret is and what it must be where it is named, which are the same if all is
// well. Which rooms a service of the project is used in is not known. A room that both refer to in
// one way may have two names for a moment, while it is being renamed.
func fitness(use secretUse, secret *v1alpha1.MeshSecret, service *v1alpha1.MeshService, in engine.Inputs) (is, must string) {
	ours, theirs := service.Spec.RoomRef, secret.Spec.RoomRef
	switch {
	case use.kind != "" && whose(secret) != ofProject:
		return whose(secret), ofProject
	case use.kind != "" && secret.Status.Type != "":
		return fmt.Sprintf("of type %q", secret.Status.Type), fmt.Sprintf("of type %q", use.kind)
	case use.kind == "" && theirs == nil:
		return whose(secret), "a secret of the service's room"
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
