// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"slices"
)

var sessionOperations = map[string]operation{
	"listActiveSessions":          func(c *call) (*answer, error) { return c.sessions("room", true, "") },
	"listRecentSessions":          func(c *call) (*answer, error) { return c.sessions("room", false, "room_id") },
	"listActiveAgentSessions":     func(c *call) (*answer, error) { return c.sessions("agent", true, "") },
	"listRecentAgentSessions":     func(c *call) (*answer, error) { return c.sessions("agent", false, "agent_id") },
	"getSessionParticipantCounts": getParticipants,
	"terminate":                   terminate,
}

// StartSession starts a session in a room, as the first participant would. It panics if the room
// does not exist.
func (s *Simulator) StartSession(roomName string) (id string) { return s.start("room", roomName) }

// StartAgentSession starts a session of an agent. It panics if the agent does not exist.
func (s *Simulator) StartAgentSession(agentName string) (id string) {
	return s.start("agent", agentName)
}

func (s *Simulator) start(noun, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.inside(s.project)
	target := c.st.named(c.path(noun+"s"), name)
	if target == nil {
		panic("simulator: starting a session: no " + noun + " called " + name)
	}
	rec, err := c.startSession(noun, target)
	if err != nil {
		panic("simulator: starting a session: " + err.Error())
	}
	return rec.id
}

func (c *call) startSession(noun string, target *record) (*record, error) {
	doc := document{
		"kind": noun, "room_id": nil, "room_name": "", "agent_id": nil, "agent_name": nil,
		"is_active": true, "created_at": c.s.now(), "participants": document{"user": 1},
	}
	doc[noun+"_id"], doc[noun+"_name"] = target.id, target.doc["name"]
	return c.create(c.path("sessions"), normal(doc))
}

// sessions lists the newest first.
func (c *call) sessions(kind string, active bool, filter string) (*answer, error) {
	want := c.query.Get(filter)
	return c.list(c.path("sessions"), func(c *call) []*record {
		out := slices.DeleteFunc(slices.Clone(c.st.all(c.path("sessions"))), func(rec *record) bool {
			return rec.doc["kind"] != kind || active && rec.doc["is_active"] != true || want != "" && rec.doc[filter] != want
		})
		slices.Reverse(out)
		return out
	})
}

func (c *call) session() (*record, error) {
	return c.lookup(c.path("sessions"), "session_id", c.param("session_id"))
}

func getParticipants(c *call) (*answer, error) {
	rec, err := c.session()
	if err != nil {
		return nil, err
	}
	counts := rec.doc["participants"]
	if counts == nil {
		counts = document{}
	}
	return jsonAnswer(document{"participants": counts}), nil
}

func terminate(c *call) (*answer, error) {
	rec, err := c.session()
	if err != nil {
		return nil, err
	}
	endSession(c, rec)
	return c.done(), nil
}

func endSession(c *call, rec *record) {
	doc := maps.Clone(rec.doc)
	doc["is_active"], doc["participants"] = false, document{}
	c.st.put(&record{path: rec.path, id: rec.id, seq: rec.seq, doc: doc})
}
