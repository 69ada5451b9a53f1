// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import "k8s.io/apimachinery/pkg/runtime"

// ThreadingMode is the thread that receives the messages of a queue.
// +kubebuilder:validation:Enum=DefaultNew
type ThreadingMode string

// The threading modes.
const (
	// ThreadingDefaultNew starts a thread for each message that names no thread.
	ThreadingDefaultNew ThreadingMode = "DefaultNew"
)

// ContentType is the type of a part of a prompt.
// +kubebuilder:validation:Enum=Text;File;Audio
type ContentType string

// The types of parts of a prompt.
const (
	// ContentText is text.
	ContentText ContentType = "Text"
	// ContentFile is a file.
	ContentFile ContentType = "File"
	// ContentAudio is a sound recording.
	ContentAudio ContentType = "Audio"
)

// ServiceAgent is an agent that a service provides.
type ServiceAgent struct {
	// name is the name of the agent as a participant, with at most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// description describes the agent for people and other agents, with at most
	// 16384 characters. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	Description string `json:"description,omitempty"`

	// annotations are annotations to set on the agent, at most 64. MeshAgent reads
	// some of them. If unset, the operator doesn't manage this field.
	// +optional
	Annotations PartAnnotations `json:"annotations,omitempty"`

	// channels are the ways in which work reaches the agent. If unset, the
	// operator doesn't manage this field.
	// +optional
	Channels *AgentChannels `json:"channels,omitempty"`

	// email gives the agent a mailbox. If unset, the operator doesn't manage this
	// field.
	// +optional
	Email *AgentEmail `json:"email,omitempty"`

	// heartbeat wakes the agent at regular intervals. If unset, the operator
	// doesn't manage this field.
	// +optional
	Heartbeat *AgentHeartbeat `json:"heartbeat,omitempty"`
}

// AgentChannels are the ways in which work reaches an agent.
type AgentChannels struct {
	// email are mailboxes, at most 32. If unset or empty, the operator doesn't
	// manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Email []EmailChannel `json:"email,omitempty"`

	// messaging are ways to talk to the agent in the room, at most 32. If unset or
	// empty, the operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Messaging []MessagingChannel `json:"messaging,omitempty"`

	// queue are queues of the room, at most 32. If unset or empty, the operator
	// doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Queue []QueueChannel `json:"queue,omitempty"`

	// toolkit are toolkits through which other participants call the agent, at
	// most 32. If unset or empty, the operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Toolkit []ToolkitChannel `json:"toolkit,omitempty"`
}

// EmailChannel is a mailbox as a way to reach an agent.
type EmailChannel struct {
	// address is the email address of the mailbox, with at most 320 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=320
	Address string `json:"address,omitempty"`

	// private is false to accept mail from everyone. If unset, the operator
	// doesn't manage this field, and MeshAgent's default is true.
	// +optional
	Private *bool `json:"private,omitempty"`

	// annotations are annotations to set on the channel, at most 64. If unset, the
	// operator doesn't manage this field.
	// +optional
	Annotations PartAnnotations `json:"annotations,omitempty"`
}

// MessagingChannel is a way to talk to an agent in the room.
type MessagingChannel struct {
	// protocol is the protocol of the messages, with at most 253 characters. If
	// unset, MeshAgent's default is meshagent.agent-message.v1.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Protocol string `json:"protocol,omitempty"`

	// prompts are suggestions for people who talk to the agent, at most 64. If
	// unset or empty, the operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Prompts []PromptTemplate `json:"prompts,omitempty"`

	// annotations are annotations to set on the channel, at most 64. If unset, the
	// operator doesn't manage this field.
	// +optional
	Annotations PartAnnotations `json:"annotations,omitempty"`
}

// PromptTemplate is a suggestion for people who talk to an agent.
type PromptTemplate struct {
	// name is the name of the suggestion, with at most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// description describes the suggestion, with at most 4096 characters. If
	// unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Description string `json:"description,omitempty"`

	// prompt is the text to send to the agent, with at most 65536 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=65536
	Prompt string `json:"prompt,omitempty"`

	// annotations are annotations to set on the suggestion, at most 64. If unset,
	// the operator doesn't manage this field.
	// +optional
	Annotations PartAnnotations `json:"annotations,omitempty"`
}

// QueueChannel is a queue of the room as a way to reach an agent.
type QueueChannel struct {
	// queue is the name of the queue, with at most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Queue string `json:"queue,omitempty"`

	// threadingMode is the thread that receives the messages. DefaultNew starts a
	// thread for each message that names no thread. If unset, the operator doesn't
	// manage this field.
	// +optional
	ThreadingMode ThreadingMode `json:"threadingMode,omitempty"`

	// messageSchema is a JSON schema, an object, that every message must match. If
	// unset or empty, the operator doesn't manage this field.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +optional
	MessageSchema *runtime.RawExtension `json:"messageSchema,omitempty"`

	// annotations are annotations to set on the channel, at most 64. If unset, the
	// operator doesn't manage this field.
	// +optional
	Annotations PartAnnotations `json:"annotations,omitempty"`
}

// ToolkitChannel is a toolkit through which others call an agent.
type ToolkitChannel struct {
	// name is the name of the toolkit, with at most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// annotations are annotations to set on the channel, at most 64. If unset, the
	// operator doesn't manage this field.
	// +optional
	Annotations PartAnnotations `json:"annotations,omitempty"`
}

// AgentEmail is the mailbox of an agent.
type AgentEmail struct {
	// address is the email address of the mailbox, with at most 320 characters. It
	// must not be blank.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:Pattern=`\S`
	Address string `json:"address,omitempty"`

	// public accepts mail from everyone if it is true. If unset, the operator
	// doesn't manage this field, and MeshAgent's default is false.
	// +optional
	Public *bool `json:"public,omitempty"`
}

// AgentHeartbeat wakes an agent at regular intervals.
type AgentHeartbeat struct {
	// queue is the name of the queue that receives the prompt, with at most 253
	// characters. It must not be blank.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`\S`
	Queue string `json:"queue,omitempty"`

	// threadID is the path of the thread, with at most 4096 characters. MeshAgent
	// replaces {YYYY}, {MM}, {DD}, {HH} and {mm} with the time. If unset, the
	// operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	ThreadID string `json:"threadID,omitempty"`

	// prompt is what the agent receives, in 1 to 32 parts.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Prompt []AgentContent `json:"prompt,omitempty"`

	// minutes is the number of minutes between two heartbeats, from 1 to 5256000.
	// +required
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=5256000
	Minutes int32 `json:"minutes,omitempty"`
}

// AgentContent is a part of a prompt.
// +kubebuilder:validation:XValidation:rule="self.type == 'Text' ? has(self.text) && !has(self.url) : has(self.url) && !has(self.text)",message="set text with type Text, and url with types File and Audio"
// +kubebuilder:validation:XValidation:rule="self.type == 'File' || !has(self.name)",message="name requires type File"
type AgentContent struct {
	// type is the type of this part: Text, File or Audio.
	// +required
	Type ContentType `json:"type,omitempty"`

	// text is the text, with at most 65536 characters. Required with type Text,
	// and not allowed with other types.
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	Text *string `json:"text,omitempty"`

	// url is the URL of the file, such as room:///path, with at most 4096
	// characters. Required with types File and Audio, and not allowed with type
	// Text.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	URL string `json:"url,omitempty"`

	// name is the name of the file, with at most 253 characters. Requires type
	// File. If unset, the file has no name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Name string `json:"name,omitempty"`
}
