// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// ContainerTemplate says what a container is given beyond its own settings.
// +kubebuilder:validation:Enum=agent;none
type ContainerTemplate string

// TokenRole is what a participant with a token is.
// +kubebuilder:validation:Enum=user;agent;tool
type TokenRole string

// ContainerSpec is a container that MeshAgent runs. What is unset is left to others unless it says otherwise.
type ContainerSpec struct {
	// image is the reference of the container image.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Image string `json:"image,omitempty"`

	// template is agent, to mount the storage of the room at /data and to set MeshAgent's and the model proxy's variables with an
	// agent's token, or none, to add nothing. Unset means MeshAgent's default, agent.
	// +optional
	Template ContainerTemplate `json:"template,omitempty"`

	// command is run in place of the image's own.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	Command string `json:"command,omitempty"`

	// workingDir is the folder in which the command begins.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	WorkingDir string `json:"workingDir,omitempty"`

	// environment are the variables of the container. Unset or empty means that they are left to others.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Environment []EnvironmentVariable `json:"environment,omitempty"`

	// secretRefs name MeshSecrets of type keys in the project: each of their keys becomes a variable. Unset or empty means that they are
	// left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	SecretRefs []ResourceReference `json:"secretRefs,omitempty"`

	// pullSecretRef names the MeshSecret of type docker in the project with which the image is pulled.
	// +optional
	PullSecretRef *ResourceReference `json:"pullSecretRef,omitempty"`

	// storage is what is mounted into the container.
	// +optional
	Storage *ContainerStorage `json:"storage,omitempty"`

	// onDemand is true to run the container only while it is used.
	// +optional
	OnDemand *bool `json:"onDemand,omitempty"`

	// writableRootFs is true to let the container write to its root file system. MeshAgent's default is false.
	// +optional
	WritableRootFs *bool `json:"writableRootFs,omitempty"`

	// private is false to let others than the service itself into the container. Unset means MeshAgent's default, true.
	// +optional
	Private *bool `json:"private,omitempty"`
}

// EnvironmentVariable is a variable of a container.
// +kubebuilder:validation:XValidation:rule="(has(self.value) ? 1 : 0) + (has(self.token) ? 1 : 0) + (has(self.secret) ? 1 : 0) == 1",message="exactly one of value, token and secret must be set"
type EnvironmentVariable struct {
	// name of the variable.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[^=\s]+$`
	Name string `json:"name,omitempty"`

	// value is the value itself, which may be empty. It can be read by whoever may read this object or the service.
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	Value *string `json:"value,omitempty"`

	// token makes the value a participant token that MeshAgent makes anew for each container.
	// +optional
	Token *TokenValue `json:"token,omitempty"`

	// secret makes the value that of a secret of the room.
	// +optional
	Secret *SecretValue `json:"secret,omitempty"`
}

// TokenValue describes a participant token.
type TokenValue struct {
	// identity is the name of the participant.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Identity string `json:"identity,omitempty"`

	// role of the participant: user, agent or tool. Unset means MeshAgent's default.
	// +optional
	Role TokenRole `json:"role,omitempty"`

	// api is what the participant may do. Unset means what is usual for the role.
	// +optional
	API *APIScope `json:"api,omitempty"`
}

// SecretValue is the value of a secret of a room.
type SecretValue struct {
	// identity is the participant whose secret it is.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Identity string `json:"identity,omitempty"`

	// secretRef names the MeshSecret, which must be one of the same room.
	// +required
	SecretRef ResourceReference `json:"secretRef,omitzero"`
}

// ContainerStorage is what is mounted into a container.
type ContainerStorage struct {
	// room are folders of the room's storage. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Room []RoomStorageMount `json:"room,omitempty"`

	// project are folders of the project's storage. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Project []ProjectStorageMount `json:"project,omitempty"`

	// images are contents of container images. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Images []ImageStorageMount `json:"images,omitempty"`

	// files are single files, given here. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Files []FileStorageMount `json:"files,omitempty"`

	// emptyDirs are empty folders, gone with the container. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	EmptyDirs []EmptyDirMount `json:"emptyDirs,omitempty"`

	// configs are folders in which MeshAgent puts files about the service, such as spec.json and members.json.
	// Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	// +optional
	Configs []ConfigMount `json:"configs,omitempty"`
}

// RoomStorageMount is a folder of the room's storage in a container.
type RoomStorageMount struct {
	// path in the container.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// subpath is the folder in the storage. Unset means all of it.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Subpath string `json:"subpath,omitempty"`

	// readOnly is true to refuse writes. Unset means MeshAgent's default, false.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// ProjectStorageMount is a folder of the project's storage in a container.
type ProjectStorageMount struct {
	// path in the container.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// subpath is the folder in the storage. Unset means all of it.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Subpath string `json:"subpath,omitempty"`

	// readOnly is false to allow writes. Unset means MeshAgent's default, true.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// ImageStorageMount is the content of an image in a container.
type ImageStorageMount struct {
	// image is the reference of the image.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Image string `json:"image,omitempty"`

	// path in the container.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// subpath is the folder in the image. Unset means all of it.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Subpath string `json:"subpath,omitempty"`

	// readOnly is false to allow writes. Unset means MeshAgent's default, true.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// FileStorageMount is a file in a container.
type FileStorageMount struct {
	// path in the container.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// text is the content, which may be empty.
	// +required
	// +kubebuilder:validation:MaxLength=524288
	Text *string `json:"text,omitempty"`

	// readOnly is false to allow writes. Unset means MeshAgent's default, true.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// EmptyDirMount is an empty folder in a container.
type EmptyDirMount struct {
	// path in the container.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// readOnly is true to refuse writes. Unset means MeshAgent's default, false.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// ConfigMount is a folder with files about the service in a container.
type ConfigMount struct {
	// path in the container. Unset means MeshAgent's default, /var/run/meshagent.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Path string `json:"path,omitempty"`
}
