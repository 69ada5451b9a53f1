// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// ContainerTemplate is what MeshAgent adds to a container.
// +kubebuilder:validation:Enum=Agent;None
type ContainerTemplate string

// The container templates.
const (
	// ContainerAgent adds what an agent needs.
	ContainerAgent ContainerTemplate = "Agent"
	// ContainerNone adds nothing.
	ContainerNone ContainerTemplate = "None"
)

// TokenRole is the role of a participant.
// +kubebuilder:validation:Enum=User;Agent;Tool
type TokenRole string

// The roles of participants.
const (
	// RoleUser is the role of people.
	RoleUser TokenRole = "User"
	// RoleAgent is the role of agents.
	RoleAgent TokenRole = "Agent"
	// RoleTool is the role of tools.
	RoleTool TokenRole = "Tool"
)

// ContainerSpec is a container that MeshAgent runs.
type ContainerSpec struct {
	// image is the reference of the container image, with at most 1024 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Image string `json:"image,omitempty"`

	// template is what MeshAgent adds to the container. Agent mounts the storage
	// of the room at /data, and sets the variables of MeshAgent and of the model
	// proxy with an agent's token. None adds nothing. If unset, the operator
	// doesn't manage this field, and MeshAgent's default is Agent.
	// +optional
	Template ContainerTemplate `json:"template,omitempty"`

	// command is the command to run instead of the command of the image, with at
	// most 65536 characters. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	Command string `json:"command,omitempty"`

	// workingDir is the working directory of the command, with at most 4096
	// characters. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	WorkingDir string `json:"workingDir,omitempty"`

	// environment are the environment variables of the container, at most 256. If
	// unset or empty, the operator doesn't manage this field.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Environment []EnvironmentVariable `json:"environment,omitempty"`

	// meshSecretRefs select MeshSecrets of the project with type Keys, at most 64.
	// Each of their keys becomes an environment variable. If unset or empty, the
	// operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	MeshSecretRefs []IDReference `json:"meshSecretRefs,omitempty"`

	// pullMeshSecretRef selects the MeshSecret of the project with type Docker
	// that MeshAgent uses to pull the image. If unset, the operator doesn't manage
	// this field.
	// +optional
	PullMeshSecretRef *IDReference `json:"pullMeshSecretRef,omitempty"`

	// storage is what MeshAgent mounts into the container. If unset, the operator
	// doesn't manage this field.
	// +optional
	Storage *ContainerStorage `json:"storage,omitempty"`

	// onDemand runs the container only while it is used if it is true. If unset,
	// the operator doesn't manage this field.
	// +optional
	OnDemand *bool `json:"onDemand,omitempty"`

	// writableRootFS lets the container write to its root file system if it is
	// true. If unset, the operator doesn't manage this field, and MeshAgent's
	// default is false.
	// +optional
	WritableRootFS *bool `json:"writableRootFS,omitempty"`

	// private is false to let others than the service itself use the container. If
	// unset, the operator doesn't manage this field, and MeshAgent's default is
	// true.
	// +optional
	Private *bool `json:"private,omitempty"`
}

// EnvironmentVariable is an environment variable of a container.
// +kubebuilder:validation:XValidation:rule="(has(self.value) ? 1 : 0) + (has(self.token) ? 1 : 0) + (has(self.secret) ? 1 : 0) == 1",message="set exactly one of value, token and secret"
type EnvironmentVariable struct {
	// name is the name of the variable, with at most 253 characters and without
	// blanks and equals signs.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[^=\s]+$`
	Name string `json:"name,omitempty"`

	// value is the value, with at most 65536 characters. It can be empty. Everyone
	// who can read this object or the service can read it.
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	Value *string `json:"value,omitempty"`

	// token makes the value a participant token, which MeshAgent creates for each
	// container.
	// +optional
	Token *TokenValue `json:"token,omitempty"`

	// secret makes the value that of a secret of the room.
	// +optional
	Secret *SecretValue `json:"secret,omitempty"`
}

// TokenValue describes a participant token.
type TokenValue struct {
	// identity is the name of the participant, with at most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Identity string `json:"identity,omitempty"`

	// role is the role of the participant: User, Agent or Tool. If unset, the
	// operator doesn't manage this field.
	// +optional
	Role TokenRole `json:"role,omitempty"`

	// api are the permissions of the participant. If unset, MeshAgent grants what
	// the role usually needs.
	// +kubebuilder:validation:XValidation:rule="has(self.preset) || has(self.livekit) || has(self.queues) || has(self.messaging) || has(self.dataset) || has(self.memory) || has(self.sync) || has(self.storage) || has(self.containers) || has(self.developer) || has(self.agents) || has(self.llm) || has(self.admin) || has(self.secrets) || has(self.tunnels) || has(self.services)",message="api must not be empty: set preset or a capability, or leave api out"
	// +optional
	API *APIScope `json:"api,omitempty"`
}

// SecretValue is the value of a secret of a room.
type SecretValue struct {
	// identity is the participant who owns the secret, with at most 253
	// characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Identity string `json:"identity,omitempty"`

	// meshSecretRef selects the MeshSecret, which must belong to the room of the
	// service.
	// +required
	MeshSecretRef IDReference `json:"meshSecretRef,omitzero"`
}
