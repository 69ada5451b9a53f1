// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

// permits is a grant with permissions.
func permits(scope string) string {
	return `spec: {roomRef: {name: r}, userID: u, permissions: ` + scope + `}`
}

const (
	emptyCapability = `an empty capability grants nothing`
	onlyEntry       = `'*' grants all, so it must be the only entry`
)

var _ = describeAdmission("MeshRoomGrant",
	good("of nothing", permits(`{}`)),
	good("of everything that a preset withholds, too", permits(`{preset: User, llm: {models: ["*"]}, admin: {config: true}, tunnels: {ports: ["*"]}}`)),
	good("with flags", permits(`{queues: {list: true}, messaging: {broadcast: false}, developer: {logs: true}, agents: {call: true}, services: {list: true}}`)),
	good("with empty lists", permits(`{livekit: {breakoutRooms: []}, queues: {send: []}, dataset: {tables: []}, storage: {paths: []}, tunnels: {ports: []}}`)),
	good("of all names", permits(`{livekit: {breakoutRooms: ["*"]}, queues: {send: ["*"], receive: [a, b]}, agents: {allowedToolkits: ["*"]}, containers: {pull: ["*"], run: [a*], registry: {list: ["*"], pull: ["*"]}}}`)),
	good("of all by rules", permits(`{dataset: {tables: [{name: "*"}]}, memory: {memories: [{name: "*"}]}, sync: {paths: [{path: "*"}]}, storage: {paths: [{path: "*", readOnly: false}]}, secrets: {requestOAuthToken: [{endpoint: "*"}]}}`)),
	good("of all documents, to read", permits(`{sync: {paths: [{path: "*", readOnly: true}]}}`)),
	good("of all documents, some of them to read", permits(`{sync: {paths: [{path: minutes/*, readOnly: true}, {path: "*"}]}}`)),
	good("of a client at all endpoints", permits(`{secrets: {requestOAuthToken: [{endpoint: "*", clientID: a}, {endpoint: "https://a*", clientID: b}]}}`)),
	good("with rules", permits(`{dataset: {tables: [{name: a, namespace: [b], read: true}]}, memory: {memories: [{name: a, permissions: {query: true}}]}}`)),
	bad("with livekit that is empty", permits(`{livekit: {}}`), emptyCapability),
	bad("with queues that are empty", permits(`{queues: {}}`), emptyCapability),
	bad("with messaging that is empty", permits(`{preset: Full, messaging: {}}`), emptyCapability),
	bad("with a dataset that is empty", permits(`{dataset: {}}`), emptyCapability),
	bad("with a memory that is empty", permits(`{memory: {}}`), emptyCapability),
	bad("with sync that is empty", permits(`{sync: {}}`), emptyCapability),
	bad("with storage that is empty", permits(`{storage: {}}`), emptyCapability),
	bad("with containers that are empty", permits(`{containers: {}}`), emptyCapability),
	bad("with developer that is empty", permits(`{developer: {}}`), emptyCapability),
	bad("with agents that are empty", permits(`{agents: {}}`), emptyCapability),
	bad("with llm that is empty", permits(`{llm: {}}`), emptyCapability),
	bad("with admin that is empty", permits(`{admin: {}}`), emptyCapability),
	bad("with secrets that are empty", permits(`{secrets: {}}`), emptyCapability),
	bad("with tunnels that are empty", permits(`{tunnels: {}}`), emptyCapability),
	bad("with services that are empty", permits(`{services: {}}`), emptyCapability),
	bad("of all queues and of one", permits(`{queues: {send: ["*", a]}}`), onlyEntry),
	bad("of all models and of some", permits(`{llm: {models: [openai/*, "*"]}}`), onlyEntry),
	bad("of all ports and of one", permits(`{tunnels: {ports: ["8000", "*"]}}`), onlyEntry),
	bad("of all repositories and of one", permits(`{containers: {registry: {write: [a, "*"]}}}`), onlyEntry),
	bad("of all tables and of one", permits(`{dataset: {tables: [{name: a, read: true}, {name: "*"}]}}`), `a rule for '*' grants all tables, so it must be the only rule`),
	bad("of all tables, to read", permits(`{dataset: {tables: [{name: "*", read: true}]}}`), `'*' grants all tables with all rights: set no other field`),
	bad("of all tables in a namespace", permits(`{dataset: {tables: [{name: "*", namespace: [a]}]}}`), `'*' grants all tables with all rights: set no other field`),
	bad("of tables in an empty namespace", permits(`{dataset: {tables: [{name: a, namespace: []}]}}`), `namespace in body should have at least 1 items`),
	bad("of all memories and of one", permits(`{memory: {memories: [{name: "*"}, {name: a}]}}`), `a rule for '*' grants all memories, so it must be the only rule`),
	bad("of all memories, to query", permits(`{memory: {memories: [{name: "*", permissions: {query: true}}]}}`), `'*' grants all memories with all rights: set no other field`),
	bad("of a document after all documents", permits(`{sync: {paths: [{path: "*"}, {path: a}]}}`), `a rule for '*' matches all documents, so it must be the last rule`),
	bad("of all documents twice", permits(`{sync: {paths: [{path: "*", readOnly: true}, {path: "*"}]}}`), `a rule for '*' matches all documents, so it must be the last rule`),
	bad("of all files and of some", permits(`{storage: {paths: [{path: /a, readOnly: true}, {path: "*"}]}}`), `a rule for '*' grants all files, so it must be the only rule`),
	bad("of all files, to read", permits(`{storage: {paths: [{path: "*", readOnly: true}]}}`), `'*' grants all files to read and write: readOnly needs a path`),
	bad("of all tokens and of one", permits(`{secrets: {requestOAuthToken: [{endpoint: "*"}, {endpoint: a, clientID: b}]}}`), `a rule with only endpoint '*' grants all, so it must be the only rule`),
	bad("of tokens for no client", permits(`{secrets: {requestOAuthToken: [{endpoint: a}]}}`), `clientID must be set unless endpoint is '*'`),
)

const emptyScope = `api must not be empty: set preset or a capability, or leave api out`

var _ = describeAdmission("MeshService",
	good("with a token's scope", `spec: {container: {image: i, environment: [{name: A, token: {identity: a, api: {preset: Agent, queues: {send: ["*"]}}}}]}}`),
	bad("with a token's scope that is empty", `spec: {container: {image: i, environment: [{name: A, token: {identity: a, api: {}}}]}}`, emptyScope),
	bad("with a token's capability that is empty", `spec: {container: {image: i, environment: [{name: A, token: {identity: a, api: {llm: {}}}}]}}`, emptyCapability),
	good("with an endpoint's scope", `spec: {container: {image: i}, ports: [{num: 80, endpoints: [{path: /a, meshagent: {identity: a, api: {llm: {models: ["*"]}}}}]}]}`),
	bad("with an endpoint's scope that is empty", `spec: {container: {image: i}, ports: [{num: 80, endpoints: [{path: /a, meshagent: {identity: a, api: {}}}]}]}`, emptyScope),
)
