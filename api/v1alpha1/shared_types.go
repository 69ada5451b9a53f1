// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// ObjectName is the name of a Kubernetes object.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
type ObjectName string

// Annotations are annotations to set in MeshAgent.
// +kubebuilder:validation:MaxProperties=256
// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('meshagent.com/'))",message="annotations under meshagent.com/ are reserved for the operator: remove them"
// +kubebuilder:validation:XValidation:rule="self.all(k, size(k) > 0 && size(k) <= 253 && size(self[k]) <= 16384)",message="an annotation's key must have 1 to 253 characters, and its value at most 16384"
type Annotations map[string]string

// PartAnnotations are annotations to set on a part of a resource, such as a
// port. The operator keeps nothing of its own there. Rules on their keys would
// cost more than the API server allows, because parts are in lists in lists.
// +kubebuilder:validation:MaxProperties=64
type PartAnnotations map[string]string

// SecretKeyReference selects a key of a Kubernetes Secret in the namespace of
// this object.
type SecretKeyReference struct {
	// name is the name of the Secret. At most 253 characters.
	// +required
	Name ObjectName `json:"name,omitempty"`

	// key is the key in the Secret's data. At most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key,omitempty"`
}

// ConfigMapKeyReference selects a key of a ConfigMap in the namespace of this
// object.
type ConfigMapKeyReference struct {
	// name is the name of the ConfigMap. At most 253 characters.
	// +required
	Name ObjectName `json:"name,omitempty"`

	// key is the key in the ConfigMap's data or binaryData. At most 253
	// characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key,omitempty"`
}
