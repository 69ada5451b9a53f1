// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshsecrets,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshsecrets/status,verbs=patch

// Secret carries a Kubernetes Secret into MeshAgent.
var Secret = engine.Kind[*v1alpha1.MeshSecret, meshagent.SecretSpec, meshagent.Secret]{
	Object:     &v1alpha1.MeshSecret{},
	Collection: secretCollection,
	Parent: func(secret *v1alpha1.MeshSecret, in engine.Inputs) string {
		if ref := secret.Spec.RoomRef; ref != nil {
			return in.Resolved(&v1alpha1.MeshRoom{}, *ref).Name
		}
		if ref := secret.Spec.AgentRef; ref != nil {
			return in.Resolved(&v1alpha1.MeshManagedAgent{}, *ref).ID
		}
		return ""
	},
	References: []engine.Reference[*v1alpha1.MeshSecret]{
		toRooms(func(secret *v1alpha1.MeshSecret) []v1alpha1.ResourceReference { return optional(secret.Spec.RoomRef) }),
		toAgents(func(secret *v1alpha1.MeshSecret) []v1alpha1.ResourceReference { return optional(secret.Spec.AgentRef) }),
	},
	Sources: []engine.Source[*v1alpha1.MeshSecret]{
		engine.FromSecrets(func(secret *v1alpha1.MeshSecret) []string { return []string{string(secret.Spec.SecretRef.Name)} }),
	},
	Needs: func(secret *v1alpha1.MeshSecret) []engine.Need {
		switch {
		case secret.Spec.RoomRef != nil:
			return []engine.Need{{Feature: meshagent.RoomSecrets, Field: "spec.roomRef"}}
		case secret.Spec.AgentRef != nil:
			return []engine.Need{{Feature: meshagent.AgentSecrets, Field: "spec.agentRef"}}
		}
		return nil
	},
	Desired:  desiredSecret,
	Describe: describeSecret,
	Hidden:   []string{"data_base64"},
	Report: func(secret *v1alpha1.MeshSecret, remote meshagent.Secret, _ engine.Inputs) string {
		switch kind := secretTypeWords.shown(remote.Type); kind {
		case string(v1alpha1.MeshSecretKeys), string(v1alpha1.MeshSecretDocker):
			secret.Status.Type = kind
		default: // its media type is what the spec says
			secret.Status.Type = string(v1alpha1.MeshSecretRaw)
		}
		return ""
	},
}

func secretCollection(project *meshagent.Project, secret *v1alpha1.MeshSecret, parent string) meshagent.Collection[meshagent.SecretSpec, meshagent.Secret] {
	spec := secret.Spec
	switch {
	case spec.RoomRef != nil:
		return project.RoomSecrets(parent, spec.ForIdentity, spec.DelegatedTo)
	case spec.AgentRef != nil:
		return project.AgentSecrets(parent, spec.DelegatedTo)
	}
	return project.Secrets()
}

func desiredSecret(secret *v1alpha1.MeshSecret, in engine.Inputs) (meshagent.SecretSpec, error) {
	kind, data, err := secretPayload(secret.Spec, in.Secret(string(secret.Spec.SecretRef.Name)))
	spec := meshagent.SecretSpec{Name: nameOr(secret.Spec.Name, secret), Type: kind, Data: data}
	if secret.Spec.RoomRef != nil || secret.Spec.AgentRef != nil {
		// Chosen by us, it tells after a crash whether the secret was created: nothing else could.
		spec.ID = string(secret.UID)
	}
	return spec, err
}
