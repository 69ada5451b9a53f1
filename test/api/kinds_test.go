// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import "strings"

const (
	reserved  = `annotations under meshagent.com/ are reserved for the operator`
	sizes     = `an annotation's key must have 1 to 253 characters, and its value at most 16384`
	oneRef    = `set exactly one of name (an object in this namespace), externalName and externalID`
	oneID     = `set exactly one of name (an object in this namespace) and externalID`
	oneAgent  = `set exactly one of externalName and externalID`
	noPresent = `set exactly one of userID and email`
)

var _ = describeAdmission("MeshRoomGrant",
	good("for an address", `spec: {roomRef: {name: r}, email: Ops@Example.com, permissions: {preset: User}}`),
	good("for a user", `spec: {roomRef: {externalName: r}, userID: u, permissions: {}}`),
	good("in a room by its ID", `spec: {roomRef: {externalID: 5F0C6D0A-0000-4000-8000-000000000001}, userID: u, permissions: {}}`),
	bad("without a spec", `{}`, `spec: Required value`),
	bad("without a room", `spec: {userID: u, permissions: {}}`, `spec.roomRef: Required value`),
	bad("with an empty room", `spec: {roomRef: {}, userID: u, permissions: {}}`, `spec.roomRef`),
	bad("with two rooms", `spec: {roomRef: {name: a, externalName: b}, userID: u, permissions: {}}`, oneRef),
	bad("with a room by name and ID", `spec: {roomRef: {externalName: b, externalID: c}, userID: u, permissions: {}}`, oneRef),
	bad("with a room that may be a name or an ID", `spec: {roomRef: {external: b}, userID: u, permissions: {}}`, `unknown field "spec.roomRef.external"`),
	bad("with a room without an ID", `spec: {roomRef: {externalID: ""}, userID: u, permissions: {}}`, `spec.roomRef.externalID in body should be at least 1 chars long`),
	bad("with a room that no object can be called", `spec: {roomRef: {name: The room}, userID: u, permissions: {}}`, `spec.roomRef.name in body should match`),
	bad("without a user", `spec: {roomRef: {name: r}, permissions: {}}`, noPresent),
	bad("for two users", `spec: {roomRef: {name: r}, userID: u, email: a@b, permissions: {}}`, noPresent),
	bad("for the user who asks", `spec: {roomRef: {name: r}, userID: me, permissions: {}}`, `me is the user who asks: set the ID of a user`),
	bad("with an invalid address", `spec: {roomRef: {name: r}, email: someone, permissions: {}}`, `spec.email in body should match`),
	bad("without permissions", `spec: {roomRef: {name: r}, userID: u}`, `spec.permissions: Required value`),
	bad("with an unknown preset", `spec: {roomRef: {name: r}, userID: u, permissions: {preset: Admin}}`, `supported values: "User", "Agent", "Full"`),
	bad("with an unknown capability", `spec: {roomRef: {name: r}, userID: u, permissions: {root: {}}}`, `unknown field "spec.permissions.root"`),
)

var _ = describeAdmission("MeshSecret",
	good("with the least", `spec: {secretRef: {name: s}}`),
	good("with chosen keys", `spec: {secretRef: {name: s}, type: Keys, keys: [{key: a.b, as: A_B}, {key: c}]}`),
	good("with a registry", `spec: {secretRef: {name: s}, type: Docker, registry: "https://index.docker.io/v1/"}`),
	good("with bytes for a participant", `spec: {secretRef: {name: s}, roomRef: {externalName: r}, forIdentity: a, delegatedTo: b, type: Raw, raw: {key: k, contentType: text/plain}}`),
	good("for an agent", `spec: {secretRef: {name: s}, agentRef: {externalName: a}, delegatedTo: b}`),
	good("for an agent by its ID", `spec: {secretRef: {name: s}, agentRef: {externalID: a}}`),
	bad("for an agent by name and ID", `spec: {secretRef: {name: s}, agentRef: {externalName: a, externalID: b}}`, oneAgent),
	bad("for no agent", `spec: {secretRef: {name: s}, agentRef: {}}`, `spec.agentRef`),
	bad("without a spec", `{}`, `spec: Required value`),
	bad("without a Secret", `spec: {}`, `spec.secretRef: Required value`),
	bad("with the values themselves", `spec: {secretRef: {name: s}, data: {a: b}}`, `unknown field "spec.data"`),
	bad("with two owners", `spec: {secretRef: {name: s}, roomRef: {name: r}, agentRef: {externalID: a}}`, `roomRef and agentRef cannot both be set`),
	bad("for an object that is an agent, because there is no such kind", `spec: {secretRef: {name: s}, agentRef: {name: a}}`, `unknown field "spec.agentRef.name"`),
	bad("for a participant of no room", `spec: {secretRef: {name: s}, forIdentity: a}`, `forIdentity requires roomRef`),
	bad("delegated in the project", `spec: {secretRef: {name: s}, delegatedTo: a}`, `delegatedTo requires roomRef or agentRef`),
	bad("with type raw and nothing raw", `spec: {secretRef: {name: s}, type: Raw}`, `raw must be set if, and only if, type is Raw`),
	bad("with something raw and another type", `spec: {secretRef: {name: s}, type: Keys, raw: {key: k}}`, `raw must be set if, and only if, type is Raw`),
	bad("with keys and another type", `spec: {secretRef: {name: s}, type: Docker, keys: [{key: k}]}`, `keys requires type Keys`),
	bad("with a registry and another type", `spec: {secretRef: {name: s}, type: Keys, registry: ghcr.io}`, `registry requires type Docker`),
	good("with a registry and no type", `spec: {secretRef: {name: s}, registry: ghcr.io}`),
	good("with keys and no type", `spec: {secretRef: {name: s}, keys: [{key: k}]}`),
	bad("with keys and a registry", `spec: {secretRef: {name: s}, keys: [{key: k}], registry: ghcr.io}`, `keys and registry cannot both be set`),
	bad("with a variable that no environment can have", `spec: {secretRef: {name: s}, keys: [{key: k, as: A=B}]}`, `spec.keys[0].as in body should match`),
	bad("with a variable with a blank in its name", `spec: {secretRef: {name: s}, keys: [{key: k, as: A B}]}`, `spec.keys[0].as in body should match`),
	bad("with a content type that means something else", `spec: {secretRef: {name: s}, type: Raw, raw: {key: k, contentType: docker}}`, `contentType must be a media type`),
	bad("with a content type that reads like another type", `spec: {secretRef: {name: s}, type: Raw, raw: {key: k, contentType: Keys}}`, `contentType must be a media type`),
	bad("with an unknown type", `spec: {secretRef: {name: s}, type: opaque}`, `supported values: "Keys", "Docker", "Raw"`),
	bad("with MeshAgent's word for a type", `spec: {secretRef: {name: s}, type: keys}`, `supported values: "Keys", "Docker", "Raw"`),
	bad("with a key twice", `spec: {secretRef: {name: s}, keys: [{key: k}, {key: k, as: K}]}`, `Duplicate value`),
	bad("with a key that no Secret can have", `spec: {secretRef: {name: s}, keys: [{key: "a/b"}]}`, `spec.keys[0].key in body should match`),
	bad("with no keys", `spec: {secretRef: {name: s}, keys: []}`, `spec.keys in body should have at least 1 items`),
)

var _ = describeAdmission("MeshRoute",
	good("to a room", `spec: {domain: a.example.com, backend: {roomRef: {name: r}}, paths: [{targetPort: 8000}, {path: /a, pathType: Exact, targetPort: web, stripPrefix: true}]}`),
	good("to an agent", `spec: {domain: a.example.com, backend: {agentRef: {externalName: a}}}`),
	good("to an agent by its ID", `spec: {domain: a.example.com, backend: {agentRef: {externalID: a}}}`),
	bad("to an agent by name and ID", `spec: {domain: a.example.com, backend: {agentRef: {externalName: a, externalID: b}}}`, oneAgent),
	bad("without a spec", `{}`, `spec: Required value`),
	bad("without a domain", `spec: {backend: {agentRef: {externalName: a}}}`, `spec.domain: Required value`),
	bad("with a URL for a domain", `spec: {domain: "https://a.example.com", backend: {agentRef: {externalName: a}}}`, `spec.domain in body should match`),
	bad("with capitals in the domain", `spec: {domain: A.example.com, backend: {agentRef: {externalName: a}}}`, `spec.domain in body should match`),
	bad("with a path for a domain", `spec: {domain: "a/../b", backend: {agentRef: {externalName: a}}}`, `spec.domain in body should match`),
	bad("with a long domain", `spec: {domain: `+strings.Repeat("a", 254)+`, backend: {agentRef: {externalName: a}}}`, `spec.domain: Too long: may not be more than 253`),
	bad("to nowhere", `spec: {domain: a.example.com, backend: {}}`, `spec.backend`),
	bad("to two", `spec: {domain: a.example.com, backend: {roomRef: {name: r}, agentRef: {externalName: a}}, paths: [{targetPort: 1}]}`, `set exactly one of roomRef and agentRef`),
	bad("to an object that is an agent, because there is no such kind", `spec: {domain: a.example.com, backend: {agentRef: {name: a}}}`, `unknown field "spec.backend.agentRef.name"`),
	bad("to a room without a path", `spec: {domain: a.example.com, backend: {roomRef: {name: r}}}`, `set paths with backend.roomRef, and only with backend.roomRef`),
	bad("to an agent with a path", `spec: {domain: a.example.com, backend: {agentRef: {externalName: a}}, paths: [{targetPort: 1}]}`, `set paths with backend.roomRef, and only with backend.roomRef`),
	bad("with a path that does not begin with a slash", `spec: {domain: a.example.com, backend: {roomRef: {name: r}}, paths: [{path: a, targetPort: 1}]}`, `spec.paths[0].path in body should match '^/'`),
	bad("with port zero", `spec: {domain: a.example.com, backend: {roomRef: {name: r}}, paths: [{targetPort: 0}]}`, `targetPort must be a port from 1 to 65535, or a name`),
	good("with a port in quotes", `spec: {domain: a.example.com, backend: {roomRef: {name: r}}, paths: [{targetPort: "8000"}, {targetPort: "65535"}, {targetPort: 8000-web}]}`),
	bad("with port zero in quotes", `spec: {domain: a.example.com, backend: {roomRef: {name: r}}, paths: [{targetPort: "0"}]}`, `targetPort must be a port from 1 to 65535, or a name`),
	bad("with a port that is too high in quotes", `spec: {domain: a.example.com, backend: {roomRef: {name: r}}, paths: [{targetPort: "70000"}]}`, `targetPort must be a port from 1 to 65535, or a name`),
	bad("with a port beyond all numbers", `spec: {domain: a.example.com, backend: {roomRef: {name: r}}, paths: [{targetPort: "99999999999999999999999"}]}`, `targetPort must be a port from 1 to 65535, or a name`),
	bad("with a negative port in quotes", `spec: {domain: a.example.com, backend: {roomRef: {name: r}}, paths: [{targetPort: "-1"}]}`, `targetPort must be a port from 1 to 65535, or a name`),
	bad("with an unknown type of path", `spec: {domain: a.example.com, backend: {roomRef: {name: r}}, paths: [{pathType: prefix, targetPort: 1}]}`, `supported values: "Prefix", "Exact"`),
	bad("with the operator's annotation", `spec: {domain: a.example.com, backend: {agentRef: {externalName: a}}, annotations: {meshagent.com/owner: x}}`, reserved),
)

var _ = describeAdmission("MeshFeed",
	good("without a spec", `{}`),
	good("with everything", `spec: {name: The orders, description: "", visibility: Public, paused: false, annotations: {a: b}, messageSchema: {type: object}}`),
	good("with a schema that takes all", `spec: {messageSchema: true}`),
	bad("with an empty name", `spec: {name: ""}`, `spec.name in body should be at least 1 chars long`),
	bad("with a blank name", `spec: {name: "  "}`, `spec.name in body should match`),
	bad("with a long name", `spec: {name: `+strings.Repeat("a", 254)+`}`, `spec.name: Too long: may not be more than 253`),
	bad("with an unknown visibility", `spec: {visibility: project}`, `supported values: "Public", "Project", "Private"`),
	bad("with the operator's annotation", `spec: {annotations: {meshagent.com/adopted: x}}`, reserved),
	bad("with an annotation without a key", `spec: {annotations: {"": x}}`, sizes),
	bad("with an annotation with a long key", `spec: {annotations: {`+strings.Repeat("a", 254)+`: x}}`, sizes),
	bad("with an annotation with a long value", `spec: {annotations: {a: `+strings.Repeat("a", 16385)+`}}`, sizes),
)

var _ = describeAdmission("MeshFeedSubscription",
	good("with the least", `spec: {feedRef: {name: f}, roomRef: {name: r}, path: /}`),
	good("of what no object manages", `spec: {feedRef: {externalID: f}, roomRef: {externalID: r}, path: a/, filenameFormat: YYYY, annotations: {a: b}}`),
	bad("without a spec", `{}`, `spec: Required value`),
	bad("without a feed", `spec: {roomRef: {name: r}, path: /}`, `spec.feedRef: Required value`),
	bad("without a room", `spec: {feedRef: {name: f}, path: /}`, `spec.roomRef: Required value`),
	bad("without a path", `spec: {feedRef: {name: f}, roomRef: {name: r}}`, `spec.path: Required value`),
	bad("with an empty path", `spec: {feedRef: {name: f}, roomRef: {name: r}, path: ""}`, `spec.path in body should be at least 1 chars long`),
	bad("with two feeds", `spec: {feedRef: {name: f, externalID: g}, roomRef: {name: r}, path: /}`, oneID),
	bad("of no feed", `spec: {feedRef: {}, roomRef: {name: r}, path: /}`, `spec.feedRef`),
	bad("of a feed by its name, which may repeat", `spec: {feedRef: {externalName: f}, roomRef: {name: r}, path: /}`, `unknown field "spec.feedRef.externalName"`),
	bad("with an annotation with a long value", `spec: {feedRef: {name: f}, roomRef: {name: r}, path: /, annotations: {a: `+strings.Repeat("a", 16385)+`}}`, sizes),
	bad("with the operator's annotation", `spec: {feedRef: {name: f}, roomRef: {name: r}, path: /, annotations: {meshagent.com/owner: x}}`, reserved),
)
