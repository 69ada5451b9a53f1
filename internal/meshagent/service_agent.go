// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

// ServiceAgent is an agent that a service provides.
type ServiceAgent struct {
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Channels    *AgentChannels    `json:"channels,omitempty"`
	Email       *AgentEmail       `json:"email,omitempty"`
	Heartbeat   *AgentHeartbeat   `json:"heartbeat,omitempty"`
}

// AgentChannels are the ways in which an agent receives work.
type AgentChannels struct {
	Email     []EmailChannel     `json:"email,omitempty"`
	Messaging []MessagingChannel `json:"messaging,omitempty"`
	Queue     []QueueChannel     `json:"queue,omitempty"`
	Toolkit   []ToolkitChannel   `json:"toolkit,omitempty"`
}

// EmailChannel is a mailbox.
type EmailChannel struct {
	Address     string            `json:"address"`
	Private     *bool             `json:"private,omitempty" default:"true"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// MessagingChannel lets participants talk to an agent in the room.
type MessagingChannel struct {
	Protocol    string            `json:"protocol,omitempty" default:"meshagent.agent-message.v1"`
	Prompts     []PromptTemplate  `json:"prompts,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// PromptTemplate is a suggestion for users.
type PromptTemplate struct {
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	Prompt      string            `json:"prompt"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// QueueChannel is a queue of the room.
type QueueChannel struct {
	Queue         string            `json:"queue"`
	ThreadingMode string            `json:"threading_mode,omitempty"`
	MessageSchema Object            `json:"message_schema,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// ToolkitChannel is a toolkit.
type ToolkitChannel struct {
	Name        string            `json:"name"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// AgentEmail is the mailbox of an agent.
type AgentEmail struct {
	Address string `json:"address"`
	Public  *bool  `json:"public,omitempty" default:"false"`
}

// AgentHeartbeat wakes an agent periodically.
type AgentHeartbeat struct {
	Queue    string         `json:"queue"`
	ThreadID string         `json:"thread_id,omitempty"`
	Prompt   []AgentContent `json:"prompt"`
	Minutes  int64          `json:"minutes"`
}

// AgentContent is a text, a file or a sound, depending on its type.
type AgentContent struct {
	Type string  `json:"type"`
	Text *string `json:"text,omitempty"`
	URL  string  `json:"url,omitempty"`
	Name string  `json:"name,omitempty"`
}
