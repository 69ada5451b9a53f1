// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// APIPreset is a set of capabilities to start from.
// +kubebuilder:validation:Enum=User;Agent;Full
type APIPreset string

// The presets. They are those of MeshAgent's own SDKs.
const (
	// PresetUser is what people usually get: all capabilities except llm, admin
	// and tunnels.
	PresetUser APIPreset = "User"
	// PresetAgent is what agents usually get: all capabilities except admin and
	// tunnels.
	PresetAgent APIPreset = "Agent"
	// PresetFull is all capabilities.
	PresetFull APIPreset = "Full"
)

// All is the entry that grants everything: alone in an AllowList, or as the
// name, path or endpoint of the only rule in a list of rules.
const All = "*"

// AllowList is the names that a capability is limited to. "*" as the only
// entry grants all names. An empty list grants none.
// +listType=atomic
// +kubebuilder:validation:MaxItems=256
// +kubebuilder:validation:items:MaxLength=1024
// +kubebuilder:validation:XValidation:rule="size(self) <= 1 || !('*' in self)",message="'*' grants all, so it must be the only entry"
type AllowList []string

// APIScope is what a participant can do in a room. Nothing is granted by
// leaving something out: a capability that neither preset nor the scope names
// is withheld, a flag that is unset is false, and a list that is unset or
// empty grants none of its kind. "*" grants all.
type APIScope struct {
	// preset is a set of capabilities to start from, each without limits: User
	// (all except llm, admin and tunnels), Agent (all except admin and tunnels) or
	// Full (all). A capability that you also set in this scope replaces the whole
	// capability of the preset. If unset, no capability is granted in advance.
	// +optional
	Preset APIPreset `json:"preset,omitempty"`

	// livekit grants access to audio and video. If unset, the preset decides;
	// without a preset, nothing is granted.
	// +optional
	Livekit *LivekitGrant `json:"livekit,omitempty"`

	// queues grants access to the room's queues. If unset, the preset decides;
	// without a preset, nothing is granted.
	// +optional
	Queues *QueuesGrant `json:"queues,omitempty"`

	// messaging grants access to messages between participants. If unset, the
	// preset decides; without a preset, nothing is granted.
	// +optional
	Messaging *MessagingGrant `json:"messaging,omitempty"`

	// dataset grants access to the room's tables. If unset, the preset decides;
	// without a preset, nothing is granted.
	// +optional
	Dataset *DatasetGrant `json:"dataset,omitempty"`

	// memory grants access to the room's memories. If unset, the preset decides;
	// without a preset, nothing is granted.
	// +optional
	Memory *MemoryGrant `json:"memory,omitempty"`

	// sync grants access to synchronized documents. If unset, the preset decides;
	// without a preset, nothing is granted.
	// +optional
	Sync *SyncGrant `json:"sync,omitempty"`

	// storage grants access to the room's files. If unset, the preset decides;
	// without a preset, nothing is granted.
	// +optional
	Storage *StorageGrant `json:"storage,omitempty"`

	// containers grants access to the room's containers and images. If unset, the
	// preset decides; without a preset, nothing is granted.
	// +optional
	Containers *ContainersGrant `json:"containers,omitempty"`

	// developer grants access to developer logs. If unset, the preset decides;
	// without a preset, nothing is granted.
	// +optional
	Developer *DeveloperGrant `json:"developer,omitempty"`

	// agents grants access to agents and their toolkits. If unset, the preset
	// decides; without a preset, nothing is granted.
	// +optional
	Agents *AgentsGrant `json:"agents,omitempty"`

	// llm grants access to language models, through MeshAgent's proxy. If unset,
	// the preset decides; without a preset, nothing is granted.
	// +optional
	LLM *LLMGrant `json:"llm,omitempty"`

	// admin grants access to administration of the room. If unset, the preset
	// decides; without a preset, nothing is granted.
	// +optional
	Admin *AdminGrant `json:"admin,omitempty"`

	// secrets grants access to OAuth tokens. If unset, the preset decides; without
	// a preset, nothing is granted.
	// +optional
	Secrets *SecretsGrant `json:"secrets,omitempty"`

	// tunnels grants access to port forwarding into the room's containers. If
	// unset, the preset decides; without a preset, nothing is granted.
	// +optional
	Tunnels *TunnelsGrant `json:"tunnels,omitempty"`

	// services grants access to the list of the room's services. If unset, the
	// preset decides; without a preset, nothing is granted.
	// +optional
	Services *ServicesGrant `json:"services,omitempty"`
}

// LivekitGrant grants audio and video in the room.
// +kubebuilder:validation:XValidation:rule="has(self.breakoutRooms)",message="an empty capability grants nothing: set breakoutRooms"
type LivekitGrant struct {
	// breakoutRooms are the breakout rooms that can be joined. ["*"] grants all.
	// If unset or empty, none is granted. With an empty list, only the room itself
	// can be joined. At most 256 entries of at most 1024 characters each.
	// +optional
	BreakoutRooms AllowList `json:"breakoutRooms,omitzero"`
}

// QueuesGrant grants access to the room's queues.
// +kubebuilder:validation:XValidation:rule="has(self.send) || has(self.receive) || has(self.list)",message="an empty capability grants nothing: set at least one of send, receive, list"
type QueuesGrant struct {
	// send are the queues that can be written to. ["*"] grants all. If unset or
	// empty, none is granted. At most 256 entries of at most 1024 characters each.
	// +optional
	Send AllowList `json:"send,omitzero"`

	// receive are the queues that can be read from. ["*"] grants all. If unset or
	// empty, none is granted. At most 256 entries of at most 1024 characters each.
	// +optional
	Receive AllowList `json:"receive,omitzero"`

	// list allows listing queues. Defaults to false.
	// +optional
	List *bool `json:"list,omitempty"`
}

// MessagingGrant grants messages between participants.
// +kubebuilder:validation:XValidation:rule="has(self.broadcast) || has(self.list) || has(self.send)",message="an empty capability grants nothing: set at least one of broadcast, list, send"
type MessagingGrant struct {
	// broadcast allows sending messages to all participants. Defaults to false.
	// +optional
	Broadcast *bool `json:"broadcast,omitempty"`

	// list allows listing participants. Defaults to false.
	// +optional
	List *bool `json:"list,omitempty"`

	// send allows sending messages to one participant. Defaults to false.
	// +optional
	Send *bool `json:"send,omitempty"`
}

// DeveloperGrant grants access to developer logs.
// +kubebuilder:validation:XValidation:rule="has(self.logs)",message="an empty capability grants nothing: set logs"
type DeveloperGrant struct {
	// logs allows reading developer logs. Defaults to false.
	// +optional
	Logs *bool `json:"logs,omitempty"`
}

// AgentsGrant grants access to agents and their toolkits.
// +kubebuilder:validation:XValidation:rule="has(self.registerAgent) || has(self.registerPublicToolkit) || has(self.registerPrivateToolkit) || has(self.call) || has(self.useAgents) || has(self.useTools) || has(self.allowedToolkits)",message="an empty capability grants nothing: set at least one of registerAgent, registerPublicToolkit, registerPrivateToolkit, call, useAgents, useTools, allowedToolkits"
type AgentsGrant struct {
	// registerAgent allows registering agents. Defaults to false.
	// +optional
	RegisterAgent *bool `json:"registerAgent,omitempty"`

	// registerPublicToolkit allows registering toolkits for all participants.
	// Defaults to false.
	// +optional
	RegisterPublicToolkit *bool `json:"registerPublicToolkit,omitempty"`

	// registerPrivateToolkit allows registering toolkits for the participant
	// alone. Defaults to false.
	// +optional
	RegisterPrivateToolkit *bool `json:"registerPrivateToolkit,omitempty"`

	// call allows calling agents into the room. Defaults to false.
	// +optional
	Call *bool `json:"call,omitempty"`

	// useAgents allows using agents. Defaults to false.
	// +optional
	UseAgents *bool `json:"useAgents,omitempty"`

	// useTools allows using tools. Defaults to false.
	// +optional
	UseTools *bool `json:"useTools,omitempty"`

	// allowedToolkits are the toolkits that can be used. ["*"] grants all. If
	// unset or empty, none is granted. At most 256 entries of at most 1024
	// characters each.
	// +optional
	AllowedToolkits AllowList `json:"allowedToolkits,omitzero"`
}

// LLMGrant grants access to language models.
// +kubebuilder:validation:XValidation:rule="has(self.models)",message="an empty capability grants nothing: set models"
type LLMGrant struct {
	// models are the models that can be used, as provider/model. A trailing *
	// makes an entry a prefix. ["*"] grants all. If unset or empty, none is
	// granted. At most 256 entries of at most 1024 characters each.
	// +optional
	Models AllowList `json:"models,omitzero"`
}

// AdminGrant grants administration of the room.
// +kubebuilder:validation:XValidation:rule="has(self.config)",message="an empty capability grants nothing: set config"
type AdminGrant struct {
	// config allows changing the room's configuration. Defaults to false.
	// +optional
	Config *bool `json:"config,omitempty"`
}

// SecretsGrant grants access to OAuth tokens.
// +kubebuilder:validation:XValidation:rule="has(self.requestOAuthToken)",message="an empty capability grants nothing: set requestOAuthToken"
type SecretsGrant struct {
	// requestOAuthToken are the OAuth clients for which tokens can be requested.
	// One rule with only endpoint "*" grants all. If unset or empty, none is
	// granted. At most 256 entries.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:XValidation:rule="size(self) <= 1 || !self.exists(e, e.endpoint == '*' && !has(e.clientID))",message="a rule with only endpoint '*' grants all, so it must be the only rule"
	// +optional
	RequestOAuthToken []OAuthEndpoint `json:"requestOAuthToken,omitzero"`
}

// OAuthEndpoint is a client at an OAuth authorization endpoint.
// +kubebuilder:validation:XValidation:rule="has(self.clientID) || self.endpoint == '*'",message="clientID must be set unless endpoint is '*'"
type OAuthEndpoint struct {
	// endpoint is the authorization endpoint. A trailing * makes it a prefix. "*"
	// without clientID grants all endpoints and clients. At most 2048 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Endpoint string `json:"endpoint,omitempty"`

	// clientID is the id of the OAuth client. Required unless endpoint is "*".
	// With endpoint "*", the rule grants this client at all endpoints. At most
	// 1024 characters.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	ClientID string `json:"clientID,omitempty"`
}

// TunnelsGrant grants port forwarding into the room's containers.
// +kubebuilder:validation:XValidation:rule="has(self.ports)",message="an empty capability grants nothing: set ports"
type TunnelsGrant struct {
	// ports are the container ports that can be forwarded, as strings. ["*"]
	// grants all. If unset or empty, none is granted. At most 256 entries of at
	// most 1024 characters each.
	// +optional
	Ports AllowList `json:"ports,omitzero"`
}

// ServicesGrant grants the list of the room's services.
// +kubebuilder:validation:XValidation:rule="has(self.list)",message="an empty capability grants nothing: set list"
type ServicesGrant struct {
	// list allows listing services. Defaults to false.
	// +optional
	List *bool `json:"list,omitempty"`
}
