// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"maps"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// NewerMember is the member that a newer server than the contract knows has in
// every object of every document (Behavior.Newer).
const NewerMember = "since_0_99"

// grow gives every object of a new document a member that the contract does not
// know, each with a value of its own. Members of maps that clients fill, such as
// annotations and free JSON, are only theirs. assumed: whatever a later version
// adds, servers give it a value when a document is created, keep it in updates
// that send it, and drop it in those that leave it out.
func (c *call) grow(k *kind, doc document) {
	if c.s.behavior.Newer {
		c.growAll(k.item, doc)
	}
}

func (c *call) growAll(s *openapi3.Schema, v any) {
	switch v := v.(type) {
	case document:
		declared := members(s)
		for name, member := range v {
			c.growAll(memberSchema(declared, name), member)
		}
		if _, given := v[NewerMember]; len(declared) > 0 && !given {
			c.s.grown++
			v[NewerMember] = document{"serial": c.s.grown, "order": []any{"b", "a"}}
		}
	case []any:
		for _, element := range v {
			c.growAll(elements(s), element)
		}
	}
}

// regrow is grow for a document that the server has made again, from a template:
// clients could not send the member.
func (c *call) regrow(k *kind, doc, old document) {
	if c.s.behavior.Newer {
		graft(doc, old)
		c.growAll(k.item, doc)
	}
}

// graft takes the newer members over from a document of much the same shape.
func graft(to, from any) {
	switch to := to.(type) {
	case document:
		from, _ := from.(document)
		for name, member := range to {
			graft(member, from[name])
		}
		if newer, ok := from[NewerMember]; ok {
			to[NewerMember] = copyValue(newer)
		}
	case []any:
		from, _ := from.([]any)
		for i, element := range to {
			if i < len(from) {
				graft(element, from[i])
			}
		}
	}
}

// Unknown returns what the document that a request updates has, as reads show it,
// that the contract does not know: nothing but unknown members, at their places.
// It is what contract.Route.CheckUpdate allows in the request.
func (s *Simulator) Unknown(rt *contract.Route, body []byte) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.inside(rt.Params["project_id"])
	c.route = rt
	c.body, _ = decode(body)
	return c.unknown()
}

func (c *call) unknown() any {
	if c.route.Method != http.MethodPut {
		return nil
	}
	if c.route.Operation.OperationID == "updateProjectSettings" {
		return nil
	}
	rec := c.updated()
	if rec == nil {
		return nil
	}
	k := kindOf(rec.path)
	doc := maps.Clone(c.view(rec, fetched))
	for _, member := range k.secret {
		delete(doc, member) // lists do not show it, but the contract knows it
	}
	return unknownPart(k.item, doc)
}

// updated is the document that the call would update.
func (c *call) updated() *record {
	if collection, ok := grantUpdates[c.route.Operation.OperationID]; ok {
		body, _ := c.body.(document)
		rec, _ := c.grant(collection, func(member string) string { return text(body, member) })
		return rec
	}
	_, rec, err := c.target()
	if err != nil {
		return nil
	}
	return rec
}

// grantUpdates are the updates whose path says nothing.
var grantUpdates = map[string]string{
	"updateRoomGrant": "room-grants", "updateAgentGrant": "agent-grants", "updateAgentRoomGrant": "agent-room-grants",
}

// unknownPart returns a value without all that a schema declares; nil if nothing is
// left. Elements of lists keep their places.
func unknownPart(s *openapi3.Schema, v any) any {
	switch v := v.(type) {
	case document:
		if part := unknownMembers(s, v); len(part) > 0 {
			return part
		}
	case []any:
		part, some := make([]any, len(v)), false
		for i, element := range v {
			part[i] = unknownPart(elements(s), element)
			some = some || part[i] != nil
		}
		if some {
			return part
		}
	}
	return nil
}

// unknownMembers are the members that a schema does not declare, and what is unknown within the
// others. A map and free JSON declare none, and have none that are unknown.
func unknownMembers(s *openapi3.Schema, doc document) document {
	declared, part := members(s), document{}
	if len(declared) == 0 {
		return nil
	}
	for name, member := range doc {
		if inner := memberSchema(declared, name); inner == nil {
			part[name] = contract.UnknownMember{}
		} else if within := unknownPart(inner, member); within != nil {
			part[name] = within
		}
	}
	return part
}

// shown copies the newer member of a stored document to what a read shows of it.
func shown(rec *record, view document) document {
	if newer, ok := rec.doc[NewerMember]; ok {
		view = maps.Clone(view)
		view[NewerMember] = newer
	}
	return view
}

// NewerMembers finds the newer members of a document: their values, by the place of the object
// that has them, "" for an object that has none. Elements of lists are told apart by what names
// them.
func NewerMembers(doc any) map[string]string {
	found := map[string]string{}
	findNewer(doc, "", found)
	return found
}

func findNewer(v any, at string, found map[string]string) {
	switch v := v.(type) {
	case document:
		found[at] = ""
		if value, ok := v[NewerMember]; ok {
			found[at] = fmt.Sprint(value)
		}
		for name, inner := range v {
			if name != NewerMember {
				findNewer(inner, at+"/"+name, found)
			}
		}
	case []any:
		for i, inner := range v {
			findNewer(inner, fmt.Sprintf("%s[%s]", at, elementKey(inner, i)), found)
		}
	}
}

// elementKey is what names an element of a list; its place, if nothing does.
func elementKey(v any, place int) string {
	doc, _ := v.(document)
	for _, name := range []string{"name", "path", "num", "label", "identity", "queue", "address", "endpoint", "model", "type"} {
		if value, ok := doc[name]; ok && value != "" {
			return fmt.Sprint(name, "=", value)
		}
	}
	return fmt.Sprint(place)
}
