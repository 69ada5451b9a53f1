// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// ContainerStorage is what MeshAgent mounts into a container.
type ContainerStorage struct {
	// room are folders of the room's storage, at most 64. If unset or empty, the
	// operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Room []RoomStorageMount `json:"room,omitempty"`

	// project are folders of the project's storage, at most 64. If unset or empty,
	// the operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Project []ProjectStorageMount `json:"project,omitempty"`

	// images are contents of container images, at most 64. If unset or empty, the
	// operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Images []ImageStorageMount `json:"images,omitempty"`

	// files are single files whose content is given here, at most 256. If unset or
	// empty, the operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Files []FileStorageMount `json:"files,omitempty"`

	// emptyDirs are empty folders that are deleted with the container, at most 64.
	// If unset or empty, the operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	EmptyDirs []EmptyDirMount `json:"emptyDirs,omitempty"`

	// configs are folders in which MeshAgent puts files about the service, such as
	// spec.json and members.json, at most 16. If unset or empty, the operator
	// doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	// +optional
	Configs []ConfigMount `json:"configs,omitempty"`
}

// RoomStorageMount is a folder of the room's storage in a container.
type RoomStorageMount struct {
	// path is the path in the container, with at most 4096 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// subPath is the folder in the storage to mount, with at most 4096 characters.
	// Defaults to the whole storage.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	SubPath string `json:"subPath,omitempty"`

	// readOnly refuses writes if it is true. If unset, MeshAgent's default is
	// false.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// ProjectStorageMount is a folder of the project's storage in a container.
type ProjectStorageMount struct {
	// path is the path in the container, with at most 4096 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// subPath is the folder in the storage to mount, with at most 4096 characters.
	// Defaults to the whole storage.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	SubPath string `json:"subPath,omitempty"`

	// readOnly refuses writes if it is true. If unset, MeshAgent's default is
	// true.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// ImageStorageMount is the content of an image in a container.
type ImageStorageMount struct {
	// image is the reference of the container image, with at most 1024 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Image string `json:"image,omitempty"`

	// path is the path in the container, with at most 4096 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// subPath is the folder in the image to mount, with at most 4096 characters.
	// Defaults to the whole image.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	SubPath string `json:"subPath,omitempty"`

	// readOnly refuses writes if it is true. If unset, MeshAgent's default is
	// true.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// FileStorageMount is a file in a container.
type FileStorageMount struct {
	// path is the path in the container, with at most 4096 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// text is the content, with at most 524288 characters. It can be empty.
	// +required
	// +kubebuilder:validation:MaxLength=524288
	Text *string `json:"text,omitempty"`

	// readOnly refuses writes if it is true. If unset, MeshAgent's default is
	// true.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// EmptyDirMount is an empty folder in a container.
type EmptyDirMount struct {
	// path is the path in the container, with at most 4096 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// readOnly refuses writes if it is true. If unset, MeshAgent's default is
	// false.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// ConfigMount is a folder with files about the service in a container.
type ConfigMount struct {
	// path is the path in the container, with at most 4096 characters. If unset,
	// MeshAgent's default is /var/run/meshagent.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Path string `json:"path,omitempty"`
}
