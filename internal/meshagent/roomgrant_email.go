// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// roomGrantsByEmail are the same grants, with users named by e-mail address. MeshAgent accepts an
// address when a grant is created, but stores only the user. The list of members shows which user
// has, or had, an address. The grant stays with that user.
type roomGrantsByEmail struct {
	roomGrants
	members *members
}

// RoomGrantsByEmail is /accounts/projects/{project_id}/room-grants, for grants that name the user's
// e-mail address.
func (p *Project) RoomGrantsByEmail() Collection[RoomGrantSpec, RoomGrant] {
	return roomGrantsByEmail{p.roomGrants(), p.members}
}

// Path distinguishes these grants from those with user ids.
func (c roomGrantsByEmail) Path() string { return c.route.path + "?by=email" }

// All lists the grants, with the addresses of users who are members.
func (c roomGrantsByEmail) All(ctx context.Context) iter.Seq2[RoomGrant, error] {
	return func(yield func(RoomGrant, error) bool) {
		var members *directory
		for grant, err := range c.roomGrants.All(ctx) {
			if err == nil && members == nil {
				members, err = c.members.since(ctx, c.members.recent())
			}
			if err == nil {
				grant = grant.named(members.emails[grant.Holder])
			}
			if !yield(grant, err) || err != nil {
				return
			}
		}
	}
}

// named returns the grant with its user named by an e-mail address, if there is one.
func (g RoomGrant) named(email string) RoomGrant {
	if email != "" {
		g.UserID, g.Email = "", email
	}
	return g
}

// Get sends GET …/room-grants/{room_id}/{user_id} if the user of the address is known. The grant of
// an invited user who is not a member yet cannot be read. Its identity shows that it is pending.
func (c roomGrantsByEmail) Get(ctx context.Context, ref Ref) (RoomGrant, error) {
	key := parseGrantKey(ref.Key)
	id := key
	if ref.ID != "" {
		id = parseGrantKey(ref.ID)
	}
	if id.user == "" && id.email != "" {
		user, err := c.members.find(ctx, id.email, c.members.recent())
		if err != nil {
			return RoomGrant{}, err
		}
		if user == "" && ref.ID != "" {
			return pendingGrant(id.room, id.email), nil
		}
		id.user, key.email = user, id.email
	}
	grant, err := c.get(ctx, id)
	return grant.named(key.email), err
}

func pendingGrant(room, email string) RoomGrant {
	return RoomGrant{RoomGrantSpec: RoomGrantSpec{RoomID: room, Email: email}}
}

// Create sends POST …/room-grants for the member with the address. If there is no such member, it
// sends the address, and MeshAgent sends an invitation. A conflict about an address without a
// member means that the address was invited before. Create then returns the pending grant with the
// error.
func (c roomGrantsByEmail) Create(ctx context.Context, spec RoomGrantSpec) (made RoomGrant, shown bool, err error) {
	user, err := c.members.find(ctx, spec.Email, c.members.recent())
	if err != nil {
		return made, false, err
	}
	if user != "" {
		named := spec
		named.UserID, named.Email = user, ""
		made, _, err = c.roomGrants.Create(ctx, named)
		return made.named(spec.Email), false, err
	}
	_, _, err = c.roomGrants.Create(ctx, spec)
	// MeshAgent may or may not add a member at once, so earlier lists expire soon.
	c.members.invite()
	if IsConflict(err) {
		// The user may also have joined since the last list, and the grant can then be read.
		if user, lookErr := c.members.find(ctx, spec.Email, time.Now()); lookErr != nil || user != "" {
			return RoomGrant{}, false, err
		}
	} else if err != nil {
		return RoomGrant{}, false, err
	}
	return pendingGrant(spec.RoomID, spec.Email), true, err
}

// Delete sends DELETE …/room-grants/{room_id}/{user_id}. MeshAgent cannot withdraw an invitation,
// so there is nothing to delete until the user has joined.
func (c roomGrantsByEmail) Delete(ctx context.Context, id string) error {
	key := parseGrantKey(id)
	if key.user == "" {
		user, err := c.members.find(ctx, key.email, time.Now())
		if err != nil {
			return err
		}
		if user == "" {
			return fmt.Errorf("%w: %s has not joined, and MeshAgent cannot withdraw the invitation. If the user accepts it, the user gets the grant",
				ErrNothingThere, key.email)
		}
		key.user = user
	}
	return c.roomGrants.Delete(ctx, grantKey{room: key.room, user: key.user}.String())
}
