// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// APIPreset is a set of capabilities to start from.
// +kubebuilder:validation:Enum=User;Agent;Full
type APIPreset string

// The presets. They are those of MeshAgent's own SDKs.
const (
	// PresetUser is what people usually get: all but llm, admin and tunnels.
	PresetUser APIPreset = "User"
	// PresetAgent is what agents usually get: all but admin and tunnels.
	PresetAgent APIPreset = "Agent"
	// PresetFull is everything.
	PresetFull APIPreset = "Full"
)

// APIScope says what a participant may do inside a room. A capability that is given as {} is granted without limits; one that is not
// given, here or by the preset, is withheld. In a capability a list that is not given means no limit, and an empty one means nothing.
type APIScope struct {
	// preset is a set of capabilities to start from, each without limits: User (all but llm, admin and tunnels), Agent (all but admin
	// and tunnels) or Full. A capability that is given here replaces that of the preset. Unset means to start with none.
	// +optional
	Preset APIPreset `json:"preset,omitempty"`

	// livekit is audio and video.
	// +optional
	Livekit *LivekitGrant `json:"livekit,omitempty"`

	// queues are the room's queues.
	// +optional
	Queues *QueuesGrant `json:"queues,omitempty"`

	// messaging is messages between participants.
	// +optional
	Messaging *MessagingGrant `json:"messaging,omitempty"`

	// dataset is the room's tables.
	// +optional
	Dataset *DatasetGrant `json:"dataset,omitempty"`

	// memory is the room's memories.
	// +optional
	Memory *MemoryGrant `json:"memory,omitempty"`

	// sync is synchronised documents.
	// +optional
	Sync *SyncGrant `json:"sync,omitempty"`

	// storage is the room's files.
	// +optional
	Storage *StorageGrant `json:"storage,omitempty"`

	// containers is the room's containers and images.
	// +optional
	Containers *ContainersGrant `json:"containers,omitempty"`

	// developer is what developers look at.
	// +optional
	Developer *DeveloperGrant `json:"developer,omitempty"`

	// agents is agents and their toolkits.
	// +optional
	Agents *AgentsGrant `json:"agents,omitempty"`

	// llm is language models, by way of MeshAgent's proxy.
	// +optional
	LLM *LLMGrant `json:"llm,omitempty"`

	// admin is the administration of the room.
	// +optional
	Admin *AdminGrant `json:"admin,omitempty"`

	// secrets is the room's secrets and OAuth tokens.
	// +optional
	Secrets *SecretsGrant `json:"secrets,omitempty"`

	// tunnels is port forwarding into the room's containers.
	// +optional
	Tunnels *TunnelsGrant `json:"tunnels,omitempty"`

	// services is the list of the room's services.
	// +optional
	Services *ServicesGrant `json:"services,omitempty"`
}

// LivekitGrant is audio and video.
type LivekitGrant struct {
	// breakoutRooms are the breakout rooms that may be joined. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	BreakoutRooms []string `json:"breakoutRooms,omitzero"`
}

// QueuesGrant is the room's queues.
type QueuesGrant struct {
	// send are the queues that may be written. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Send []string `json:"send,omitzero"`

	// receive are the queues that may be consumed. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Receive []string `json:"receive,omitzero"`

	// list says whether queues may be listed. Unset means true.
	// +optional
	List *bool `json:"list,omitempty"`
}

// MessagingGrant is messages between participants.
type MessagingGrant struct {
	// broadcast says whether messages to all may be sent. Unset means true.
	// +optional
	Broadcast *bool `json:"broadcast,omitempty"`

	// list says whether participants may be listed. Unset means true.
	// +optional
	List *bool `json:"list,omitempty"`

	// send says whether messages to one participant may be sent. Unset means true.
	// +optional
	Send *bool `json:"send,omitempty"`
}

// DeveloperGrant is what developers look at.
type DeveloperGrant struct {
	// logs says whether developer logs may be read. Unset means true.
	// +optional
	Logs *bool `json:"logs,omitempty"`
}

// AgentsGrant is agents and their toolkits.
type AgentsGrant struct {
	// registerAgent says whether agents may be registered. Unset means true.
	// +optional
	RegisterAgent *bool `json:"registerAgent,omitempty"`

	// registerPublicToolkit says whether toolkits for all may be registered. Unset means true.
	// +optional
	RegisterPublicToolkit *bool `json:"registerPublicToolkit,omitempty"`

	// registerPrivateToolkit says whether toolkits for oneself may be registered. Unset means true.
	// +optional
	RegisterPrivateToolkit *bool `json:"registerPrivateToolkit,omitempty"`

	// call says whether agents may be called into the room. Unset means true.
	// +optional
	Call *bool `json:"call,omitempty"`

	// useAgents says whether agents may be used. Unset means true.
	// +optional
	UseAgents *bool `json:"useAgents,omitempty"`

	// useTools says whether tools may be used. Unset means true.
	// +optional
	UseTools *bool `json:"useTools,omitempty"`

	// allowedToolkits are the toolkits that may be used. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	AllowedToolkits []string `json:"allowedToolkits,omitzero"`
}

// LLMGrant is language models.
type LLMGrant struct {
	// models are the models that may be used, as provider/model; a trailing * makes a prefix. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Models []string `json:"models,omitzero"`
}

// AdminGrant is the administration of the room.
type AdminGrant struct {
	// config says whether the room's configuration may be changed. Unset means true.
	// +optional
	Config *bool `json:"config,omitempty"`
}

// SecretsGrant is the room's secrets and OAuth tokens.
type SecretsGrant struct {
	// requestOAuthToken are the endpoints for which tokens may be asked. Unset means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +optional
	RequestOAuthToken []OAuthEndpoint `json:"requestOAuthToken,omitzero"`
}

// OAuthEndpoint is a client at an OAuth authorization endpoint.
type OAuthEndpoint struct {
	// endpoint is the authorization endpoint; a trailing * makes it a prefix.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Endpoint string `json:"endpoint,omitempty"`

	// clientID is the id of the OAuth client.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	ClientID string `json:"clientID,omitempty"`
}

// TunnelsGrant is port forwarding into the room's containers.
type TunnelsGrant struct {
	// ports are the container ports that may be forwarded. Unset or empty means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=64
	// +optional
	Ports []string `json:"ports,omitzero"`
}

// ServicesGrant is the list of the room's services.
type ServicesGrant struct {
	// list says whether services may be listed. Unset means true.
	// +optional
	List *bool `json:"list,omitempty"`
}
