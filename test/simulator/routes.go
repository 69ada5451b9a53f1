// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"strings"
)

var routeOperations = map[string]operation{
	"listRoomRoutes":    func(c *call) (*answer, error) { return c.listOf("routes", "room_id", "room_name") },
	"listAgentRoutes":   func(c *call) (*answer, error) { return c.listOf("routes", "agent_id", "agent_name") },
	"listRoomMailboxes": func(c *call) (*answer, error) { return c.listOf("mailboxes", "room_id", "room_name") },
}

// listOf lists the documents that refer to the room or agent in the path.
func (c *call) listOf(collection, member, param string) (*answer, error) {
	return c.grantsBy(collection, member, param)
}

// prepareRoute finds the backend, and stores its id, because the room or the agent can be renamed.
func prepareRoute(c *call, _ string, doc document, old *record) error {
	domain := text(doc, "spec.domain")
	if old != nil && domain != old.id {
		return invalid("spec.domain: cannot be changed") // assumed
	}
	if !c.s.behavior.AnyDomain && !strings.HasSuffix(domain, "."+text(domains, "pages")) {
		return invalid("spec.domain: is not below %s", text(domains, "pages"))
	}
	if len(domain) > 253 {
		return invalid("spec.domain: is too long")
	}
	doc["domain"] = domain
	for _, noun := range []string{"room", "agent"} {
		name := text(doc, "spec.backend."+noun+".name")
		if name == "" {
			continue
		}
		backend := c.st.named(c.path(noun+"s"), name)
		if backend == nil {
			return c.noSuch(noun, "name", name) // assumed: the backend must exist
		}
		doc[noun+"_id"] = backend.id
	}
	return nil
}

func viewRoute(c *call, rec *record, _ mode) document {
	out := maps.Clone(rec.doc)
	delete(out, "room_id")
	delete(out, "agent_id")
	paths, _ := value(rec.doc, "spec.paths").([]any)
	if !c.s.behavior.LegacyRoutes || len(paths) != 1 {
		return out
	}
	path, _ := paths[0].(document)
	return document{
		"domain": rec.doc["domain"], "room_name": value(rec.doc, "spec.backend.room.name"),
		"port": path["targetPort"], "annotations": value(rec.doc, "spec.metadata.annotations"),
	}
}

// prepareMailbox finds the room.
func prepareMailbox(c *call, _ string, doc document, _ *record) error {
	room, err := c.room(doc, "room")
	if err != nil {
		return err
	}
	doc["room_id"] = room.id
	return nil
}
