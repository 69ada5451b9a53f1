// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// ProjectRole is what an API key can do in a project.
type ProjectRole struct {
	// name is the name of the role. Longer names are cut after 256 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +optional
	Name string `json:"name,omitempty"`

	// isAdmin is true if the role can do everything in the project.
	// +optional
	IsAdmin *bool `json:"isAdmin,omitempty"`

	// canCreateRooms is true if the role can create rooms.
	// +optional
	CanCreateRooms *bool `json:"canCreateRooms,omitempty"`
}

// ServerDomains are the domains of a MeshAgent server.
type ServerDomains struct {
	// mail is the domain of mailboxes. Longer names are cut after 253 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Mail string `json:"mail,omitempty"`

	// pages is the domain below which routes are. Longer names are cut after 253
	// characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Pages string `json:"pages,omitempty"`

	// registry is the host of the image registry. Longer names are cut after 253
	// characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Registry string `json:"registry,omitempty"`
}
