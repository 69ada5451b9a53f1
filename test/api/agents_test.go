// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

// agentWith is a MeshManagedAgent with one toolkit.
func agentWith(toolkit string) string {
	return `spec: {allowedModels: [{provider: OpenAI, model: m}], toolkits: [` + toolkit + `]}`
}

// agentServer is a MeshManagedAgent with one MCP server.
func agentServer(members string) string {
	return agentWith(`{type: MCP, mcp: {servers: [{label: l, url: "https://x", ` + members + `}]}}`)
}

var _ = describeAdmission("MeshManagedAgent",
	good("with the least", `spec: {allowedModels: [{provider: OpenAI, model: gpt-5}]}`),
	good("with another name", `spec: {name: The scribe, allowedModels: [{provider: Anthropic, model: claude}]}`),
	bad("without a spec", `{}`, `spec: Required value`),
	bad("without models", `spec: {}`, `spec.allowedModels: Required value`),
	bad("with no models", `spec: {allowedModels: []}`, `spec.allowedModels in body should have at least 1 items`),
	bad("with the name of a route", `spec: {name: sessions, allowedModels: [{provider: OpenAI, model: m}]}`, `an agent cannot have this name`),
	bad("with the name of a folder", `spec: {name: .., allowedModels: [{provider: OpenAI, model: m}]}`, `an agent cannot have this name`),
	bad("with an unknown provider", `spec: {allowedModels: [{provider: openai, model: m}]}`, `supported values: "OpenAI", "Anthropic"`),
	bad("with modalities of a model that has none", `spec: {allowedModels: [{provider: Anthropic, model: m, outputModalities: [text]}]}`, `outputModalities requires provider OpenAI`),
	bad("with an unknown isolation", `spec: {allowedModels: [{provider: OpenAI, model: m}], threadIsolation: global}`, `supported values: "Global", "Participant"`),
	bad("with the operator's annotation", `spec: {allowedModels: [{provider: OpenAI, model: m}], annotations: {meshagent.com/owner: x}}`, reserved),
	good("that searches", agentWith(`{type: WebSearch}, {type: WebFetch}`)),
	good("that makes images", agentWith(`{type: ImageGeneration}`)),
	good("that makes images of a size", agentWith(`{type: ImageGeneration, imageGeneration: {size: 1536x1024, partialImages: 0}}`)),
	bad("with an unknown toolkit", agentWith(`{type: shell}`), `supported values: "WebSearch", "WebFetch", "ImageGeneration", "MCP"`),
	bad("that searches for images", agentWith(`{type: WebSearch, imageGeneration: {}}`), `imageGeneration requires type ImageGeneration`),
	bad("that makes images of an unknown size", agentWith(`{type: ImageGeneration, imageGeneration: {size: 1x1}}`), `supported values: "Auto", "1024x1024", "1024x1536", "1536x1024"`),
	bad("with MCP and no servers", agentWith(`{type: MCP}`), `mcp must be set if, and only if, type is MCP`),
	bad("with an empty list of servers", agentWith(`{type: MCP, mcp: {servers: []}}`), `spec.toolkits[0].mcp.servers in body should have at least 1 items`),
	bad("with servers and another type", agentWith(`{type: WebFetch, mcp: {servers: [{label: l, url: u}]}}`), `mcp must be set if, and only if, type is MCP`),
	bad("with two servers of one label", agentWith(`{type: MCP, mcp: {servers: [{label: l, url: u}, {label: l, url: v}]}}`), `Duplicate value`),
	good("with approvals", agentServer(`requireApproval: Always, neverRequireApproval: [search]`)),
	bad("with an unknown approval", agentServer(`requireApproval: never`), `supported values: "Always", "Never"`),
	good("with a token of its own", agentServer(`authorization: {type: Bearer, secret: {agentMeshSecretRef: {name: s}}}`)),
	good("with a token that no object manages", agentServer(`authorization: {type: Bearer, secret: {agentMeshSecretRef: {externalID: s}}}`)),
	good("with a token of each user", agentServer(`authorization: {type: Header, name: X-Token, secret: {user: {secretName: s, oauth: {clientMeshSecretRef: {name: c}}}}}`)),
	bad("with a token and no secret", agentServer(`authorization: {type: Bearer}`), `authorization.secret: Required value`),
	bad("with a token of two kinds", agentServer(`authorization: {type: Bearer, secret: {agentMeshSecretRef: {name: s}, user: {secretName: s}}}`), `set exactly one of agentMeshSecretRef and user`),
	bad("with a token by a name that may not be unique", agentServer(`authorization: {type: Bearer, secret: {agentMeshSecretRef: {externalName: s}}}`), `unknown field`),
	bad("with a header without a name", agentServer(`authorization: {type: Header, secret: {user: {secretName: s}}}`), `name must be set if, and only if, type is Header`),
	bad("with a header name for a bearer token", agentServer(`authorization: {type: Bearer, name: X, secret: {user: {secretName: s}}}`), `name must be set if, and only if, type is Header`),
)

var _ = describeAdmission("MeshAgentGrant",
	good("for an address", `spec: {agentRef: {name: a}, email: Ops@Example.com}`),
	good("for a user", `spec: {agentRef: {externalName: a}, userID: u, admin: true}`),
	good("for an agent by its ID", `spec: {agentRef: {externalID: a}, userID: u, admin: false}`),
	bad("without a spec", `{}`, `spec: Required value`),
	bad("without an agent", `spec: {userID: u}`, `spec.agentRef: Required value`),
	bad("for two agents", `spec: {agentRef: {name: a, externalName: b}, userID: u}`, oneRef),
	bad("without a user", `spec: {agentRef: {name: a}}`, noPresent),
	bad("for two users", `spec: {agentRef: {name: a}, userID: u, email: a@b}`, noPresent),
	bad("for the user who asks", `spec: {agentRef: {name: a}, userID: me}`, `me is the user who asks: set the ID of a user`),
	bad("with an invalid address", `spec: {agentRef: {name: a}, email: someone}`, `spec.email in body should match`),
	bad("with the permissions of a room", `spec: {agentRef: {name: a}, userID: u, permissions: {}}`, `unknown field "spec.permissions"`),
)

var _ = describeAdmission("MeshAgentRoomGrant",
	good("with a preset", `spec: {agentRef: {name: a}, roomRef: {name: r}, permissions: {preset: Agent}}`),
	good("without rights", `spec: {agentRef: {externalID: a}, roomRef: {externalName: r}, permissions: {}}`),
	bad("without a spec", `{}`, `spec: Required value`),
	bad("without an agent", `spec: {roomRef: {name: r}, permissions: {}}`, `spec.agentRef: Required value`),
	bad("without a room", `spec: {agentRef: {name: a}, permissions: {}}`, `spec.roomRef: Required value`),
	bad("without permissions", `spec: {agentRef: {name: a}, roomRef: {name: r}}`, `spec.permissions: Required value`),
	bad("for a user", `spec: {agentRef: {name: a}, roomRef: {name: r}, permissions: {}, userID: u}`, `unknown field "spec.userID"`),
	bad("for two rooms", `spec: {agentRef: {name: a}, roomRef: {name: r, externalID: s}, permissions: {}}`, oneRef),
)
