// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import "k8s.io/apimachinery/pkg/runtime"

// ThreadingMode says in which thread the messages of a queue end up.
// +kubebuilder:validation:Enum=default-new
type ThreadingMode string

// ContentType is the sort of a content.
// +kubebuilder:validation:Enum=text;file;audio
type ContentType string

// ServiceAgent is an agent that a service provides.
type ServiceAgent struct {
	// name of the agent: its identity as a participant.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// description is for people and other agents. Unset means that it is left to others.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	Description string `json:"description,omitempty"`

	// annotations are strings kept with the agent, some of which MeshAgent acts upon. Unset means that they are left to others.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`

	// channels are the ways in which work reaches the agent. Unset means that they are left to others.
	// +optional
	Channels *AgentChannels `json:"channels,omitempty"`

	// email gives the agent a mailbox. Unset means none.
	// +optional
	Email *AgentEmail `json:"email,omitempty"`

	// heartbeat wakes the agent again and again. Unset means that nothing does.
	// +optional
	Heartbeat *AgentHeartbeat `json:"heartbeat,omitempty"`
}

// AgentChannels are the ways in which work reaches an agent.
type AgentChannels struct {
	// email are mailboxes. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Email []EmailChannel `json:"email,omitempty"`

	// messaging are ways to talk to the agent in the room. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Messaging []MessagingChannel `json:"messaging,omitempty"`

	// queue are queues of the room. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Queue []QueueChannel `json:"queue,omitempty"`

	// toolkit are toolkits through which others call the agent. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Toolkit []ToolkitChannel `json:"toolkit,omitempty"`
}

// EmailChannel is a mailbox as a way to reach an agent.
type EmailChannel struct {
	// address of the mailbox.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=320
	Address string `json:"address,omitempty"`

	// private is false to accept mail from anyone. Unset means MeshAgent's default, true.
	// +optional
	Private *bool `json:"private,omitempty"`

	// annotations are strings kept with the channel. Unset means that they are left to others.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// MessagingChannel is a way to talk to an agent in the room.
type MessagingChannel struct {
	// protocol of the messages. Unset means MeshAgent's default, meshagent.agent-message.v1.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Protocol string `json:"protocol,omitempty"`

	// prompts are suggested to people who talk to the agent. Unset or empty means none.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Prompts []PromptTemplate `json:"prompts,omitempty"`

	// annotations are strings kept with the channel. Unset means that they are left to others.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// PromptTemplate is a suggestion to people who talk to an agent.
type PromptTemplate struct {
	// name of the suggestion.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// description is for people. Unset means none.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Description string `json:"description,omitempty"`

	// prompt is the text that is sent.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=65536
	Prompt string `json:"prompt,omitempty"`

	// annotations are strings kept with the suggestion. Unset means that they are left to others.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// QueueChannel is a queue of the room as a way to reach an agent.
type QueueChannel struct {
	// queue is its name.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Queue string `json:"queue,omitempty"`

	// threadingMode is default-new to begin a thread with each message that names none. Unset means MeshAgent's default.
	// +optional
	ThreadingMode ThreadingMode `json:"threadingMode,omitempty"`

	// messageSchema is a JSON schema, an object, that the messages match. Unset or empty means none.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +optional
	MessageSchema *runtime.RawExtension `json:"messageSchema,omitempty"`

	// annotations are strings kept with the channel. Unset means that they are left to others.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ToolkitChannel is a toolkit through which others call an agent.
type ToolkitChannel struct {
	// name of the toolkit.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// annotations are strings kept with the channel. Unset means that they are left to others.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// AgentEmail is the mailbox of an agent.
type AgentEmail struct {
	// address of the mailbox. It must not be blank.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:Pattern=`\S`
	Address string `json:"address,omitempty"`

	// public is true to accept mail from anyone. Unset means MeshAgent's default, false.
	// +optional
	Public *bool `json:"public,omitempty"`
}

// AgentHeartbeat wakes an agent again and again.
type AgentHeartbeat struct {
	// queue through which the agent is woken. It must not be blank.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`\S`
	Queue string `json:"queue,omitempty"`

	// threadID is the path of the thread, in which {YYYY}, {MM}, {DD}, {HH} and {mm} stand for the time. Unset means MeshAgent's default.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	ThreadID string `json:"threadID,omitempty"`

	// prompt is what the agent is told, at least one content.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Prompt []AgentContent `json:"prompt,omitempty"`

	// minutes between two heartbeats, at least 1.
	// +required
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=5256000
	Minutes int32 `json:"minutes,omitempty"`
}

// AgentContent is a part of what an agent is told.
// +kubebuilder:validation:XValidation:rule="self.type == 'text' ? has(self.text) && !has(self.url) : has(self.url) && !has(self.text)",message="a content of type text has text, those of type file and audio have url"
// +kubebuilder:validation:XValidation:rule="self.type == 'file' || !has(self.name)",message="only a content of type file has name"
type AgentContent struct {
	// type is text, file or audio.
	// +required
	Type ContentType `json:"type,omitempty"`

	// text is what is said, for type text.
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	Text *string `json:"text,omitempty"`

	// url is where the content is, such as room:///path, for types file and audio.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	URL string `json:"url,omitempty"`

	// name of the file, for type file. Unset means none.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Name string `json:"name,omitempty"`
}
