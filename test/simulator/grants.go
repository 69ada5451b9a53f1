// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"slices"
	"strings"
)

var grantOperations = map[string]operation{
	"createRoomGrant":            func(c *call) (*answer, error) { return c.createGrant("room-grants") },
	"updateRoomGrant":            func(c *call) (*answer, error) { return c.updateGrant("room-grants") },
	"getRoomGrant":               func(c *call) (*answer, error) { return c.getGrant("room-grants") },
	"deleteRoomGrant":            func(c *call) (*answer, error) { return c.deleteGrant("room-grants") },
	"listRoomGrantsByUser":       func(c *call) (*answer, error) { return c.grantsBy("room-grants", "user_id", "user_id") },
	"listRoomGrantsByRoom":       func(c *call) (*answer, error) { return c.grantsBy("room-grants", "room_id", "room_name") },
	"listUniqueRoomsWithGrants":  func(c *call) (*answer, error) { return c.countGrants("room-grants", "room_id") },
	"listUniqueUsersWithGrants":  func(c *call) (*answer, error) { return c.countGrants("room-grants", "user_id") },
	"createAgentGrant":           func(c *call) (*answer, error) { return c.createGrant("agent-grants") },
	"updateAgentGrant":           func(c *call) (*answer, error) { return c.updateGrant("agent-grants") },
	"getAgentGrant":              func(c *call) (*answer, error) { return c.getGrant("agent-grants") },
	"deleteAgentGrant":           func(c *call) (*answer, error) { return c.deleteGrant("agent-grants") },
	"listAgentGrantsByUser":      func(c *call) (*answer, error) { return c.grantsBy("agent-grants", "user_id", "user_id") },
	"listAgentGrantsByAgent":     func(c *call) (*answer, error) { return c.grantsBy("agent-grants", "agent_id", "agent_name") },
	"listUniqueAgentsWithGrants": func(c *call) (*answer, error) { return c.countGrants("agent-grants", "agent_id") },
	"listAgentMembersByAgent":    listAgentMembers,
	"createAgentRoomGrant":       func(c *call) (*answer, error) { return c.createGrant("agent-room-grants") },
	"updateAgentRoomGrant":       func(c *call) (*answer, error) { return c.updateGrant("agent-room-grants") },
	"getAgentRoomGrant":          func(c *call) (*answer, error) { return c.getGrant("agent-room-grants") },
	"deleteAgentRoomGrant":       func(c *call) (*answer, error) { return c.deleteGrant("agent-room-grants") },
	"listAgentRoomGrantsByAgent": func(c *call) (*answer, error) { return c.grantsBy("agent-room-grants", "agent_id", "agent_name") },
	"listAgentRoomGrantsByRoom":  func(c *call) (*answer, error) { return c.grantsBy("agent-room-grants", "room_id", "room_name") },
}

// grantSubjects are the members that identify a grant, with their collections.
var grantSubjects = []struct{ member, collection string }{
	{"agent_id", "agents"},
	{"room_id", "rooms"},
	{"user_id", "users"},
}

// checkSubjects checks that the room and the agent exist.
func (c *call) checkSubjects(grant document) error {
	for _, subject := range grantSubjects {
		id := text(grant, subject.member)
		if id == "" || subject.member == "user_id" { // assumed: any user id will do
			continue
		}
		if path := c.path(subject.collection); c.st.get(path, id) == nil {
			return c.noSuch(kindOf(path).noun, "id", id)
		}
	}
	return nil
}

// prepareGrant checks that the room and the agent exist, and finds the user of an e-mail address.
func prepareGrant(c *call, _ string, doc document, _ *record) error {
	if err := c.checkSubjects(doc); err != nil {
		return err
	}
	if email := text(doc, "email"); email != "" {
		user := c.member(email)
		if user == nil {
			return invalid("email: is not that of a member")
		}
		doc["user_id"] = user.id
	}
	delete(doc, "email")
	delete(doc, "invite_redirect_url")
	return nil
}

func (c *call) member(email string) *record {
	for _, user := range c.st.all(c.path("users")) {
		if strings.EqualFold(text(user.doc, "email"), email) {
			return user
		}
	}
	return nil
}

// viewGrant shows the room and the agent in place of their ids.
func viewGrant(c *call, rec *record, _ mode) document {
	out := document{}
	if permissions, ok := rec.doc["permissions"]; ok {
		out["permissions"] = permissions
	}
	for _, subject := range grantSubjects {
		id, ok := rec.doc[subject.member].(string)
		if !ok {
			continue
		}
		if subject.member == "user_id" {
			out[subject.member] = id
		} else if target := c.st.get(c.path(subject.collection), id); target != nil {
			out[strings.TrimSuffix(subject.member, "_id")] = c.view(target, listed)
		}
	}
	return shown(rec, out)
}

func (c *call) createGrant(collection string) (*answer, error) {
	path, body := c.path(collection), c.object()
	draft := maps.Clone(body)
	if err := c.checkSubjects(draft); err != nil {
		return nil, err
	}
	email := text(body, "email")
	isStranger := email != "" && c.member(email) == nil
	if isStranger && !c.s.behavior.ImmediateEmailGrants {
		return c.invite(email, collection, body)
	}
	if isStranger {
		if _, err := c.create(c.path("users"), document{"id": newUUID(), "email": email}); err != nil {
			return nil, err
		}
	}
	if err := prepareGrant(c, path, draft, nil); err != nil {
		return nil, err
	}
	if old := c.st.get(path, kindOf(path).identify(draft)); old != nil && c.s.behavior.OverwriteGrants {
		_, err := c.update(old, draft)
		return c.done(), err
	}
	if _, err := c.create(path, draft); err != nil { // assumed: 409 when it exists
		return nil, err
	}
	return c.done(), nil
}

// invite stores a grant until the user accepts the invitation, which is assumed.
func (c *call) invite(email, collection string, grant document) (*answer, error) {
	if c.s.behavior.OneInvitation && c.invited(email, collection, grant) {
		return nil, conflict("%s was invited already", email)
	}
	_, err := c.create(c.path("invitations"), document{"email": email, "collection": collection, "grant": grant})
	return c.done(), err
}

// invited is true if an address has an open invitation to the same room or agent.
func (c *call) invited(email, collection string, grant document) bool {
	return slices.ContainsFunc(c.st.all(c.path("invitations")), func(rec *record) bool {
		same := strings.EqualFold(text(rec.doc, "email"), email) && text(rec.doc, "collection") == collection
		for _, subject := range grantSubjects {
			same = same && text(rec.doc, "grant."+subject.member) == text(grant, subject.member)
		}
		return same
	})
}

// Accept makes an invited user a member, and creates the promised grants. It reports whether there
// was an invitation.
func (s *Simulator) Accept(email string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.inside(s.project)
	accepted := false
	for _, rec := range c.st.all(c.path("invitations")) {
		if text(rec.doc, "email") != email {
			continue
		}
		if c.member(email) == nil {
			if _, err := c.create(c.path("users"), document{"id": newUUID(), "email": email}); err != nil {
				return false
			}
		}
		grant, _ := rec.doc["grant"].(document)
		_, err := c.create(c.path(text(rec.doc, "collection")), grant)
		accepted = accepted || err == nil
		c.st.drop(rec.path, rec.id)
	}
	return accepted
}

// updateGrant reads only the body, because the id in the path is a dummy.
func (c *call) updateGrant(collection string) (*answer, error) {
	body := c.object()
	rec, err := c.grant(collection, func(member string) string { return text(body, member) })
	if err != nil {
		return nil, err
	}
	if _, err := c.update(rec, body); err != nil {
		return nil, err
	}
	return c.done(), nil
}

func (c *call) getGrant(collection string) (*answer, error) {
	rec, err := c.grant(collection, c.param)
	if err != nil {
		return nil, err
	}
	return c.reply(rec, fetched), nil
}

func (c *call) deleteGrant(collection string) (*answer, error) {
	rec, err := c.grant(collection, c.param)
	if err != nil {
		return nil, err
	}
	c.st.drop(rec.path, rec.id)
	return c.done(), nil
}

// grant finds a grant by the pair that is its key.
func (c *call) grant(collection string, member func(string) string) (*record, error) {
	k := kindOf(c.path(collection))
	key := document{}
	for _, name := range k.id {
		key[name] = c.userID(member(name))
	}
	id := k.identify(key)
	if rec := c.st.get(c.path(collection), id); rec != nil {
		return rec, nil
	}
	return nil, missing(k.noun, strings.Join(k.id, "/"), id)
}

// subject resolves the path parameter of a list by room, agent or user.
func (c *call) subject(param string) (string, error) {
	if param == "user_id" {
		return c.userID(c.param(param)), nil
	}
	collection := strings.TrimSuffix(param, "_name") + "s"
	rec, err := c.lookup(c.path(collection), param, c.param(param))
	if err != nil {
		return "", err
	}
	return rec.id, nil
}

func (c *call) grantsBy(collection, member, param string) (*answer, error) {
	id, err := c.subject(param)
	if err != nil {
		return nil, err
	}
	path := c.path(collection)
	return c.list(path, func(c *call) []*record { return c.st.referring(member, id, path) })
}

// countGrants lists the rooms, agents or users that have grants.
func (c *call) countGrants(collection, member string) (*answer, error) {
	path := c.path(collection)
	c = c.listing(path)
	counts := map[string]int{}
	var order []string
	for _, rec := range c.st.all(path) {
		id := text(rec.doc, member)
		if counts[id]++; counts[id] == 1 {
			order = append(order, id)
		}
	}
	var rows []document
	filter := strings.ToLower(c.query.Get("filter"))
	for _, id := range order {
		row := document{"count": counts[id]}
		if member == "user_id" {
			person := c.profile(id)
			if filter != "" && !strings.Contains(strings.ToLower(text(person, "email")+" "+text(person, "first_name")+" "+text(person, "last_name")), filter) {
				continue
			}
			maps.Copy(row, person)
			delete(row, "id")
			row["user_id"] = id
		} else {
			noun := strings.TrimSuffix(member, "_id")
			target := c.st.get(c.path(noun+"s"), id)
			if target == nil {
				continue
			}
			row[noun] = c.view(target, listed)
		}
		rows = append(rows, row)
	}
	return answerPage(c, rows, func(row document) any { return row }), nil
}

func listAgentMembers(c *call) (*answer, error) {
	id, err := c.subject("agent_name")
	if err != nil {
		return nil, err
	}
	path := c.path("agent-grants")
	c = c.listing(path)
	rows := slices.Clone(c.st.referring("agent_id", id, path))
	return answerPage(c, rows, func(rec *record) any {
		row := viewGrant(c, rec, listed)
		delete(row, "user_id")
		row["user"] = c.profile(text(rec.doc, "user_id"))
		return row
	}), nil
}
