// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshexternaloauths,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshexternaloauths/status,verbs=patch

// ExternalOAuth keeps a registration with an OAuth provider, of a project or of a room.
var ExternalOAuth = engine.Kind[*v1alpha1.MeshExternalOAuth, meshagent.OAuthRegistrationSpec, meshagent.OAuthRegistration]{
	Object: &v1alpha1.MeshExternalOAuth{},
	Collection: func(project *meshagent.Project, registration *v1alpha1.MeshExternalOAuth, room string) meshagent.Collection[meshagent.OAuthRegistrationSpec, meshagent.OAuthRegistration] {
		if registration.Spec.RoomRef != nil {
			return project.RoomExternalOAuth(room, registration.Spec.DelegatedTo)
		}
		return project.ExternalOAuth(registration.Spec.DelegatedTo)
	},
	Parent: func(registration *v1alpha1.MeshExternalOAuth, in engine.Inputs) string {
		if ref := registration.Spec.RoomRef; ref != nil {
			return in.Resolved(&v1alpha1.MeshRoom{}, *ref).Name
		}
		return ""
	},
	References: []engine.Reference[*v1alpha1.MeshExternalOAuth]{
		toRooms(func(registration *v1alpha1.MeshExternalOAuth) []v1alpha1.ResourceReference {
			return optional(registration.Spec.RoomRef)
		}),
		engine.To(&v1alpha1.MeshSecret{}, func(registration *v1alpha1.MeshExternalOAuth) []v1alpha1.ResourceReference {
			if connector := registration.Spec.Connector; connector != nil {
				return optional(connector.ClientMeshSecretRef)
			}
			return nil
		}),
	},
	Needs: func(*v1alpha1.MeshExternalOAuth) []engine.Need {
		return []engine.Need{{Feature: meshagent.ExternalOAuth, Instead: "Let users store their secrets in MeshAgent Studio instead"}}
	},
	WriteOnly: func(registration *v1alpha1.MeshExternalOAuth) []engine.WriteOnly {
		return []engine.WriteOnly{{Path: drift.Path{"client_secret"}, Field: "spec.clientSecretRef", From: registration.Spec.ClientSecretRef}}
	},
	Desired:  desiredExternalOAuth,
	Defaults: &meshagent.OAuthRegistrationSpec{OAuth: meshagent.OAuthClientConfig{NoPKCE: new(false)}},
	Hidden:   []string{"client_secret", "oauth.client_secret"},
	Describe: func(registration *v1alpha1.MeshExternalOAuth) {
		registration.Status.Scope = "project"
		if ref := registration.Spec.RoomRef; ref != nil {
			registration.Status.Scope = "room/" + nameOfReference(*ref)
		}
	},
}

func desiredExternalOAuth(registration *v1alpha1.MeshExternalOAuth, in engine.Inputs) (meshagent.OAuthRegistrationSpec, error) {
	spec := registration.Spec
	desired := meshagent.OAuthRegistrationSpec{
		ClientID: spec.ClientID, DelegatedTo: spec.DelegatedTo,
		OAuth: meshagent.OAuthClientConfig{
			ClientID: spec.ClientID, AuthorizationEndpoint: spec.OAuth.AuthorizationEndpoint, TokenEndpoint: spec.OAuth.TokenEndpoint,
			NoPKCE: noPKCE(spec.OAuth.PKCE), Scopes: spec.OAuth.Scopes,
		},
	}
	if connector := spec.Connector; connector != nil {
		desired.Connector = &meshagent.ConnectorRef{ServerURL: connector.ServerURL, OpenAIConnectorID: connector.OpenAIConnectorID}
		if ref := connector.ClientMeshSecretRef; ref != nil {
			desired.Connector.ClientSecretID = in.Resolved(&v1alpha1.MeshSecret{}, ref.Resource()).ID
		}
	}
	return desired, nil
}
