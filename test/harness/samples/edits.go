// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package samples

// Edit returns the merge patch that stands for a user's edit of the sample. It is "" if there is
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
var edits = map[string]string{
	"MeshFeed":                 `{"spec": {"description": "Sales", "paused": true}}`,
	"MeshFeedSubscription":     `{"spec": {"annotations": {"a": "b"}}}`,
	"MeshProject":              `{"spec": {"rateLimit": {"requestsPerSecond": 50}}}`,
	"MeshRoute":                `{"spec": {"annotations": {"a": "b"}}}`,
	"MeshSecret":               `{"spec": {"keys": [{"key": "api-key", "as": "OTHER"}]}}`,
	"MeshSecret openai-room":   `{"spec": {"raw": {"contentType": "text/markdown"}}}`,
	"MeshSecret registry-pull": `{"spec": {"type": "raw", "raw": {"key": ".dockerconfigjson"}}}`,
	"MeshService":              `{"spec": {"metadata": {"repo": "https://example.com/code"}}}`,
	"MeshService translator":   `{"spec": {"template": {"values": {"language": "German"}}}}`,
	"MeshRoom":                 `{"spec": {"metadata": {"team": "care"}}}`,
	"MeshRoomGrant":            `{"spec": {"permissions": {"queues": {"send": ["a"]}}}}`,
}
