// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshSecret{}, &MeshSecretList{}) }

// MeshSecretType is what a secret in MeshAgent holds.
// +kubebuilder:validation:Enum=Keys;Docker;Raw
type MeshSecretType string

// The types of secrets.
const (
	// MeshSecretKeys makes each key of the Kubernetes Secret a variable.
	MeshSecretKeys MeshSecretType = "Keys"
	// MeshSecretDocker makes the Kubernetes Secret the credential of one image
	// registry.
	MeshSecretDocker MeshSecretType = "Docker"
	// MeshSecretRaw copies the bytes of one key.
	MeshSecretRaw MeshSecretType = "Raw"
)

// MeshSecretSpec is the desired state of a secret.
// +kubebuilder:validation:XValidation:rule="!(has(self.roomRef) && has(self.agentRef))",message="roomRef and agentRef cannot both be set"
// +kubebuilder:validation:XValidation:rule="!has(self.forIdentity) || has(self.roomRef)",message="forIdentity requires roomRef"
// +kubebuilder:validation:XValidation:rule="!has(self.delegatedTo) || has(self.roomRef) || has(self.agentRef)",message="delegatedTo requires roomRef or agentRef"
// +kubebuilder:validation:XValidation:rule="(has(self.type) && self.type == 'Raw') == has(self.raw)",message="raw must be set if, and only if, type is Raw"
// +kubebuilder:validation:XValidation:rule="!has(self.keys) || !has(self.type) || self.type == 'Keys'",message="keys requires type Keys"
// +kubebuilder:validation:XValidation:rule="!has(self.registry) || !has(self.type) || self.type == 'Docker'",message="registry requires type Docker"
// +kubebuilder:validation:XValidation:rule="!has(self.keys) || !has(self.registry)",message="keys and registry cannot both be set"
// +kubebuilder:validation:XValidation:rule="has(self.roomRef) == has(oldSelf.roomRef) && (!has(self.roomRef) || self.roomRef == oldSelf.roomRef)",message="roomRef cannot be changed: delete the MeshSecret and create it again"
// +kubebuilder:validation:XValidation:rule="has(self.agentRef) == has(oldSelf.agentRef) && (!has(self.agentRef) || self.agentRef == oldSelf.agentRef)",message="agentRef cannot be changed: delete the MeshSecret and create it again"
// +kubebuilder:validation:XValidation:rule="has(self.forIdentity) == has(oldSelf.forIdentity) && (!has(self.forIdentity) || self.forIdentity == oldSelf.forIdentity)",message="forIdentity cannot be changed: delete the MeshSecret and create it again"
// +kubebuilder:validation:XValidation:rule="has(self.delegatedTo) == has(oldSelf.delegatedTo) && (!has(self.delegatedTo) || self.delegatedTo == oldSelf.delegatedTo)",message="delegatedTo cannot be changed: delete the MeshSecret and create it again"
type MeshSecretSpec struct {
	CommonSpec `json:",inline"`

	// name is the name of the secret in MeshAgent, with at most 253 characters.
	// Defaults to the name of this object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Name string `json:"name,omitempty"`

	// secretRef selects the Kubernetes Secret, in this namespace.
	// +required
	SecretRef LocalObjectReference `json:"secretRef,omitzero"`

	// roomRef selects the room that the secret belongs to. If neither roomRef nor
	// agentRef is set, the secret belongs to the project. Immutable.
	// +optional
	RoomRef *ResourceReference `json:"roomRef,omitempty"`

	// agentRef selects the managed agent that the secret belongs to. If neither
	// roomRef nor agentRef is set, the secret belongs to the project. Immutable.
	// +optional
	AgentRef *ResourceReference `json:"agentRef,omitempty"`

	// type is what the secret in MeshAgent holds: Keys (variables), Docker (the
	// credential of an image registry) or Raw (the bytes of one key). Defaults to
	// Keys if keys is set, and to Docker if registry is set. Otherwise it defaults
	// to Docker for a Secret of type kubernetes.io/dockerconfigjson or
	// kubernetes.io/dockercfg, and to Keys for all others.
	// +optional
	Type MeshSecretType `json:"type,omitempty"`

	// keys are the keys of the Secret to use, 1 to 256 of them. Requires type
	// Keys. Defaults to all keys, under their own names.
	// +listType=map
	// +listMapKey=key
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Keys []MeshSecretKey `json:"keys,omitempty"`

	// registry is the entry to use if a dockerconfigjson has several, exactly as
	// it is written there, such as ghcr.io. For a Secret with username and
	// password it is the server of the registry, and required. It has at most 1024
	// characters. Requires type Docker.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Registry string `json:"registry,omitempty"`

	// raw selects the bytes to copy. Required with type Raw, and not allowed with
	// other types.
	// +optional
	Raw *MeshSecretRawSource `json:"raw,omitempty"`

	// forIdentity is the participant who owns the secret of a room, with at most
	// 253 characters. Requires roomRef. Defaults to the identity of the API key.
	// Immutable.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	ForIdentity string `json:"forIdentity,omitempty"`

	// delegatedTo is the participant who can use the secret on behalf of its
	// owner, with at most 253 characters. Requires roomRef or agentRef. If unset,
	// no other participant can. Immutable.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	DelegatedTo string `json:"delegatedTo,omitempty"`
}

// MeshSecretKey selects a key of a Secret.
type MeshSecretKey struct {
	// key is the key in the Secret's data. At most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key,omitempty"`

	// as is the name of the variable in MeshAgent, with at most 253 characters and
	// without blanks and equals signs. Defaults to the key.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[^=\s]+$`
	// +optional
	As string `json:"as,omitempty"`
}

// MeshSecretRawSource selects the bytes of a secret.
type MeshSecretRawSource struct {
	// key is the key in the Secret's data. At most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key,omitempty"`

	// contentType is the media type of the bytes, with at most 255 characters,
	// such as text/plain. Defaults to application/octet-stream.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="!(self.lowerAscii() in ['keys', 'docker', 'raw'])",message="contentType must be a media type, such as text/plain: for variables or a registry's credential, set type to Keys or Docker"
	// +optional
	ContentType string `json:"contentType,omitempty"`
}

// MeshSecretStatus is the observed state of a secret.
type MeshSecretStatus struct {
	CommonStatus `json:",inline"`

	// scope is where the secret is, for display: project, or room/ or agent/ and a
	// name. A UUID is shortened. At most 320 characters.
	// +kubebuilder:validation:MaxLength=320
	// +optional
	Scope string `json:"scope,omitempty"`

	// type is what the secret in MeshAgent holds: Keys, Docker or Raw. At most 256
	// characters.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	Type string `json:"type,omitempty"`
}

// MeshSecret manages a secret in MeshAgent whose value comes from a Kubernetes
// Secret. When the Kubernetes Secret changes, the operator updates MeshAgent.
// If you delete the Kubernetes Secret, the value in MeshAgent stays as it is.
// If you delete the MeshSecret, the operator deletes the secret in MeshAgent.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshSecret
//	metadata:
//	  name: openai
//	spec:
//	  secretRef:
//	    name: openai
//	  keys:
//	  - key: api-key
//	    as: OPENAI_API_KEY
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=masec
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:selectablefield:JSONPath=.spec.roomRef.name
// +kubebuilder:printcolumn:name="Type",type=string,JSONPath=`.status.type`
// +kubebuilder:printcolumn:name="Scope",type=string,JSONPath=`.status.scope`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Secret",type=string,priority=1,JSONPath=`.spec.secretRef.name`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshSecret struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the secret.
	// +required
	Spec MeshSecretSpec `json:"spec,omitzero"`

	// status is the observed state of the secret. It never holds a value.
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
