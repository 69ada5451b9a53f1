// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"slices"
)

// kindTable lists every collection with its irregularities.
func kindTable() []kind {
	return slices.Concat(accountKinds(), grantKinds(), workKinds(), credentialKinds(), internalKinds())
}

func accountKinds() []kind {
	return []kind{
		{path: "projects", noun: "project", unique: []string{"project_key"}}, // assumed: it is unknown how a second one is answered
		{
			path: "users", noun: "member", partial: true, refer: "user_id",
			search: []string{"email", "first_name", "last_name"}, prepare: prepareUser,
		},
		{
			path: "rooms", noun: "room", unique: []string{"name"}, orders: map[string]string{"room_name": "name"}, partial: true,
			refer: "room_id", renames: []string{"room", "room_name", "spec.backend.room.name"}, created: grantAll("room-grants", "room_id"),
		},
		{ // assumed: names are unique
			path: "agents", noun: "agent", unique: []string{"name"}, allowTwice: allowTwice, orders: map[string]string{"agent_name": "name"}, prepare: prepareAgent,
			refer: "agent_id", renames: []string{"agent_name", "spec.backend.agent.name"}, created: grantAll("agent-grants", "agent_id"),
		},
		{path: "sessions", noun: "session", bereaved: endSession}, // assumed: history outlives the room
		{path: "shares", noun: "share", prepare: prepareShare},
	}
}

func grantKinds() []kind {
	return []kind{
		{
			path: "room-grants", noun: "room grant", id: []string{"room_id", "user_id"}, search: []string{"room.name"},
			orders: map[string]string{"room_name": "room.name"}, prepare: prepareGrant, view: viewGrant,
		},
		{
			path: "agent-grants", noun: "agent grant", id: []string{"agent_id", "user_id"}, search: []string{"agent.name"},
			orders: map[string]string{"agent_name": "agent.name"}, prepare: prepareGrant, view: viewGrant,
		},
		{
			path: "agent-room-grants", list: "agent-room-grants/by-agent/*", noun: "agent-room grant", id: []string{"agent_id", "room_id"},
			prepare: prepareGrant, view: viewGrant,
		},
	}
}

func workKinds() []kind {
	return []kind{
		{path: "services", noun: "service", unique: []string{"metadata.name"}, prepare: prepareService, view: viewService},
		{path: "rooms/*/services", noun: "service", unique: []string{"metadata.name"}, prepare: prepareService, view: viewService},
		{path: "routes", noun: "route", id: []string{"domain"}, unique: []string{"domain"}, prepare: prepareRoute, view: viewRoute},
		{path: "mailboxes", noun: "mailbox", id: []string{"address"}, unique: []string{"address"}, prepare: prepareMailbox},
		{path: "feeds", noun: "feed", unique: []string{"name"}, allowTwice: allowTwice, refer: "destination_feed_id"}, // assumed: names are unique
		{
			path: "feeds/*/subscriptions", noun: "subscription", unique: []string{"room", "path"}, allowTwice: allowTwice, // assumed: one of each
			prepare: prepareSubscription, guard: refuseWhilePaused,
		},
		{path: "feeds/*/messages", noun: "message"},
		{path: "llm-loggers", noun: "LLM logger", prepare: prepareLogger},
		{path: "repositories", noun: "repository", unique: []string{"name"}},
		{path: "repositories/*/images", noun: "image"}, // assumed: they go with the repository, or keep it
		{
			path: "scheduled-tasks", noun: "scheduled task", unique: []string{"room_id", "spec.metadata.name"}, // assumed: what the 409 is about
			allowTwice: allowTwice, search: []string{"spec.metadata.name", "room_name", "queue_name"}, prepare: prepareTask, view: viewTask,
		},
	}
}

func credentialKinds() []kind {
	return []kind{
		{path: "api-keys", noun: "API key", secret: []string{"value"}, prepare: prepareAPIKey},
		{
			path: "secrets", noun: "secret", unique: []string{"name"}, secret: []string{"data_base64"},
			allowTwice: func(b Behavior) bool { return b.DuplicateSecretNames }, // assumed: 409 otherwise
		},
		{
			path: "rooms/*/secrets", noun: "secret", id: []string{"id", "for_identity", "delegated_to"}, itemID: secretID("rooms/*/secrets"),
			secret: []string{"data_base64"}, prepare: prepareSecret, view: viewSecret,
		},
		{
			path: "agents/*/secrets", noun: "secret", id: []string{"id", "delegated_to"}, itemID: secretID("agents/*/secrets"),
			secret: []string{"data_base64"}, prepare: prepareSecret, view: viewSecret,
		},
		{ // assumed: names are unique
			path: "webhooks", noun: "webhook", unique: []string{"name"}, allowTwice: allowTwice, prepare: prepareWebhook, view: viewWebhook,
		},
		{
			path: "oauth/clients", noun: "OAuth client", id: []string{"client_id"}, partial: true,
			search: []string{"client_id", "metadata.name"}, prepare: prepareClient, view: viewClient,
		},
		{ // assumed: there is one of each
			path: "external-oauth", noun: "registration", unique: registrationKey, partialKeys: true, allowTwice: allowTwice,
			prepare: prepareRegistration, guard: checkDelegate, view: viewRegistration,
		},
		{
			path: "rooms/*/external-oauth", noun: "registration", unique: registrationKey, partialKeys: true, allowTwice: allowTwice,
			prepare: prepareRegistration, guard: checkDelegate, view: viewRegistration,
		},
	}
}

var registrationKey = []string{"client_id", "connector.server_url", "connector.openai_connector_id", "delegated_to"}

func allowTwice(b Behavior) bool { return b.DuplicateNames }

// internalKinds have no list in the API.
func internalKinds() []kind {
	return []kind{
		{path: "invitations", noun: "invitation"},
		{path: "storage", noun: "file", id: []string{"path"}},
		{path: "oauth-tokens", noun: "access token"},
	}
}

// operations are the calls that are not just create, list, get, update or delete in a collection,
// by operation id.
var operations = merge(
	projectOperations, grantOperations, serviceOperations, secretOperations, routeOperations, feedOperations,
	credentialOperations, sessionOperations, taskOperations, billingOperations, tokenOperations, storageOperations,
)

func merge(tables ...map[string]operation) map[string]operation {
	out := map[string]operation{}
	for _, table := range tables {
		maps.Copy(out, table)
	}
	return out
}
