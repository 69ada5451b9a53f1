// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// RoomGrantSpec is what callers write of a room grant. Exactly one of UserID and Email says whose it is.
type RoomGrantSpec struct {
	RoomID      string    `json:"room_id"`
	UserID      string    `json:"user_id,omitempty"`
	Email       string    `json:"email,omitempty"`
	Permissions *APIScope `json:"permissions,omitempty"`
	// InviteRedirectURL is where somebody lands who is invited. It is sent once, and cannot be read.
	InviteRedirectURL string `json:"-"`
}

// RoomGrant is what a user may do in a room.
type RoomGrant struct {
	RoomGrantSpec

	// Holder is the user's id, however the user is named; "" while an invitation is pending.
	Holder string

	extras *extras
}

// Pending says that the user was invited and has not joined yet.
func (g RoomGrant) Pending() bool { return g.Holder == "" }

// Promised says that nothing can be read of the grant yet: not what the invitation promises, nor who sent it.
func (g RoomGrant) Promised() bool { return g.Pending() }

// UnmarshalJSON reads MeshAgent's form, which has the whole room and knows no e-mail addresses.
func (g *RoomGrant) UnmarshalJSON(text []byte) error {
	var row struct {
		Room        struct{ ID string }
		UserID      string    `json:"user_id"`
		Permissions *APIScope `json:"permissions"`
	}
	if err := json.Unmarshal(text, &row); err != nil {
		return err
	}
	if row.Room.ID == "" {
		return errors.New("it names no room")
	}
	*g = RoomGrant{
		RoomGrantSpec: RoomGrantSpec{RoomID: row.Room.ID, UserID: row.UserID, Permissions: row.Permissions}, Holder: row.UserID,
		extras: extrasOf[roomGrantBody](text, "room"),
	}
	return nil
}

// Key is the room's id with that of the user, or with the e-mail address.
func (s RoomGrantSpec) Key() string { return grantKey{s.RoomID, s.UserID, s.Email}.String() }

// Mark is always the zero one: a grant has no place for it.
func (s RoomGrantSpec) Mark() Mark { return Mark{} }

// WithMark returns the spec as it is.
func (s RoomGrantSpec) WithMark(Mark) RoomGrantSpec { return s }

// Identity is the room's id with that of the user. While an invitation is pending there is no user: then it is the key.
func (g RoomGrant) Identity() string {
	if g.RoomID == "" {
		return "" // it is none
	}
	if g.Pending() {
		return g.Key()
	}
	return grantKey{room: g.RoomID, user: g.Holder}.String()
}

// Written is the grant as its writer names the user.
func (g RoomGrant) Written() RoomGrantSpec { return g.RoomGrantSpec }

// grantKey names a grant in one string: room/user, or room//e-mail. The parts are escaped, so that they cannot be mistaken.
type grantKey struct{ room, user, email string }

func (k grantKey) String() string {
	text := url.PathEscape(k.room) + "/" + url.PathEscape(k.user)
	if k.email != "" {
		text += "/" + url.PathEscape(k.email)
	}
	return text
}

// parseGrantKey reads what String wrote. What it cannot read names no grant.
func parseGrantKey(text string) grantKey {
	var parts [3]string
	for i, part := range strings.SplitN(text, "/", len(parts)) {
		parts[i], _ = url.PathUnescape(part)
	}
	return grantKey{parts[0], parts[1], parts[2]}
}

// roomGrants deviates: a grant is addressed by room and user, updates have a dummy in their path, and nothing answers with the grant.
type roomGrants struct {
	collection[RoomGrantSpec, RoomGrant]
}

// RoomGrants is /accounts/projects/{project_id}/room-grants, for grants that are named by user. That a second one is refused is not
// certain, so one looks before creating.
func (p *Project) RoomGrants() Collection[RoomGrantSpec, RoomGrant] { return p.roomGrants() }

func (p *Project) roomGrants() roomGrants {
	return roomGrants{collection[RoomGrantSpec, RoomGrant]{
		client: p.client, route: p.route.join("/room-grants"), item: "/{room_id}/{user_id}", member: "room_grants",
		paging: paging{"limit", 50}, open: true,
	}}
}

// Get sends GET …/room-grants/{room_id}/{user_id}.
func (c roomGrants) Get(ctx context.Context, ref Ref) (RoomGrant, error) {
	if ref.ID == "" {
		ref.ID = ref.Key
	}
	return c.get(ctx, parseGrantKey(ref.ID))
}

func (c roomGrants) get(ctx context.Context, key grantKey) (RoomGrant, error) {
	if key.room == "" || key.user == "" {
		return RoomGrant{}, c.nobodys()
	}
	return c.read(ctx, request{method: http.MethodGet, route: c.route.join(c.item, key.room, key.user), open: true})
}

// nobodys says that there is no such grant, since there is no such user.
func (c roomGrants) nobodys() error {
	return &Error{Status: http.StatusNotFound, Method: http.MethodGet, Route: c.route.template + c.item, Message: "nobody has such a grant"}
}

// roomGrantBody is what requests consist of.
type roomGrantBody struct {
	RoomID            string    `json:"room_id"`
	UserID            string    `json:"user_id,omitempty"`
	Email             string    `json:"email,omitempty"`
	Permissions       *APIScope `json:"permissions"`
	InviteRedirectURL string    `json:"invite_redirect_url,omitempty"`
}

// Create sends POST …/room-grants.
func (c roomGrants) Create(ctx context.Context, spec RoomGrantSpec) (made RoomGrant, shown bool, err error) {
	if one := c.route.join(c.item, spec.RoomID, spec.UserID); spec.UserID != "" && one.err != nil {
		return made, false, one.err // it could never be deleted
	}
	err = c.client.do(ctx, request{method: http.MethodPost, route: c.route, in: roomGrantBody(spec), open: true})
	made.RoomID, made.UserID, made.Holder = spec.RoomID, spec.UserID, spec.UserID
	return made, false, err
}

// Update sends PUT …/room-grants/unused: only the body counts.
func (c roomGrants) Update(ctx context.Context, current RoomGrant, spec RoomGrantSpec) (made RoomGrant, shown bool, err error) {
	if err := fixed("room", current.RoomID, spec.RoomID); err != nil {
		return current, false, err
	}
	if err := fixed("user", current.UserID, spec.UserID); err != nil {
		return current, false, err
	}
	body := roomGrantBody{RoomID: current.RoomID, UserID: current.Holder, Permissions: spec.Permissions}
	err = c.client.do(ctx, request{method: http.MethodPut, route: c.route.join("/{grant_id}", "unused"), in: completed{body, current.extras}, open: true})
	return current, false, err
}

// Delete sends DELETE …/room-grants/{room_id}/{user_id}.
func (c roomGrants) Delete(ctx context.Context, id string) error {
	key := parseGrantKey(id)
	return c.client.do(ctx, request{method: http.MethodDelete, route: c.route.join(c.item, key.room, key.user), open: true})
}
