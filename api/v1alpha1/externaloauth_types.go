// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshExternalOAuth{}, &MeshExternalOAuthList{}) }

// MeshExternalOAuthSpec is the desired state of a registration with an OAuth
// provider.
// +kubebuilder:validation:XValidation:rule="has(self.roomRef) == has(oldSelf.roomRef) && (!has(self.roomRef) || self.roomRef == oldSelf.roomRef) && has(self.delegatedTo) == has(oldSelf.delegatedTo) && (!has(self.delegatedTo) || self.delegatedTo == oldSelf.delegatedTo)",message="roomRef and delegatedTo cannot be changed: delete the registration and create another one"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.clientSecretRef) || has(self.clientSecretRef)",message="clientSecretRef cannot be removed: name another Secret, or delete the registration and create it again"
type MeshExternalOAuthSpec struct {
	CommonSpec `json:",inline"`

	// roomRef selects the room that the registration is in. If unset, it is in the
	// project, for all rooms. Immutable.
	// +optional
	RoomRef *ResourceReference `json:"roomRef,omitempty"`

	// clientID is the ID that the provider gave the OAuth client, with at most
	// 2048 characters and no blanks.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:Pattern=`^\S+$`
	ClientID string `json:"clientID,omitempty"`

	// clientSecretRef selects the key of a Kubernetes Secret that holds the secret
	// of the OAuth client. The operator writes the value to MeshAgent, writes it
	// again when the Secret changes, and never reads it back. If unset, the client
	// is public: the operator does not update a registration that has a secret.
	// Once set, it cannot be removed.
	// +optional
	ClientSecretRef *SecretKeyReference `json:"clientSecretRef,omitempty"`

	// oauth is how users sign in. If unset, the operator doesn't manage this field.
	// +optional
	OAuth ExternalOAuthProvider `json:"oauth,omitzero"`

	// connector is what the registration is for. If unset, the operator doesn't
	// manage this field.
	// +optional
	Connector *OAuthConnector `json:"connector,omitempty"`

	// delegatedTo is the participant who can use the registration, with at most
	// 253 characters and no blanks at its ends. If unset, MeshAgent chooses.
	// Immutable.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S(.*\S)?$`
	// +optional
	DelegatedTo string `json:"delegatedTo,omitempty"`
}

// ExternalOAuthProvider is how users sign in with an OAuth provider.
// +kubebuilder:validation:MinProperties=1
type ExternalOAuthProvider struct {
	// authorizationEndpoint is the URL where users sign in, with at most 2048
	// characters. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:Pattern=`^https?://\S+$`
	// +optional
	AuthorizationEndpoint string `json:"authorizationEndpoint,omitempty"`

	// tokenEndpoint is the URL that issues tokens, with at most 2048 characters.
	// If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:Pattern=`^https?://\S+$`
	// +optional
	TokenEndpoint string `json:"tokenEndpoint,omitempty"`

	// pkce is whether users sign in with PKCE: Required, or Disabled for a
	// provider that does not support it. If unset, the operator doesn't manage
	// this field, and MeshAgent's default is Required.
	// +optional
	PKCE PKCE `json:"pkce,omitempty"`

	// scopes are the OAuth scopes to request when users sign in, at most 256 of at
	// most 1024 characters. If unset or empty, the operator doesn't manage this
	// field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Scopes []string `json:"scopes,omitempty"`
}

// OAuthConnector is what a registration is for. Set exactly one of serverURL
// and openAIConnectorID.
// +kubebuilder:validation:XValidation:rule="has(self.serverURL) != has(self.openAIConnectorID)",message="set exactly one of serverURL and openAIConnectorID"
type OAuthConnector struct {
	// serverURL is the URL of an MCP server, with at most 2048 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:Pattern=`^https?://\S+$`
	// +optional
	ServerURL string `json:"serverURL,omitempty"`

	// openAIConnectorID is the ID of an OpenAI connector, with at most 253
	// characters and no blanks.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S+$`
	// +optional
	OpenAIConnectorID string `json:"openAIConnectorID,omitempty"`

	// clientMeshSecretRef selects a MeshSecret with the secret of the client. If
	// unset, the operator doesn't manage this field.
	// +optional
	ClientMeshSecretRef *IDReference `json:"clientMeshSecretRef,omitempty"`
}

// MeshExternalOAuthStatus is the observed state of a registration.
type MeshExternalOAuthStatus struct {
	CommonStatus `json:",inline"`

	// scope is where the registration is, for display: project, or room/ and the
	// name of the room. At most 512 characters.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	Scope string `json:"scope,omitempty"`
}

// MeshExternalOAuth manages a registration of an OAuth client at a provider, of
// a MeshAgent project or of a room: with it, users sign in to a connector.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshExternalOAuth
//	metadata:
//	  name: github
//	spec:
//	  clientID: Iv1.abcdef
//	  clientSecretRef:
//	    name: github-oauth
//	    key: client-secret
//	  oauth:
//	    authorizationEndpoint: https://github.com/login/oauth/authorize
//	    tokenEndpoint: https://github.com/login/oauth/access_token
//	  connector:
//	    serverURL: https://mcp.example.com
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=maoauth
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:selectablefield:JSONPath=.spec.roomRef.name
// +kubebuilder:printcolumn:name="Scope",type=string,JSONPath=`.status.scope`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Client",type=string,priority=1,JSONPath=`.spec.clientID`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshExternalOAuth struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the registration.
	// +required
	Spec MeshExternalOAuthSpec `json:"spec,omitzero"`

	// status is the observed state of the registration.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshExternalOAuthStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (o *MeshExternalOAuth) CommonSpec() *CommonSpec { return &o.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (o *MeshExternalOAuth) CommonStatus() *CommonStatus { return &o.Status.CommonStatus }

// MeshExternalOAuthList is a list of MeshExternalOAuths.
//
// +kubebuilder:object:root=true
type MeshExternalOAuthList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the registrations.
	Items []MeshExternalOAuth `json:"items"`
}
