// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"net/http"
)

// RoomSpec is the part of a room that callers write. A nil map leaves the current value unchanged.
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

// Mark reads the ownership annotation.
func (s RoomSpec) Mark() Mark { return markIn(s.Annotations) }

// WithMark returns a copy with the ownership annotation.
func (s RoomSpec) WithMark(mark Mark) RoomSpec {
	s.Annotations = withMark(s.Annotations, mark)
	return s
}

// Identity is the room's id.
func (r Room) Identity() string { return r.ID }

// Written is the room without its id.
func (r Room) Written() RoomSpec { return r.RoomSpec }

// rooms differs from the regular case: GET takes the name, PUT and DELETE take the id.
type rooms struct{ collection[RoomSpec, Room] }

// Rooms is /accounts/projects/{project_id}/rooms.
func (p *Project) Rooms() Collection[RoomSpec, Room] {
	return rooms{collection[RoomSpec, Room]{
		client: p.client, route: p.route.join("/rooms"), item: "/{room}", member: "rooms", open: true,
		// 500 is the limit of MeshAgent's command line tool. If the server has a lower limit, the
		// total shows it.
		paging: paging{"limit", 500},
		traits: Traits{RefusesTwins: true, Marks: true},
	}}
}

// Get sends GET …/rooms/{room} with the name. Only a list finds a room that has been renamed.
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

// Update sends PUT …/rooms/{room}. It always sends both maps, because MeshAgent does not change
// maps that are omitted.
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
