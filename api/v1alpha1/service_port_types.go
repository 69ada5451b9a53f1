// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import "k8s.io/apimachinery/pkg/util/intstr"

// PortType is the protocol of a port.
// +kubebuilder:validation:Enum=HTTP;TCP
type PortType string

// The protocols of a port.
const (
	// PortHTTP is for requests over HTTP.
	PortHTTP PortType = "HTTP"
	// PortTCP is for connections of any other protocol.
	PortTCP PortType = "TCP"
)

// ToolApproval is when a person must approve the use of a tool.
// +kubebuilder:validation:Enum=Always;Never
type ToolApproval string

// The approvals of tools.
const (
	// ApproveAlways requires approval each time.
	ApproveAlways ToolApproval = "Always"
	// ApproveNever requires no approval.
	ApproveNever ToolApproval = "Never"
)

// PKCE is whether users sign in with PKCE (RFC 7636).
// +kubebuilder:validation:Enum=Required;Disabled
type PKCE string

// The uses of PKCE.
const (
	// PKCERequired always uses PKCE.
	PKCERequired PKCE = "Required"
	// PKCEDisabled never uses PKCE.
	PKCEDisabled PKCE = "Disabled"
)

// ServicePort is a port of a service.
type ServicePort struct {
	// num is the number of the port, from 1 to 65535 except 8078, which the room
	// uses. "*" lets MeshAgent choose a port. Defaults to "*".
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:MaxLength=5
	// +kubebuilder:validation:XValidation:rule="type(self) == int ? self >= 1 && self <= 65535 && self != 8078 : self == '*'",message="num must be '*' or a number from 1 to 65535 except 8078, which the room uses"
	// +optional
	Num *intstr.IntOrString `json:"num,omitempty"`

	// type is the protocol of the port: HTTP or TCP. Defaults to HTTP.
	// +optional
	Type PortType `json:"type,omitempty"`

	// hostPort is the port of the room's host, from 1 to 65535, that leads to this
	// port. If it is set, published defaults to true. If unset, the operator
	// doesn't manage this field.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	// +optional
	HostPort int32 `json:"hostPort,omitempty"`

	// endpoints are what the port offers to the room, at most 32. If unset or
	// empty, the operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Endpoints []ServiceEndpoint `json:"endpoints,omitempty"`

	// liveness is the path of an HTTP request that the port answers with a status
	// from 200 to 299 when it is ready. It has at most 2048 characters. If unset,
	// the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Liveness string `json:"liveness,omitempty"`

	// published lets routes lead to the port if it is true. Defaults to true with
	// hostPort. Otherwise, if unset, the operator doesn't manage this field.
	// +optional
	Published *bool `json:"published,omitempty"`

	// public lets callers in without a participant token if it is true. If unset,
	// the operator doesn't manage this field, and MeshAgent's default is false.
	// +optional
	Public *bool `json:"public,omitempty"`

	// annotations are annotations to set on the port, at most 64. MeshAgent reads
	// some of them. If unset, the operator doesn't manage this field.
	// +optional
	Annotations PartAnnotations `json:"annotations,omitempty"`
}

// ServiceEndpoint is what a port offers under a path.
// +kubebuilder:validation:XValidation:rule="!(has(self.meshagent) && has(self.mcp))",message="meshagent and mcp cannot both be set"
type ServiceEndpoint struct {
	// path is the path of the endpoint, with at most 2048 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Path string `json:"path,omitempty"`

	// meshagent makes the endpoint join the room as a participant. It cannot be
	// combined with mcp.
	// +optional
	Meshagent *MeshagentEndpoint `json:"meshagent,omitempty"`

	// mcp makes the endpoint an MCP server, whose tools the room can use. It
	// cannot be combined with meshagent.
	// +optional
	MCP *MCPEndpoint `json:"mcp,omitempty"`

	// annotations are annotations to set on the endpoint, at most 64. They
	// override those of the port. If unset, the operator doesn't manage this
	// field.
	// +optional
	Annotations PartAnnotations `json:"annotations,omitempty"`
}

// MeshagentEndpoint is an endpoint that joins the room as a participant.
type MeshagentEndpoint struct {
	// identity is the name of the participant, with at most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Identity string `json:"identity,omitempty"`

	// api are the permissions of the participant. If unset, MeshAgent grants what
	// agents usually need.
	// +kubebuilder:validation:XValidation:rule="has(self.preset) || has(self.livekit) || has(self.queues) || has(self.messaging) || has(self.dataset) || has(self.memory) || has(self.sync) || has(self.storage) || has(self.containers) || has(self.developer) || has(self.agents) || has(self.llm) || has(self.admin) || has(self.secrets) || has(self.tunnels) || has(self.services)",message="api must not be empty: set preset or a capability, or leave api out"
	// +optional
	API *APIScope `json:"api,omitempty"`
}

// MCPEndpoint is an endpoint that is an MCP server.
type MCPEndpoint struct {
	// label is the name of the server for models, with at most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Label string `json:"label,omitempty"`

	// description describes the server for people and models, with at most 16384
	// characters. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	Description string `json:"description,omitempty"`

	// allowedTools are filters, at most 64, that limit which tools can be used. If
	// unset or empty, the operator doesn't manage this field, and MeshAgent's
	// default is all tools.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	AllowedTools []MCPToolFilter `json:"allowedTools,omitempty"`

	// headers are HTTP headers to send with each request to the server, at most
	// 64. Kubernetes and MeshAgent store them in plain text, so do not put secrets
	// here. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Headers map[string]string `json:"headers,omitempty"`

	// requireApproval is when a person must approve the use of a tool: Always or
	// Never. If unset, the operator doesn't manage this field.
	// +optional
	RequireApproval ToolApproval `json:"requireApproval,omitempty"`

	// oauth is how users sign in to the server. If unset, the operator doesn't
	// manage this field.
	// +optional
	OAuth *OAuthClientConfig `json:"oauth,omitempty"`

	// openAIConnectorID is the ID of an OpenAI connector to use instead of the
	// server, with at most 253 characters. If unset, the operator doesn't manage
	// this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	OpenAIConnectorID string `json:"openAIConnectorID,omitempty"`
}

// MCPToolFilter selects tools of an MCP server.
type MCPToolFilter struct {
	// toolNames are the names of the tools to allow, at most 256 of at most 253
	// characters. If unset or empty, all tools are allowed.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	// +optional
	ToolNames []string `json:"toolNames,omitempty"`

	// readOnly allows only tools that change nothing if it is true. If unset, the
	// operator doesn't manage this field.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// OAuthClientConfig is how users sign in to an MCP server.
type OAuthClientConfig struct {
	// clientID is the ID of the OAuth client, with at most 2048 characters. If
	// unset, MeshAgent registers a client if the server allows it.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	ClientID string `json:"clientID,omitempty"`

	// clientSecretRef selects the key of a Kubernetes Secret that holds the secret
	// of the OAuth client. The operator writes the value to MeshAgent, writes it
	// again when the Secret changes, and never reads it back. If you remove
	// clientSecretRef, the operator removes the value from MeshAgent. If it was
	// never set, the operator keeps a value that was set in MeshAgent.
	// +optional
	ClientSecretRef *SecretKeyReference `json:"clientSecretRef,omitempty"`

	// authorizationEndpoint is the URL where users sign in, with at most 2048
	// characters. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	AuthorizationEndpoint string `json:"authorizationEndpoint,omitempty"`

	// tokenEndpoint is the URL that issues tokens, with at most 2048 characters.
	// If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	TokenEndpoint string `json:"tokenEndpoint,omitempty"`

	// pkce is whether users sign in with PKCE: Required, or Disabled for a server
	// that does not support it. If unset, the operator doesn't manage this field,
	// and MeshAgent's default is Required.
	// +optional
	PKCE PKCE `json:"pkce,omitempty"`

	// scopes are the OAuth scopes to request when users sign in, at most 256 of at
	// most 1024 characters. If unset or empty, the operator doesn't manage this
	// field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Scopes []string `json:"scopes,omitempty"`
}
