// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

// ServicePort is a port of a service.
type ServicePort struct {
	Num         Port              `json:"num,omitempty" default:"*"`
	HostPort    *int64            `json:"host_port,omitempty"`
	Type        string            `json:"type,omitempty" default:"http"`
	Endpoints   []ServiceEndpoint `json:"endpoints,omitempty"`
	Liveness    string            `json:"liveness,omitempty"`
	Published   *bool             `json:"published,omitempty"`
	Public      *bool             `json:"public,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ServiceEndpoint is what a port serves below a path.
type ServiceEndpoint struct {
	Path        string               `json:"path"`
	Meshagent   *ParticipantEndpoint `json:"meshagent,omitempty"`
	MCP         *MCPEndpoint         `json:"mcp,omitempty"`
	Annotations map[string]string    `json:"annotations,omitempty"`
}

// ParticipantEndpoint joins the room as a participant.
type ParticipantEndpoint struct {
	Identity string    `json:"identity"`
	API      *APIScope `json:"api,omitempty"`
}

// MCPEndpoint is an MCP server.
type MCPEndpoint struct {
	Label             string             `json:"label"`
	Description       string             `json:"description,omitempty"`
	AllowedTools      []MCPToolFilter    `json:"allowed_tools,omitempty"`
	Headers           map[string]string  `json:"headers,omitempty"`
	RequireApproval   string             `json:"require_approval,omitempty"`
	OAuth             *OAuthClientConfig `json:"oauth,omitempty"`
	OpenAIConnectorID string             `json:"openai_connector_id,omitempty"`
}

// MCPToolFilter selects tools of an MCP server.
type MCPToolFilter struct {
	ToolNames []string `json:"tool_names,omitempty"`
	ReadOnly  *bool    `json:"read_only,omitempty"`
}

// OAuthClientConfig says how users sign in to an MCP server.
type OAuthClientConfig struct {
	ClientID              string   `json:"client_id,omitempty"`
	ClientSecret          *string  `json:"client_secret,omitempty"` // only in requests: nil keeps the current value, "" removes it
	AuthorizationEndpoint string   `json:"authorization_endpoint,omitempty"`
	TokenEndpoint         string   `json:"token_endpoint,omitempty"`
	NoPKCE                *bool    `json:"no_pkce,omitempty"`
	Scopes                []string `json:"scopes,omitempty"`
}
