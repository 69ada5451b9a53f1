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

// NewerMember is the member that a newer server adds to every object of every document
// (Behavior.Newer).
const NewerMember = "since_0_99"

// grow gives every object of a new document a member that the contract does not have, each with
// another value. It skips maps that clients fill, such as annotations and free JSON. assumed:
// servers give the members of later versions a value when a document is created. They keep it in
// updates that send it, and drop it in those that omit it.
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

// regrow is grow for a document that the server rendered again from a template, because clients
// could not send the member.
func (c *call) regrow(k *kind, doc, old document) {
	if c.s.behavior.Newer {
		graft(doc, old)
		c.growAll(k.item, doc)
	}
}

// graft copies the newer members from a document of almost the same form.
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

// Unknown returns the part of a document that the contract does not know, as reads show it. The
// document is the one that a request updates. The result has only unknown members, at their places.
// contract.Route.CheckUpdate allows it in the request.
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
		delete(doc, member) // lists do not show it, although the contract has it
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

// grantUpdates are the updates whose path does not identify the document.
var grantUpdates = map[string]string{
	"updateRoomGrant": "room-grants", "updateAgentGrant": "agent-grants", "updateAgentRoomGrant": "agent-room-grants",
}

// unknownPart returns a value without everything that a schema declares. It returns nil if nothing
// is left. Elements of lists keep their places.
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

// unknownMembers returns the members that a schema does not declare, and the unknown parts of the
// others. Maps and free JSON have no unknown members.
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

// shown copies the newer member of a stored document to the view of a read.
func shown(rec *record, view document) document {
	if newer, ok := rec.doc[NewerMember]; ok {
		view = maps.Clone(view)
		view[NewerMember] = newer
	}
	return view
}

// NewerMembers returns the values of the newer members of a document, by the place of their object.
// The value is "" for an object without one. Names identify the elements of lists.
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

// elementKey is the name of an element of a list, or its index if it has none.
func elementKey(v any, place int) string {
	doc, _ := v.(document)
	for _, name := range []string{"name", "path", "num", "label", "server_label", "identity", "queue", "address", "endpoint", "model", "type"} {
		if value, ok := doc[name]; ok && value != "" {
			return fmt.Sprint(name, "=", value)
		}
	}
	return fmt.Sprint(place)
}
