// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"slices"
)

// grantAll creates the grants that the creation of a room or an agent requests.
func grantAll(collection, member string) func(*call, *record, document) error {
	return func(c *call, rec *record, body document) error {
		permissions, _ := body["permissions"].(document)
		for _, user := range slices.Sorted(maps.Keys(permissions)) {
			grant := document{member: rec.id, "user_id": user, "permissions": permissions[user]}
			if _, err := c.create(c.path(collection), grant); err != nil {
				return err
			}
		}
		return nil
	}
}

// prepareAgent copies the name from the configuration.
func prepareAgent(c *call, _ string, doc document, old *record) error {
	doc["name"] = text(doc, "configuration.metadata.name") // assumed: PUT may rename
	if old != nil && c.s.behavior.FixedAgentNames {
		doc["name"] = old.doc["name"]
	}
	return nil
}

// room finds the room that a member of a document names.
func (c *call) room(doc document, member string) (*record, error) {
	name := text(doc, member)
	if rec := c.st.named(c.path("rooms"), name); rec != nil {
		return rec, nil
	}
	return nil, c.noSuch("room", "name", name)
}

// noSuch is the error for a body that refers to a missing document. assumed: 404.
func (c *call) noSuch(noun, by, value string) error {
	if c.s.behavior.UnknownIsInvalid {
		return invalid("no %s with %s %q", noun, by, value)
	}
	return missing(noun, by, value)
}
