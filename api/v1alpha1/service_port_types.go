// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import "k8s.io/apimachinery/pkg/util/intstr"

// PortType is the protocol of a port.
// +kubebuilder:validation:Enum=http;tcp
type PortType string

// ToolApproval says whether somebody has to agree before a tool is used.
// +kubebuilder:validation:Enum=always;never
type ToolApproval string

// ServicePort is where a service is reached.
type ServicePort struct {
	// num is the port, 1 to 65535, or * to let MeshAgent choose one. 8078 is taken by the room. Unset means *.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:MaxLength=5
	// +kubebuilder:validation:XValidation:rule="type(self) == int ? self >= 1 && self <= 65535 && self != 8078 : self == '*'",message="num must be a number from 1 to 65535, but not 8078, which is taken by the room, or '*'"
	// +optional
	Num *intstr.IntOrString `json:"num,omitempty"`

	// type is http or tcp. Unset means MeshAgent's default, http.
	// +optional
	Type PortType `json:"type,omitempty"`

	// hostPort is the port of the room's host, 1 to 65535, on which the port is published. With it, published is true unless it is set.
	// Unset means none.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	// +optional
	HostPort int32 `json:"hostPort,omitempty"`

	// endpoints are what the port offers to the room. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Endpoints []ServiceEndpoint `json:"endpoints,omitempty"`

	// liveness is the path of an HTTP request that is answered with 200 to 299 when the port is ready. Unset means that none is made.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Liveness string `json:"liveness,omitempty"`

	// published is true to let routes lead here. Unset means MeshAgent's default.
	// +optional
	Published *bool `json:"published,omitempty"`

	// public is true to let callers in without a participant token. Unset means MeshAgent's default, false.
	// +optional
	Public *bool `json:"public,omitempty"`

	// annotations are strings kept with the port, some of which MeshAgent acts upon. Unset means that they are left to others.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ServiceEndpoint is what a port offers below a path.
// +kubebuilder:validation:XValidation:rule="!(has(self.meshagent) && has(self.mcp))",message="meshagent and mcp exclude each other"
type ServiceEndpoint struct {
	// path that is called when the service starts.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Path string `json:"path,omitempty"`

	// meshagent makes the endpoint one that joins the room as a participant.
	// +optional
	Meshagent *MeshagentEndpoint `json:"meshagent,omitempty"`

	// mcp makes the endpoint an MCP server, whose tools the room can use.
	// +optional
	MCP *MCPEndpoint `json:"mcp,omitempty"`

	// annotations override those of the port. Unset means that they are left to others.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// MeshagentEndpoint is an endpoint that joins the room as a participant.
type MeshagentEndpoint struct {
	// identity is the name of the participant.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Identity string `json:"identity,omitempty"`

	// api is what the participant may do. Unset means what is usual for agents.
	// +optional
	API *APIScope `json:"api,omitempty"`
}

// MCPEndpoint is an endpoint that is an MCP server.
type MCPEndpoint struct {
	// label names the server to models.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Label string `json:"label,omitempty"`

	// description is for people and models. Unset means that it is left to others.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	Description string `json:"description,omitempty"`

	// allowedTools limit which tools can be used. Unset or empty means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	AllowedTools []MCPToolFilter `json:"allowedTools,omitempty"`

	// headers are sent with each request to the server. They are stored in clear, so this is no place for secrets.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Headers map[string]string `json:"headers,omitempty"`

	// requireApproval is always or never. Unset means MeshAgent's default.
	// +optional
	RequireApproval ToolApproval `json:"requireApproval,omitempty"`

	// oauth is how users sign in to the server. Unset means that it is left to others.
	// +optional
	OAuth *OAuthClientConfig `json:"oauth,omitempty"`

	// openaiConnectorID names a connector of OpenAI to use instead of the server. Unset means none.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	OpenAIConnectorID string `json:"openaiConnectorID,omitempty"`
}

// MCPToolFilter admits tools of an MCP server.
type MCPToolFilter struct {
	// toolNames are the tools that are admitted. Unset or empty means all.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	// +optional
	ToolNames []string `json:"toolNames,omitempty"`

	// readOnly is true to admit only tools that change nothing. Unset means all.
	// +optional
	ReadOnly *bool `json:"readOnly,omitempty"`
}

// OAuthClientConfig is how users sign in to an MCP server. There is no field for the client's secret, since it would be in clear in
// Kubernetes and in the service; one that was set in MeshAgent by other means is kept.
type OAuthClientConfig struct {
	// clientID is the id of the OAuth client. Unset means that MeshAgent registers one, where the server allows that.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	ClientID string `json:"clientID,omitempty"`

	// clientSecretRef names a key of a Kubernetes Secret that holds the secret of the OAuth client. The
	// operator writes the value to MeshAgent, writes it again when the Secret changes, and never reads it
	// back. If you remove clientSecretRef, the operator removes the value from MeshAgent. If it was never
	// set, the operator keeps a value that was set in MeshAgent.
	// +optional
	ClientSecretRef *SecretKeyReference `json:"clientSecretRef,omitempty"`

	// authorizationEndpoint is the URL where users sign in.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	AuthorizationEndpoint string `json:"authorizationEndpoint,omitempty"`

	// tokenEndpoint is the URL where tokens are fetched.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	TokenEndpoint string `json:"tokenEndpoint,omitempty"`

	// noPKCE is true to do without PKCE, for servers that do not know it. Unset means MeshAgent's default, false.
	// +optional
	NoPKCE *bool `json:"noPKCE,omitempty"`

	// scopes are asked for when users sign in. Unset or empty means none.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=1024
	// +optional
	Scopes []string `json:"scopes,omitempty"`
}
