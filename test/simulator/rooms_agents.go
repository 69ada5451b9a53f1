// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"cmp"
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
	if !c.s.behavior.CheckAgentSecrets {
		return nil
	}
	agent := ""
	if old != nil {
		agent = old.id
	}
	return c.checkSecrets(agent, doc)
}

// checkSecrets checks that the secrets that an agent names exist. A new agent has none.
func (c *call) checkSecrets(agent string, v any) error {
	switch v := v.(type) {
	case document:
		of := "agents/" + agent + "/secrets"
		if err := cmp.Or(c.checkSecret(text(v, "secret_id"), of), c.checkSecret(text(v, "client_secret_id"), of, "secrets")); err != nil {
			return err
		}
		return c.checkSecrets(agent, slices.Collect(maps.Values(v)))
	case []any:
		for _, one := range v {
			if err := c.checkSecrets(agent, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkSecret checks that a secret exists in one of some collections.
func (c *call) checkSecret(id string, collections ...string) error {
	if id == "" || slices.ContainsFunc(collections, func(one string) bool { return c.st.get(c.path(one), id) != nil }) {
		return nil
	}
	return invalid("there is no secret %q", id)
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
