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
type RoomGrant struct {
	RoomGrantSpec

	// Holder is the user's id, even if the spec has the e-mail address. It is "" while an
	// invitation is pending.
	Holder string

	extras *extras
}

// Pending is true if the user was invited and has not joined yet.
func (g RoomGrant) Pending() bool { return g.Holder == "" }

// Promised is true if the grant cannot be read yet. Neither its permissions nor the sender of the
// invitation are known then.
func (g RoomGrant) Promised() bool { return g.Pending() }

// UnmarshalJSON reads MeshAgent's form, which contains the whole room and no e-mail addresses.
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
		return errors.New("the grant has no room")
	}
	*g = RoomGrant{
		RoomGrantSpec: RoomGrantSpec{RoomID: row.Room.ID, UserID: row.UserID, Permissions: row.Permissions}, Holder: row.UserID,
		extras: extrasOf[roomGrantBody](text, "room"),
	}
	return nil
}

// Key is the room's id with the user's id, or with the e-mail address.
func (s RoomGrantSpec) Key() string { return grantKey{s.RoomID, s.UserID, s.Email}.String() }

// Mark is always zero, because a grant has no place for the ownership annotation.
func (s RoomGrantSpec) Mark() Mark { return Mark{} }

// WithMark returns the spec unchanged.
func (s RoomGrantSpec) WithMark(Mark) RoomGrantSpec { return s }

// Identity is the room's id with the user's id. While an invitation is pending there is no user, so
// Identity is the key.
func (g RoomGrant) Identity() string {
	if g.RoomID == "" {
		return "" // this is not a grant
	}
	if g.Pending() {
		return g.Key()
	}
	return grantKey{room: g.RoomID, user: g.Holder}.String()
}

// Written is the grant with the user as the caller named them.
func (g RoomGrant) Written() RoomGrantSpec { return g.RoomGrantSpec }

// grantKey names a grant in one string: room/user, or room//e-mail. Escaping keeps the parts apart.
type grantKey struct{ room, user, email string }

func (k grantKey) String() string {
	text := url.PathEscape(k.room) + "/" + url.PathEscape(k.user)
	if k.email != "" {
		text += "/" + url.PathEscape(k.email)
	}
	return text
}

// parseGrantKey is the reverse of String. A malformed text names no grant.
func parseGrantKey(text string) grantKey {
	var parts [3]string
	for i, part := range strings.SplitN(text, "/", len(parts)) {
		parts[i], _ = url.PathUnescape(part)
	}
	return grantKey{parts[0], parts[1], parts[2]}
}

// roomGrants differs from the regular case. Room and user address a grant, updates have a dummy in
// their path, and no response contains the grant.
type roomGrants struct {
	collection[RoomGrantSpec, RoomGrant]
}

// RoomGrants is /accounts/projects/{project_id}/room-grants, for grants that name the user's id. It
// is not certain that MeshAgent refuses a second grant, so callers search before they create.
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

// nobodys is the error for a grant of a user that does not exist.
func (c roomGrants) nobodys() error {
	return &Error{Status: http.StatusNotFound, Method: http.MethodGet, Route: c.route.template + c.item, Message: "there is no such grant"}
}

// roomGrantBody is the body of requests.
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
		return made, false, one.err // such a grant could never be deleted
	}
	err = c.client.do(ctx, request{method: http.MethodPost, route: c.route, in: roomGrantBody(spec), open: true})
	made.RoomID, made.UserID, made.Holder = spec.RoomID, spec.UserID, spec.UserID
	return made, false, err
}

// Update sends PUT …/room-grants/unused. MeshAgent reads only the body.
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
