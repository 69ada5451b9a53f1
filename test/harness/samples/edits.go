// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package samples

// Edit returns a merge patch for the sample, as a user's edit. It is "" if there is
// none yet.
func (s Sample) Edit() string { return s.from(edits) }

// ListEdit returns the merge patch of an edit that moves, adds and changes elements in each list of
// objects that the sample has in MeshAgent. It is "" if there is none.
func (s Sample) ListEdit() string { return s.from(listEdits) }

// from returns what a table says of a sample, or else of its kind.
func (s Sample) from(table map[string]string) string {
	if own, ok := table[s.String()]; ok {
		return own
	}
	return table[s.Kind]
}

// edits are the only thing about a kind that a sample cannot tell: what its users may change. A
// sample of another shape than its kind's first has an edit of its own.
var edits = map[string]string{ //nolint:gosec // these are not credentials
	"MeshProject": `{"spec": {"rateLimit": {"requestsPerSecond": 50}}}`,
	"MeshFeed": `{"spec": {"paused": true, "description": "Sales", "annotations": null,
		"messageSchema": {"required": null, "properties": {"order": {"type": "integer"}}}}}`,
	"MeshFile":                  `{"spec": {"content": {"text": "Be kind."}}}`,
	"MeshFile glossary":         `{"spec": {"content": {"configMapKeyRef": {"key": "short"}}}}`,
	"MeshFile webhooks":         `{"spec": {"content": {"secretKeyRef": null, "text": "{}"}}}`,
	"MeshFeedSubscription":      `{"spec": {"filenameFormat": "YYYY", "annotations": {"a": "b"}}}`,
	"MeshRoute":                 `{"spec": {"name": "label", "paths": [{"path": "/a", "targetPort": "8001", "stripPrefix": true}, {"targetPort": 8000}]}}`,
	"MeshScheduledTask":         `{"spec": {"schedule": "2 hours", "active": false, "annotations": null, "queue": {"payload": {"report": "daily", "sections": null}}}}`,
	"MeshScheduledTask cleanup": `{"spec": {"container": {"command": "cleanup --older-than 60d"}}}`,
	"MeshSecret":                `{"spec": {"keys": [{"key": "api-key", "as": "OTHER"}]}}`,
	"MeshSecret openai-room":    `{"spec": {"raw": {"contentType": "text/markdown"}}}`,
	"MeshSecret registry-pull":  `{"spec": {"type": "Raw", "raw": {"key": ".dockerconfigjson"}}}`,
	"MeshMailbox":               `{"spec": {"queue": "letters", "public": null, "annotations": {"a": "b"}}}`,
	"MeshRepository":            `{"spec": {"description": "Images", "annotations": null}}`,
	"MeshLLMLogger":             `{"spec": {"filterExpression": "", "paused": true, "annotations": null}}`,
	"MeshShare":                 `{"spec": {"settings": {"role": "editor", "theme": {"color": null, "font": "serif"}}}}`,
	"MeshService": `{"spec": {"metadata": {"repo": "https://example.com/code", "description": null, "annotations": null},
		"agents": [{"name": "other"}], "files": null}}`,
	"MeshService translator":  `{"spec": {"template": {"values": {"language": "German", "tone": "plain"}}}}`,
	"MeshRoom":                `{"spec": {"metadata": {"team": "care", "floor": 2, "escalation": {"channel": null}}, "annotations": null}}`,
	"MeshProjectMember":       `{"spec": {"developer": null, "canCreateRooms": false, "canUseLLMProxy": true, "profile": {"firstName": "Otto"}}}`,
	"MeshProjectSettings":     `{"spec": {"settings": {"router": {"model": null, "region": "eu"}, "otel": null}, "autoRecharge": {"amount": "30.25", "monthlyBudget": null}}}`,
	"MeshExternalOAuth":       `{"spec": {"oauth": {"pkce": "Disabled", "scopes": ["repo", "read:user"], "authorizationEndpoint": null}}}`,
	"MeshExternalOAuth drive": `{"spec": {"oauth": {"pkce": "Disabled", "tokenEndpoint": "https://login.example.com/other"}}}`,
	"MeshWebhook": `{"spec": {"events": ["*"], "url": "https://hooks.example.com/other", "description": "All", "action": null,
		"payload": {"source": null, "stage": {"name": "test"}}}}`,
	"MeshWebhook audit": `{"spec": {"events": ["room.ended"], "payload": {"a": "b"}}}`,
	"MeshRoomGrant": `{"spec": {"permissions": {"preset": "User", "llm": null, "queues": {"list": false, "send": []},
		"storage": {"paths": [{"path": "/shared"}]}}}}`,

	"MeshManagedAgent": `{"spec": {"instructions": "You summarize.", "threadIsolation": null, "store": null, "annotations": {"example.com/team": null, "a": "b"},
		"outputModalities": ["text", "image"], "allowedModels": [{"provider": "Anthropic", "model": "claude-opus-4"}]}}`,
	"MeshAgentGrant":            `{"spec": {"admin": true}}`,
	"MeshAgentRoomGrant":        `{"spec": {"permissions": {"llm": {"models": ["openai/*"]}, "storage": {"paths": [{"path": "/shared"}]}}}}`,
	"MeshSecret scribe-tickets": `{"spec": {"raw": {"contentType": "text/markdown"}}}`,
	"MeshSecret wiki-client":    `{"spec": {"raw": {"contentType": "text/markdown"}}}`,
}

// Stays says that MeshAgent has the resource of a kind before its objects, and after them. It is
// neither created nor deleted.
func Stays(kind string) bool { return kind == "MeshProjectSettings" }

// listEdits are for samples with lists of objects. Tests fail if one is missing.
var listEdits = map[string]string{
	"MeshRoute": `{"spec": {"paths": [{"path": "/new", "targetPort": 8001}, {"path": "/", "pathType": "Prefix", "targetPort": 9000}]}}`,
	"MeshService support": `{"spec": {"agents": [{"name": "first"}, {"name": "support", "description": "Other", "channels": {"queue": [{"queue": "questions"}]}}],
		"container": {"environment": [{"name": "NEW", "value": "x"}, {"name": "OPENAI_API_KEY", "secret": {"identity": "support", "meshSecretRef": {"name": "openai-room"}}},
		{"name": "LOG_LEVEL", "value": "debug"}]}}}`,
	"MeshScheduledTask cleanup":   `{"spec": {"container": {"environment": [{"name": "NEW", "value": "x"}, {"name": "LOG_LEVEL", "value": "debug"}]}}}`,
	"MeshService tickets":         `{"spec": {"ports": [{"num": 80}, {"num": 443, "endpoints": [{"path": "/other"}, {"path": "/mcp", "mcp": {"label": "tickets"}}]}]}}`,
	"MeshRoomGrant support-ops":   `{"spec": {"permissions": {"storage": {"paths": [{"path": "/new"}, {"path": "/reports", "readOnly": false}]}}}}`,
	"MeshRoomGrant support-owner": `{"spec": {"permissions": {"dataset": {"tables": [{"name": "new"}, {"name": "tickets", "write": false}]}}}}`,
	"MeshAgentRoomGrant":          `{"spec": {"permissions": {"storage": {"paths": [{"path": "/new"}, {"path": "/notes", "readOnly": true}]}}}}`,
	"MeshService assistant":       `{"spec": {"ports": [{"num": 80}, {"endpoints": [{"path": "/other"}, {"path": "/assistant", "meshagent": {"identity": "other"}}]}]}}`,
	"MeshManagedAgent": `{"spec": {"allowedModels": [{"provider": "OpenAI", "model": "gpt-6"}, {"provider": "Anthropic", "model": "claude-sonnet-4"}, {"provider": "OpenAI", "model": "gpt-5"}],
		"toolkits": [{"type": "MCP", "mcp": {"servers": [{"label": "new", "url": "https://new.example.com"}, {"label": "mail", "url": "https://mail.example.com/mcp"},
		{"label": "tickets", "url": "https://tickets.example.com/other", "headers": [{"name": "X-New", "value": "x"}, {"name": "X-Team", "value": "sales"}]}]}},
		{"type": "WebFetch"}, {"type": "WebSearch"}, {"type": "ImageGeneration", "imageGeneration": {"quality": "Low"}}]}}`,
}
