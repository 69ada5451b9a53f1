// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshSecret{}, &MeshSecretList{}) }

// MeshSecretType says what of a Kubernetes Secret becomes what in MeshAgent.
// +kubebuilder:validation:Enum=keys;docker;raw
type MeshSecretType string

// The types.
const (
	// MeshSecretKeys makes a MeshAgent secret of type keys: each key of the Secret becomes a variable.
	MeshSecretKeys MeshSecretType = "keys"
	// MeshSecretDocker makes a MeshAgent secret of type docker: the credential of one image registry.
	MeshSecretDocker MeshSecretType = "docker"
	// MeshSecretRaw carries the bytes of one key as they are.
	MeshSecretRaw MeshSecretType = "raw"
)

// MeshSecretSpec says which Kubernetes Secret to carry into MeshAgent, and how.
// +kubebuilder:validation:XValidation:rule="!(has(self.roomRef) && has(self.agentRef))",message="roomRef and agentRef exclude each other"
// +kubebuilder:validation:XValidation:rule="!has(self.agentRef) || has(self.agentRef.external)",message="agentRef must be external: the id of the agent in MeshAgent"
// +kubebuilder:validation:XValidation:rule="!has(self.forIdentity) || has(self.roomRef)",message="forIdentity is for secrets of rooms: set roomRef"
// +kubebuilder:validation:XValidation:rule="!has(self.delegatedTo) || has(self.roomRef) || has(self.agentRef)",message="delegatedTo is for secrets of rooms and agents: set roomRef or agentRef"
// +kubebuilder:validation:XValidation:rule="(has(self.type) && self.type == 'raw') == has(self.raw)",message="raw must be set if, and only if, type is raw"
// +kubebuilder:validation:XValidation:rule="!has(self.keys) || !has(self.type) || self.type == 'keys'",message="keys is for type keys"
// +kubebuilder:validation:XValidation:rule="!has(self.registry) || !has(self.type) || self.type == 'docker'",message="registry is for type docker"
// +kubebuilder:validation:XValidation:rule="!has(self.keys) || !has(self.registry)",message="keys and registry exclude each other"
// +kubebuilder:validation:XValidation:rule="has(self.roomRef) == has(oldSelf.roomRef) && (!has(self.roomRef) || self.roomRef == oldSelf.roomRef)",message="roomRef cannot be changed: delete the MeshSecret and create it again"
// +kubebuilder:validation:XValidation:rule="has(self.agentRef) == has(oldSelf.agentRef) && (!has(self.agentRef) || self.agentRef == oldSelf.agentRef)",message="agentRef cannot be changed: delete the MeshSecret and create it again"
// +kubebuilder:validation:XValidation:rule="has(self.forIdentity) == has(oldSelf.forIdentity) && (!has(self.forIdentity) || self.forIdentity == oldSelf.forIdentity)",message="forIdentity cannot be changed: delete the MeshSecret and create it again"
// +kubebuilder:validation:XValidation:rule="has(self.delegatedTo) == has(oldSelf.delegatedTo) && (!has(self.delegatedTo) || self.delegatedTo == oldSelf.delegatedTo)",message="delegatedTo cannot be changed: delete the MeshSecret and create it again"
type MeshSecretSpec struct {
	CommonSpec `json:",inline"`

	// name of the secret in MeshAgent. Unset means the name of this object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Name string `json:"name,omitempty"`

	// secretRef names the Kubernetes Secret, in this namespace.
	// +required
	SecretRef LocalSecretReference `json:"secretRef,omitzero"`

	// roomRef makes it a secret of a room. Unset (and agentRef, too) means a secret of the project. It cannot be changed.
	// +optional
	RoomRef *ResourceReference `json:"roomRef,omitempty"`

	// agentRef makes it a secret of a managed agent, whose id is given as external. It cannot be changed.
	// +optional
	AgentRef *ResourceReference `json:"agentRef,omitempty"`

	// type is keys (variables), docker (a registry's credential) or raw (the bytes of one key). Unset means keys if keys is set, and
	// docker if registry is set. With neither of them it is docker for a Secret of type kubernetes.io/dockerconfigjson or
	// kubernetes.io/dockercfg, and keys for all others.
	// +optional
	Type MeshSecretType `json:"type,omitempty"`

	// keys chooses keys of the Secret, and may rename them. Unset means all of them, under their own names. For type keys.
	// +listType=map
	// +listMapKey=key
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Keys []MeshSecretKey `json:"keys,omitempty"`

	// registry is the entry to take of several in a dockerconfigjson, exactly as it is written there, such as ghcr.io. For a Secret
	// with username and password it is the server. For type docker.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Registry string `json:"registry,omitempty"`

	// raw says which bytes to carry. For type raw.
	// +optional
	Raw *MeshSecretRawSource `json:"raw,omitempty"`

	// forIdentity is the participant that owns a secret of a room. Unset means the API key's own. It cannot be changed.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	ForIdentity string `json:"forIdentity,omitempty"`

	// delegatedTo is the participant that may use the secret on behalf of its owner. For secrets of rooms and agents. It cannot
	// be changed.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	DelegatedTo string `json:"delegatedTo,omitempty"`
}

// LocalSecretReference names a Secret in the same namespace.
type LocalSecretReference struct {
	// name of the Secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
	Name string `json:"name,omitempty"`
}

// MeshSecretKey chooses a key of a Secret.
type MeshSecretKey struct {
	// key in the Secret's data.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key,omitempty"`

	// as is the name of the variable in MeshAgent. Unset means the key.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[^=\s]+$`
	// +optional
	As string `json:"as,omitempty"`
}

// MeshSecretRawSource chooses bytes.
type MeshSecretRawSource struct {
	// key in the Secret's data.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key,omitempty"`

	// contentType is the type of the secret in MeshAgent; keys and docker have a meaning of their own and are refused here.
	// Unset means application/octet-stream.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="!(self in ['keys', 'docker'])",message="contentType must be no type with a meaning of its own: use type keys or docker"
	// +optional
	ContentType string `json:"contentType,omitempty"`
}

// MeshSecretStatus says how the secret is doing.
type MeshSecretStatus struct {
	CommonStatus `json:",inline"`

	// type is what MeshAgent takes the secret for: keys, docker, or the content type of raw bytes.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	Type string `json:"type,omitempty"`
}

// MeshSecret carries a Kubernetes Secret into MeshAgent, and keeps it there as the Secret changes: for services, their environment, and for
// pulling their images. Deleting the Secret leaves the value in MeshAgent as it is; deleting the MeshSecret deletes it.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent
// +kubebuilder:printcolumn:name="Secret",type=string,JSONPath=`.spec.secretRef.name`
// +kubebuilder:printcolumn:name="Type",type=string,JSONPath=`.status.type`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshSecret struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec says what to carry into MeshAgent.
	// +required
	Spec MeshSecretSpec `json:"spec,omitzero"`

	// status is the secret as it was found. It never holds a value.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshSecretStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (s *MeshSecret) CommonSpec() *CommonSpec { return &s.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (s *MeshSecret) CommonStatus() *CommonStatus { return &s.Status.CommonStatus }

// MeshSecretList is a list of MeshSecrets.
//
// +kubebuilder:object:root=true
type MeshSecretList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the secrets.
	Items []MeshSecret `json:"items"`
}
