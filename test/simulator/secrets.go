// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

var secretOperations = map[string]operation{
	"listRoomSecrets": listRoomSecrets,
}

// prepareSecret completes a secret of a room or an agent.
func prepareSecret(_ *call, path string, doc document, old *record) error {
	if old == nil {
		if id := text(doc, "secret_id"); id != "" {
			doc["id"] = id
		}
		if text(doc, "id") == "" {
			doc["id"] = newUUID()
		}
	}
	delete(doc, "secret_id")
	for member, usual := range map[string]string{"name": "", "type": "application/octet-stream"} { // assumed
		if doc[member] == nil {
			doc[member] = usual
		}
	}
	if parts := strings.Split(path, "/"); parts[len(parts)-3] == "agents" {
		doc["agent_id"] = parts[len(parts)-2]
	}
	return nil
}

// secretID combines the id of a secret with the identities in the query, or in the body of an
// update.
func secretID(kindPath string) func(*call, string) string {
	members := map[string][]string{
		"rooms/*/secrets":  {"id", "for_identity", "delegated_to"},
		"agents/*/secrets": {"id", "delegated_to"},
	}[kindPath]
	return func(c *call, id string) string {
		key := document{"id": id}
		for _, member := range members[1:] {
			key[member] = c.query.Get(member)
			if c.route.Method == http.MethodPut {
				key[member] = text(c.object(), member)
			}
		}
		return (&kind{id: members}).identify(key)
	}
}

// viewSecret omits the owner of the secret, because the caller asked for that identity.
func viewSecret(_ *call, rec *record, _ mode) document {
	out := maps.Clone(rec.doc)
	delete(out, "for_identity")
	return out
}

// listRoomSecrets shows the secrets of one identity: the caller's, or that of
// the query.
func listRoomSecrets(c *call) (*answer, error) {
	path, _, err := c.target()
	if err != nil {
		return nil, err
	}
	identity := c.query.Get("for_identity")
	return c.list(path, func(c *call) []*record {
		return slices.DeleteFunc(slices.Clone(c.st.all(path)), func(rec *record) bool { return text(rec.doc, "for_identity") != identity })
	})
}
