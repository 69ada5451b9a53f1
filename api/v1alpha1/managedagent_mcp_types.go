// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// MCPToolkit is the tools of MCP servers.
type MCPToolkit struct {
	// servers are the MCP servers, 1 to 32 of them, each with a label of its own.
	// +required
	// +listType=map
	// +listMapKey=label
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Servers []AgentMCPServer `json:"servers,omitempty"`
}

// AgentMCPServer is an MCP server whose tools an agent can use.
type AgentMCPServer struct {
	// label is the name of the server for models, with at most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Label string `json:"label,omitempty"`

	// url is the URL of the server, with at most 2048 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	URL string `json:"url,omitempty"`

	// allowedTools are the names of the tools that the agent can use, at most 256
	// of at most 253 characters. If unset or empty, the operator doesn't manage
	// this field, and MeshAgent's default is all tools.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	// +optional
	AllowedTools []string `json:"allowedTools,omitempty"`

	// authorization is how the agent signs in to the server. If unset, the
	// operator doesn't manage this field.
	// +optional
	Authorization *MCPAuthorization `json:"authorization,omitempty"`

	// headers are HTTP headers to send with each request to the server, at most
	// 64. Kubernetes and MeshAgent store them in plain text, so do not put secrets
	// here. If unset or empty, the operator doesn't manage this field.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Headers []HTTPHeader `json:"headers,omitempty"`

	// requireApproval is when a person must approve the use of a tool: Always or
	// Never. If unset, the operator doesn't manage this field.
	// +optional
	RequireApproval ToolApproval `json:"requireApproval,omitempty"`

	// alwaysRequireApproval are the names of tools that a person must always
	// approve, at most 256 of at most 253 characters. If unset or empty, the
	// operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	// +optional
	AlwaysRequireApproval []string `json:"alwaysRequireApproval,omitempty"`

	// neverRequireApproval are the names of tools that need no approval, at most
	// 256 of at most 253 characters. If unset or empty, the operator doesn't
	// manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	// +optional
	NeverRequireApproval []string `json:"neverRequireApproval,omitempty"`

	// openAIConnectorID is the ID of an OpenAI connector to use instead of the
	// server, with at most 253 characters. If unset, the operator doesn't manage
	// this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	OpenAIConnectorID string `json:"openAIConnectorID,omitempty"`
}

// HTTPHeader is a header of an HTTP request.
type HTTPHeader struct {
	// name is the name of the header, with at most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// value is the value of the header, with at most 4096 characters.
	// +required
	// +kubebuilder:validation:MaxLength=4096
	Value *string `json:"value,omitempty"`
}

// MCPAuthorizationType is where a request carries its secret.
// +kubebuilder:validation:Enum=Bearer;Header
type MCPAuthorizationType string

// The places of a secret.
const (
	// AuthorizationBearer sends the secret as a bearer token.
	AuthorizationBearer MCPAuthorizationType = "Bearer"
	// AuthorizationHeader sends the secret in a header of your choice.
	AuthorizationHeader MCPAuthorizationType = "Header"
)

// MCPAuthorization is how an agent signs in to an MCP server.
// +kubebuilder:validation:XValidation:rule="has(self.name) == (self.type == 'Header')",message="name must be set if, and only if, type is Header"
type MCPAuthorization struct {
	// type is where requests carry the secret: Bearer (as a bearer token) or
	// Header (in the header that name names).
	// +required
	Type MCPAuthorizationType `json:"type,omitempty"`

	// name is the name of the header, with at most 253 characters. Required with
	// type Header, and not allowed with type Bearer.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Name string `json:"name,omitempty"`

	// secret is the secret that requests carry.
	// +required
	Secret MCPSecret `json:"secret,omitzero"`
}

// MCPSecret is the secret that signs an agent in to an MCP server. Set exactly
// one field.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="has(self.agentMeshSecretRef) != has(self.user)",message="set exactly one of agentMeshSecretRef and user"
type MCPSecret struct {
	// agentMeshSecretRef selects a secret of this agent, which all its users
	// share. The MeshSecret must select this agent in its agentRef. Until it is
	// in MeshAgent, the operator leaves the server out of the agent.
	// +optional
	AgentMeshSecretRef *IDReference `json:"agentMeshSecretRef,omitempty"`

	// user is a secret that each user of the agent has for themselves.
	// +optional
	User *MCPUserSecret `json:"user,omitempty"`
}

// MCPUserSecret is a secret that each user of an agent has for themselves.
type MCPUserSecret struct {
	// secretName is the name of the secret of the user, with at most 253
	// characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	SecretName string `json:"secretName,omitempty"`

	// prompt is the text that users see when they are asked for the secret, with
	// at most 4096 characters. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Prompt string `json:"prompt,omitempty"`

	// oauth is how users get the secret by signing in. If unset, the operator
	// doesn't manage this field.
	// +optional
	OAuth *MCPUserOAuth `json:"oauth,omitempty"`
}

// MCPUserOAuth is how users sign in to an MCP server.
type MCPUserOAuth struct {
	// secretName is the name of the secret that holds the token, with at most 253
	// characters. Defaults to secretName of the user.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	SecretName string `json:"secretName,omitempty"`

	// clientID is the ID of the OAuth client, with at most 2048 characters. If
	// unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	ClientID string `json:"clientID,omitempty"`

	// clientMeshSecretRef selects the MeshSecret that holds the secret of the
	// OAuth client. Until it is in MeshAgent, the operator leaves the server out
	// of the agent. If unset, the operator doesn't manage this field.
	// +optional
	ClientMeshSecretRef *IDReference `json:"clientMeshSecretRef,omitempty"`

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

	// registrationEndpoint is the URL that registers OAuth clients, with at most
	// 2048 characters. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	RegistrationEndpoint string `json:"registrationEndpoint,omitempty"`

	// redirectURI is the URL that users come back to after they have signed in,
	// with at most 2048 characters. If unset, the operator doesn't manage this
	// field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	RedirectURI string `json:"redirectURI,omitempty"`

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
