// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"net/http"
)

// RoomSpec is what callers write of a room. A nil map means: leave what is there.
type RoomSpec struct {
	Name        string            `json:"name"`
	Metadata    Object            `json:"metadata,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Room is a room of a project.
type Room struct {
	ID string `json:"id"`
	RoomSpec

	extras *extras
}

// UnmarshalJSON reads MeshAgent's form.
func (r *Room) UnmarshalJSON(text []byte) error {
	type plain Room
	r.extras = extrasOf[plain](text)
	return json.Unmarshal(text, (*plain)(r))
}

// Key is the room's name.
func (s RoomSpec) Key() string { return s.Name }

// Mark is in the annotations.
func (s RoomSpec) Mark() Mark { return markIn(s.Annotations) }

// WithMark returns a copy with the mark in its annotations.
func (s RoomSpec) WithMark(mark Mark) RoomSpec {
	s.Annotations = withMark(s.Annotations, mark)
	return s
}

// Identity is the room's id.
func (r Room) Identity() string { return r.ID }

// Written is the room without its id.
func (r Room) Written() RoomSpec { return r.RoomSpec }

// rooms deviates: GET takes the name, PUT and DELETE the id.
type rooms struct{ collection[RoomSpec, Room] }

// Rooms is /accounts/projects/{project_id}/rooms.
func (p *Project) Rooms() Collection[RoomSpec, Room] {
	return rooms{collection[RoomSpec, Room]{
		client: p.client, route: p.route.join("/rooms"), item: "/{room}", member: "rooms", open: true,
		// 500 is the bound of the command line tool; a smaller maximum of the server shows in the total.
		paging: paging{"limit", 500},
		traits: Traits{RefusesTwins: true, Marks: true},
	}}
}

// Get sends GET …/rooms/{room}, with the name. A room that has another name now is only found in a list.
func (c rooms) Get(ctx context.Context, ref Ref) (Room, error) {
	if ref.Key == "" {
		return Room{}, ErrUseList
	}
	room, err := c.read(ctx, request{method: http.MethodGet, route: c.one(ref.Key), open: true})
	if ref.ID != "" && (IsNotFound(err) || err == nil && room.ID != ref.ID) {
		return Room{}, ErrUseList
	}
	return room, err
}

// Update sends PUT …/rooms/{room}. Maps that are left out would stay as they are, so both are always sent.
func (c rooms) Update(ctx context.Context, current Room, spec RoomSpec) (made Room, shown bool, err error) {
	if spec.Metadata == nil {
		spec.Metadata = Object{}
	}
	spec.Annotations = orEmpty(spec.Annotations)
	body := struct {
		Name        string            `json:"name"`
		Metadata    Object            `json:"metadata"`
		Annotations map[string]string `json:"annotations"`
	}(spec)
	return Room{ID: current.ID}, false, c.put(ctx, current.ID, body, current.extras)
}
