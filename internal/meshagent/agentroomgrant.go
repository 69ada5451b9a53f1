// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
)

// AgentRoomGrantSpec is the part of an agent room grant that callers write.
type AgentRoomGrantSpec struct {
	AgentID     string    `json:"agent_id"`
	RoomID      string    `json:"room_id"`
	Permissions *APIScope `json:"permissions,omitempty"`
}

// AgentRoomGrant is what a managed agent can do in a room.
type AgentRoomGrant = Grant[AgentRoomGrantSpec]

// Key is the agent's id with the room's id.
func (s AgentRoomGrantSpec) Key() string { return s.names().String() }

// Mark is always zero, because a grant has no place for the ownership annotation.
func (s AgentRoomGrantSpec) Mark() Mark { return Mark{} }

// WithMark returns the spec unchanged.
func (s AgentRoomGrantSpec) WithMark(Mark) AgentRoomGrantSpec { return s }

func (s AgentRoomGrantSpec) names() grantKey { return grantKey{resource: s.AgentID, subject: s.RoomID} }

func (s AgentRoomGrantSpec) promise() AgentRoomGrantSpec {
	s.Permissions = nil
	return s
}

func (s AgentRoomGrantSpec) named(key grantKey) AgentRoomGrantSpec {
	s.AgentID, s.RoomID = key.resource, key.subject
	return s
}

// agentRoomGrantBody is the body of requests.
type agentRoomGrantBody struct {
	AgentID     string    `json:"agent_id"`
	RoomID      string    `json:"room_id"`
	Permissions *APIScope `json:"permissions"`
}

func (s AgentRoomGrantSpec) creation() any { return agentRoomGrantBody(s) }

func (s AgentRoomGrantSpec) update(string) any { return s.creation() }

func (AgentRoomGrantSpec) read(text []byte) (spec AgentRoomGrantSpec, extras *extras, err error) {
	var row struct {
		Agent, Room struct{ ID string }
		Permissions *APIScope `json:"permissions"`
	}
	if err := json.Unmarshal(text, &row); err != nil {
		return spec, nil, err
	}
	if row.Agent.ID == "" || row.Room.ID == "" {
		return spec, nil, errors.New("the grant has no agent or no room")
	}
	return AgentRoomGrantSpec{AgentID: row.Agent.ID, RoomID: row.Room.ID, Permissions: row.Permissions}, extrasOf[agentRoomGrantBody](text, "agent", "room"), nil
}

// agentRoomGrants differs from other grants: there is no list of all, only one for each agent.
type agentRoomGrants struct {
	grants[AgentRoomGrantSpec]
	list collection[AgentRoomGrantSpec, AgentRoomGrant]
}

// AgentRoomGrants is /accounts/projects/{project_id}/agent-room-grants, with the list of the agent's
// grants.
func (p *Project) AgentRoomGrants(agent string) Collection[AgentRoomGrantSpec, AgentRoomGrant] {
	made := agentRoomGrants{grants: newGrants[AgentRoomGrantSpec](p, "agent-room-grants", "/{agent_id}/{room_id}", "agent", "room")}
	made.list = made.collection
	made.list.route = made.route.join("/by-agent/{agent_name}", agent)
	return made
}

// Path distinguishes the grants of one agent from those of another.
func (c agentRoomGrants) Path() string { return c.list.route.path }

// All lists the agent's grants.
func (c agentRoomGrants) All(ctx context.Context) iter.Seq2[AgentRoomGrant, error] {
	return c.list.All(ctx)
}
