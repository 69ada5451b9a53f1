// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"slices"
)

// ManagedAgentSpec is the part of a managed agent that callers write. An unset member leaves the
// current value unchanged. The tag default, here and in all nested types, is the value that
// MeshAgent assumes for an absent member.
type ManagedAgentSpec struct {
	Metadata         ManagedAgentMetadata `json:"metadata"`
	AllowedModels    []AllowedModel       `json:"allowed_models"`
	ThreadIsolation  string               `json:"thread_isolation,omitempty" default:"global"`
	Instructions     string               `json:"instructions,omitempty"`
	Toolkits         []AgentToolkit       `json:"toolkits,omitempty"`
	OutputModalities []string             `json:"output_modalities,omitempty"`
	Store            *bool                `json:"store,omitempty" default:"true"`

	// SecretsOf are the ids of agents, by the ids of their secrets, for secrets that MCP servers
	// name and whose agent is known. An MCP server can only use secrets of its own agent.
	SecretsOf map[string]string `json:"-"`
}

// ManagedAgentMetadata is a managed agent's name and annotations.
type ManagedAgentMetadata struct {
	Name        string            `json:"name"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// AllowedModel is a model that an agent can use.
type AllowedModel struct {
	Provider         string   `json:"provider"`
	Model            string   `json:"model"`
	OutputModalities []string `json:"output_modalities,omitempty"`
}

// The types of toolkits.
const (
	ToolkitWebSearch       = "web_search"
	ToolkitWebFetch        = "web_fetch"
	ToolkitImageGeneration = "image_generation"
	ToolkitMCP             = "mcp"
)

// AgentToolkit is a group of tools. Its type says which of the other members it can have: Servers
// for ToolkitMCP, the rest for ToolkitImageGeneration.
type AgentToolkit struct {
	Type              string           `json:"type"`
	Background        string           `json:"background,omitempty"`
	InputImageMaskURL string           `json:"input_image_mask_url,omitempty"`
	Model             string           `json:"model,omitempty"`
	Moderation        string           `json:"moderation,omitempty"`
	OutputCompression *int64           `json:"output_compression,omitempty"`
	OutputFormat      string           `json:"output_format,omitempty"`
	PartialImages     *int64           `json:"partial_images,omitempty"` // DefaultPartialImages if absent
	Quality           string           `json:"quality,omitempty"`
	Size              string           `json:"size,omitempty"`
	Servers           []AgentMCPServer `json:"servers,omitempty"`
}

// DefaultPartialImages is how many partial images there are if a toolkit does not say it.
const DefaultPartialImages = 1

// AgentMCPServer is an MCP server that an agent uses.
type AgentMCPServer struct {
	ServerLabel           string            `json:"server_label"`
	ServerURL             string            `json:"server_url"`
	AllowedTools          []string          `json:"allowed_tools,omitempty"`
	Authorization         *MCPAuthorization `json:"authorization,omitempty"`
	Headers               []MCPHeader       `json:"headers,omitempty"`
	RequireApproval       string            `json:"require_approval,omitempty"`
	AlwaysRequireApproval []string          `json:"always_require_approval,omitempty"`
	NeverRequireApproval  []string          `json:"never_require_approval,omitempty"`
	OpenAIConnectorID     string            `json:"openai_connector_id,omitempty"`
}

// MCPHeader is an HTTP header.
type MCPHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// The types of secrets that sign an agent in.
const (
	// MCPSecretOfAgent is a secret of the agent.
	MCPSecretOfAgent = "agent"
	// MCPSecretOfUser is a secret of each user.
	MCPSecretOfUser = "user"
)

// MCPAuthorization is how an agent signs in to an MCP server.
type MCPAuthorization struct {
	Type   string    `json:"type"`
	Name   string    `json:"name,omitempty"` // of the header
	Secret MCPSecret `json:"secret"`
}

// MCPSecret names a secret of the agent by its id, or one of each user by its name.
type MCPSecret struct {
	Type       string              `json:"type"`
	SecretID   string              `json:"secret_id,omitempty"`
	SecretName string              `json:"secret_name,omitempty"`
	Prompt     string              `json:"prompt,omitempty"`
	OAuth      *OAuthSecretRequest `json:"oauth,omitempty"`
}

// OAuthSecretRequest is how a user gets a secret by signing in.
type OAuthSecretRequest struct {
	SecretName            string   `json:"secret_name"`
	ClientSecretID        string   `json:"client_secret_id,omitempty"`
	Scopes                []string `json:"scopes,omitempty"`
	AuthorizationEndpoint string   `json:"authorization_endpoint,omitempty"`
	TokenEndpoint         string   `json:"token_endpoint,omitempty"`
	RegistrationEndpoint  string   `json:"registration_endpoint,omitempty"`
	RedirectURI           string   `json:"redirect_uri,omitempty"`
	ClientID              string   `json:"client_id,omitempty"`
	NoPKCE                *bool    `json:"no_pkce,omitempty" default:"false"`
}

// Key is the agent's name.
func (s ManagedAgentSpec) Key() string { return s.Metadata.Name }

// Mark reads the ownership annotation.
func (s ManagedAgentSpec) Mark() Mark { return markIn(s.Metadata.Annotations) }

// WithMark returns a copy with the ownership annotation.
func (s ManagedAgentSpec) WithMark(mark Mark) ManagedAgentSpec {
	s.Metadata.Annotations = withMark(s.Metadata.Annotations, mark)
	return s
}

// UsableBy returns a copy without the MCP servers that need a secret which the agent cannot use,
// because it is another agent's. An agent that does not exist yet ("") has no secrets.
func (s ManagedAgentSpec) UsableBy(agentID string) ManagedAgentSpec {
	isForeign := func(secretID string) bool {
		owner, known := s.SecretsOf[secretID]
		return known && owner != agentID
	}
	lacks := func(server AgentMCPServer) bool {
		if server.Authorization == nil {
			return false
		}
		secret := server.Authorization.Secret
		switch {
		case secret.Type == MCPSecretOfAgent && agentID == "", isForeign(secret.SecretID):
			return true
		}
		return secret.OAuth != nil && isForeign(secret.OAuth.ClientSecretID)
	}
	var toolkits []AgentToolkit
	for _, toolkit := range s.Toolkits {
		servers := slices.DeleteFunc(slices.Clone(toolkit.Servers), lacks)
		if len(servers) == 0 && len(toolkit.Servers) > 0 {
			continue // a toolkit of nothing
		}
		toolkit.Servers = servers
		toolkits = append(toolkits, toolkit)
	}
	s.Toolkits = toolkits
	return s
}

// fill sets the absent members to their defaults.
func (s *ManagedAgentSpec) fill() {
	fillDefaults(s)
	if s.AllowedModels == nil {
		s.AllowedModels = []AllowedModel{}
	}
	for i := range s.Toolkits {
		if toolkit := &s.Toolkits[i]; toolkit.Type == ToolkitImageGeneration && toolkit.PartialImages == nil {
			toolkit.PartialImages = new(int64(DefaultPartialImages))
		}
	}
}

// filled is a deep copy with all defaults, because the SDKs send them, too.
func (s ManagedAgentSpec) filled() ManagedAgentSpec {
	text, err := Encode(s)
	var deep ManagedAgentSpec
	if err == nil {
		err = json.Unmarshal(text, &deep)
	}
	if err != nil {
		panic("meshagent: an agent that cannot be written as JSON: " + err.Error()) // cannot happen with these types
	}
	deep.fill()
	return deep
}
