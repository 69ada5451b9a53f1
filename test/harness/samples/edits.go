// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package samples

// Edit returns a merge patch for the sample, as a user's edit. It is "" if there is
// none yet.
func (s Sample) Edit() string { return s.From(edits) }

// From returns what a table says of a sample, or else of its kind.
func (s Sample) From(table map[string]string) string {
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
	"MeshFeedSubscription":     `{"spec": {"filenameFormat": "YYYY", "annotations": {"a": "b"}}}`,
	"MeshRoute":                `{"spec": {"name": "label", "paths": [{"path": "/a", "targetPort": "8001", "stripPrefix": true}, {"targetPort": 8000}]}}`,
	"MeshSecret":               `{"spec": {"keys": [{"key": "api-key", "as": "OTHER"}]}}`,
	"MeshSecret openai-room":   `{"spec": {"raw": {"contentType": "text/markdown"}}}`,
	"MeshSecret registry-pull": `{"spec": {"type": "Raw", "raw": {"key": ".dockerconfigjson"}}}`,
	"MeshService": `{"spec": {"metadata": {"repo": "https://example.com/code", "description": null, "annotations": null},
		"agents": [{"name": "other"}], "files": null}}`,
	"MeshService translator": `{"spec": {"template": {"values": {"language": "German", "tone": "plain"}}}}`,
	"MeshRoom":               `{"spec": {"metadata": {"team": "care", "floor": 2, "escalation": {"channel": null}}, "annotations": null}}`,
	"MeshRoomGrant": `{"spec": {"permissions": {"preset": "User", "llm": null, "queues": {"list": false, "send": []},
		"storage": {"paths": [{"path": "/shared"}]}}}}`,
}
