// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"errors"
)

// RoomGrantSpec is the part of a room grant that callers write. Exactly one of UserID and Email
// names the user.
type RoomGrantSpec struct {
	RoomID      string    `json:"room_id"`
	UserID      string    `json:"user_id,omitempty"`
	Email       string    `json:"email,omitempty"`
	Permissions *APIScope `json:"permissions,omitempty"`
	// InviteRedirectURL is the page that an invited user sees first. It is sent once, and cannot be
	// read.
	InviteRedirectURL string `json:"-"`
}

// RoomGrant is what a user can do in a room.
type RoomGrant = Grant[RoomGrantSpec]

// Key is the room's id with the user's id, or with the e-mail address.
func (s RoomGrantSpec) Key() string { return s.names().String() }

// Mark is always zero, because a grant has no place for the ownership annotation.
func (s RoomGrantSpec) Mark() Mark { return Mark{} }

// WithMark returns the spec unchanged.
func (s RoomGrantSpec) WithMark(Mark) RoomGrantSpec { return s }

func (s RoomGrantSpec) names() grantKey { return grantKey{s.RoomID, s.UserID, s.Email} }

func (s RoomGrantSpec) promise() RoomGrantSpec {
	s.Permissions = nil
	return s
}

func (s RoomGrantSpec) named(key grantKey) RoomGrantSpec {
	s.RoomID, s.UserID, s.Email = key.resource, key.subject, key.email
	return s
}

// roomGrantBody is the body of requests.
type roomGrantBody struct {
	RoomID            string    `json:"room_id"`
	UserID            string    `json:"user_id,omitempty"`
	Email             string    `json:"email,omitempty"`
	Permissions       *APIScope `json:"permissions"`
	InviteRedirectURL string    `json:"invite_redirect_url,omitempty"`
}

func (s RoomGrantSpec) creation() any { return roomGrantBody(s) }

func (s RoomGrantSpec) update(user string) any {
	return roomGrantBody{RoomID: s.RoomID, UserID: user, Permissions: s.Permissions}
}

func (RoomGrantSpec) read(text []byte) (spec RoomGrantSpec, extras *extras, err error) {
	var row struct {
		Room        struct{ ID string }
		UserID      string    `json:"user_id"`
		Permissions *APIScope `json:"permissions"`
	}
	if err := json.Unmarshal(text, &row); err != nil {
		return spec, nil, err
	}
	if row.Room.ID == "" {
		return spec, nil, errors.New("the grant has no room")
	}
	return RoomGrantSpec{RoomID: row.Room.ID, UserID: row.UserID, Permissions: row.Permissions}, extrasOf[roomGrantBody](text, "room"), nil
}

// RoomGrants is /accounts/projects/{project_id}/room-grants, for grants that name the user's id.
func (p *Project) RoomGrants() Collection[RoomGrantSpec, RoomGrant] { return p.roomGrants() }

// RoomGrantsByEmail is /accounts/projects/{project_id}/room-grants, for grants that name the user's
// e-mail address.
func (p *Project) RoomGrantsByEmail() Collection[RoomGrantSpec, RoomGrant] {
	return grantsByEmail[RoomGrantSpec]{p.roomGrants(), p.members}
}

func (p *Project) roomGrants() grants[RoomGrantSpec] {
	return newGrants[RoomGrantSpec](p, "room-grants", "/{room_id}/{user_id}", "room", "user")
}
