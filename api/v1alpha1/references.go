// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// ProjectReference selects a MeshProject.
// +kubebuilder:validation:MinProperties=1
type ProjectReference struct {
	// name is the name of the MeshProject. Defaults to "default". At most 253
	// characters.
	// +optional
	Name ObjectName `json:"name,omitempty"`

	// namespace is the namespace of the MeshProject. The MeshProject must allow
	// the namespace of this object in spec.allowedNamespaces. Defaults to the
	// namespace of this object. At most 63 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
	// +optional
	Namespace string `json:"namespace,omitempty"`
}

// LocalObjectReference selects an object in the namespace of this object.
type LocalObjectReference struct {
	// name is the name of the object. At most 253 characters.
	// +required
	Name ObjectName `json:"name,omitempty"`
}

// Resource is the reference to what the object manages in MeshAgent.
func (r LocalObjectReference) Resource() ResourceReference { return ResourceReference{Name: r.Name} }

// ResourceReference selects a resource in MeshAgent whose name is unique. Set
// exactly one field.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="(has(self.name) ? 1 : 0) + (has(self.externalName) ? 1 : 0) + (has(self.externalID) ? 1 : 0) == 1",message="set exactly one of name (an object in this namespace), externalName and externalID (the name or ID in MeshAgent)"
type ResourceReference struct {
	// name is the name of the object in this namespace that manages the resource.
	// The operator waits until the object is Ready (a MeshManagedAgent need only
	// be in MeshAgent), and follows it when the resource is renamed or created
	// again. At most 253 characters.
	// +optional
	Name ObjectName `json:"name,omitempty"`

	// externalName is the name of the resource in MeshAgent, with at most 253
	// characters. Use it if no object in this namespace manages the resource. It
	// is never taken for an ID.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	ExternalName string `json:"externalName,omitempty"`

	// externalID is the ID of the resource in MeshAgent, with at most 253
	// characters. Use it if no object in this namespace manages the resource. It
	// is never taken for a name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	ExternalID string `json:"externalID,omitempty"`
}

// Resource returns the reference itself, as the other forms of references
// return theirs.
func (r ResourceReference) Resource() ResourceReference { return r }

// IDReference selects a resource in MeshAgent whose name may not be unique.
// Set exactly one field.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="has(self.name) != has(self.externalID)",message="set exactly one of name (an object in this namespace) and externalID (the ID in MeshAgent)"
type IDReference struct {
	// name is the name of the object in this namespace that manages the resource.
	// The operator waits until the object is Ready, and follows it when the
	// resource is created again. At most 253 characters.
	// +optional
	Name ObjectName `json:"name,omitempty"`

	// externalID is the ID of the resource in MeshAgent, with at most 253
	// characters. Use it if no object in this namespace manages the resource.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	ExternalID string `json:"externalID,omitempty"`
}

// Resource is the same as a ResourceReference.
func (r IDReference) Resource() ResourceReference {
	return ResourceReference{Name: r.Name, ExternalID: r.ExternalID}
}

// APIKeyReference selects the key of a Kubernetes Secret that holds an API key
// of MeshAgent.
type APIKeyReference struct {
	// name is the name of the Secret, in the namespace of this object. At most 253
	// characters.
	// +required
	Name ObjectName `json:"name,omitempty"`

	// key is the key in the Secret's data. Defaults to "apiKey". At most 253
	// characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	// +optional
	Key string `json:"key,omitempty"`
}
