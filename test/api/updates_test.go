// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

// What cannot be changed in MeshAgent cannot be changed in an object either. The API server rejects
// the change.
var _ = describeUpdates(
	badUpdate("the room of a grant", "MeshRoomGrant", `spec: {roomRef: {name: r}, userID: u, permissions: {}}`, `{"spec": {"roomRef": {"name": "s"}}}`, `roomRef, userID and email cannot be changed`),
	badUpdate("the form of the room of a grant", "MeshRoomGrant", `spec: {roomRef: {name: r}, userID: u, permissions: {}}`, `{"spec": {"roomRef": {"name": null, "externalName": "r"}}}`, `roomRef, userID and email cannot be changed`),
	badUpdate("the user of a grant", "MeshRoomGrant", `spec: {roomRef: {name: r}, userID: u, permissions: {}}`, `{"spec": {"userID": "v"}}`, `roomRef, userID and email cannot be changed`),
	badUpdate("the address of a grant", "MeshRoomGrant", `spec: {roomRef: {name: r}, email: a@b, permissions: {}}`, `{"spec": {"email": null, "userID": "v"}}`, `roomRef, userID and email cannot be changed`),
	badUpdate("the room of a secret", "MeshSecret", `spec: {secretRef: {name: s}, roomRef: {name: r}}`, `{"spec": {"roomRef": null}}`, `roomRef cannot be changed`),
	badUpdate("the form of the room of a secret", "MeshSecret", `spec: {secretRef: {name: s}, roomRef: {externalName: r}}`, `{"spec": {"roomRef": {"externalName": null, "externalID": "r"}}}`, `roomRef cannot be changed`),
	badUpdate("the agent of a secret", "MeshSecret", `spec: {secretRef: {name: s}}`, `{"spec": {"agentRef": {"externalID": "a"}}}`, `agentRef cannot be changed`),
	badUpdate("the form of the agent of a secret", "MeshSecret", `spec: {secretRef: {name: s}, agentRef: {externalName: a}}`, `{"spec": {"agentRef": {"externalName": null, "externalID": "a"}}}`, `agentRef cannot be changed`),
	goodUpdate("the agent of a route", "MeshRoute", `spec: {domain: a.b, backend: {agentRef: {externalName: a}}}`, `{"spec": {"backend": {"agentRef": {"externalName": null, "externalID": "a"}}}}`),
	badUpdate("the owner of a secret", "MeshSecret", `spec: {secretRef: {name: s}, roomRef: {name: r}, forIdentity: a}`, `{"spec": {"forIdentity": "b"}}`, `forIdentity cannot be changed`),
	badUpdate("the delegate of a secret", "MeshSecret", `spec: {secretRef: {name: s}, roomRef: {name: r}}`, `{"spec": {"delegatedTo": "b"}}`, `delegatedTo cannot be changed`),
	badUpdate("the domain of a route", "MeshRoute", `spec: {domain: a.b, backend: {agentRef: {externalName: a}}}`, `{"spec": {"domain": "b.b"}}`, `domain cannot be changed`),
	badUpdate("the visibility of a feed", "MeshFeed", `spec: {visibility: Public}`, `{"spec": {"visibility": "Private"}}`, `visibility cannot be changed`),
	badUpdate("the visibility of a feed, by leaving it out", "MeshFeed", `spec: {visibility: Public}`, `{"spec": {"visibility": null}}`, `visibility cannot be changed`),
	badUpdate("the visibility of a feed that says none", "MeshFeed", `spec: {name: a}`, `{"spec": {"visibility": "Project"}}`, `visibility cannot be changed`),
	badUpdate("the room of a task", "MeshScheduledTask", `spec: {roomRef: {name: r}, schedule: 1 days, queue: {name: q}}`, `{"spec": {"roomRef": {"name": "s"}}}`, `roomRef cannot be changed`),
	goodUpdate("what a task does", "MeshScheduledTask", `spec: {roomRef: {name: r}, schedule: 1 days, queue: {name: q}}`, `{"spec": {"queue": null, "container": {"image": "i"}}}`),
	badUpdate("the path of a file", "MeshFile", `spec: {path: a, content: {text: a}}`, `{"spec": {"path": "b"}}`, `path cannot be changed`),
	goodUpdate("the content of a file", "MeshFile", `spec: {path: a, content: {text: a}}`, `{"spec": {"content": {"text": null, "secretKeyRef": {"name": "s", "key": "k"}}}}`),
	badUpdate("the feed of a subscription", "MeshFeedSubscription", `spec: {feedRef: {name: f}, roomRef: {name: r}, path: /}`, `{"spec": {"feedRef": {"name": "g"}}}`, `feedRef cannot be changed`),
	badUpdate("the form of the feed of a subscription", "MeshFeedSubscription", `spec: {feedRef: {name: f}, roomRef: {name: r}, path: /}`, `{"spec": {"feedRef": {"name": null, "externalID": "f"}}}`, `feedRef cannot be changed`),
	badUpdate("the room of a subscription", "MeshFeedSubscription", `spec: {feedRef: {name: f}, roomRef: {name: r}, path: /}`, `{"spec": {"roomRef": {"name": "g"}}}`, `roomRef cannot be changed`),
	badUpdate("the path of a subscription", "MeshFeedSubscription", `spec: {feedRef: {name: f}, roomRef: {name: r}, path: /}`, `{"spec": {"path": "/a"}}`, `path cannot be changed`),
	badUpdate("the address of a mailbox", "MeshMailbox", `spec: {address: a@b, roomRef: {name: r}, queue: q}`, `{"spec": {"address": "c@b"}}`, `address cannot be changed`),
	goodUpdate("the room of a mailbox", "MeshMailbox", `spec: {address: a@b, roomRef: {name: r}, queue: q}`, `{"spec": {"roomRef": {"name": null, "externalID": "s"}}}`),
	goodUpdate("the feed of a logger", "MeshLLMLogger", `spec: {feedRef: {name: f}}`, `{"spec": {"feedRef": {"name": null, "externalID": "g"}}}`),
	goodUpdate("the name of a repository", "MeshRepository", `spec: {name: a}`, `{"spec": {"name": "a/b"}}`),
	badUpdate("the form of the room of a service", "MeshService", `spec: {external: {}, roomRef: {name: r}}`, `{"spec": {"roomRef": {"name": null, "externalName": "r"}}}`, `roomRef cannot be added, removed or changed`),
	badUpdate("the room of a service", "MeshService", `spec: {external: {}, roomRef: {name: r}}`, `{"spec": {"roomRef": null}}`, `roomRef cannot be added, removed or changed`),
	goodUpdate("the default visibility of a feed without a spec", "MeshFeed", `{}`, `{"spec": {"visibility": "Private"}}`),
	goodUpdate("the default visibility of a feed", "MeshFeed", `spec: {name: a}`, `{"spec": {"visibility": "Private"}}`),
	goodUpdate("the default visibility of a feed, left out", "MeshFeed", `spec: {visibility: Private}`, `{"spec": null}`),
)
