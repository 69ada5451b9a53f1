// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// roomGrantsByEmail are the same grants, named by the users' e-mail addresses. MeshAgent takes an address when a grant is made, and knows
// grants by user only: the list of members says who has an address, or had it when last seen. The grant stays with that user.
type roomGrantsByEmail struct {
	roomGrants
	members *members
}

// RoomGrantsByEmail is /accounts/projects/{project_id}/room-grants, for grants that are named by e-mail address.
func (p *Project) RoomGrantsByEmail() Collection[RoomGrantSpec, RoomGrant] {
	return roomGrantsByEmail{p.roomGrants(), p.members}
}

// Path tells these grants from those that are named by user.
func (c roomGrantsByEmail) Path() string { return c.route.path + "?by=email" }

// All lists the grants, with the addresses of the users who are members.
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

// named is the grant with its user named by an e-mail address, if there is one.
func (g RoomGrant) named(email string) RoomGrant {
	if email != "" {
		g.UserID, g.Email = "", email
	}
	return g
}

// Get sends GET …/room-grants/{room_id}/{user_id} once it is known who has the address. Who was invited and is no member yet has no grant
// that could be read: that it is pending is known from its identity.
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

// Create sends POST …/room-grants for the member who has the address, else for the address, which sends an invitation. A
// conflict about an address that is no member's says that it was invited before: then the pending grant comes with the error.
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
	// It depends on MeshAgent whether this made a member at once: lists from before do not count for long.
	c.members.invite()
	if IsConflict(err) {
		// Or they have joined since they were last looked for, and there is a grant that can be read.
		if user, lookErr := c.members.find(ctx, spec.Email, time.Now()); lookErr != nil || user != "" {
			return RoomGrant{}, false, err
		}
	} else if err != nil {
		return RoomGrant{}, false, err
	}
	return pendingGrant(spec.RoomID, spec.Email), true, err
}

// Delete sends DELETE …/room-grants/{room_id}/{user_id}. An invitation cannot be taken back: if nobody has joined there is nothing to delete.
func (c roomGrantsByEmail) Delete(ctx context.Context, id string) error {
	key := parseGrantKey(id)
	if key.user == "" {
		user, err := c.members.find(ctx, key.email, time.Now())
		if err != nil {
			return err
		}
		if user == "" {
			return fmt.Errorf("%w: %s has not joined, and MeshAgent does not take invitations back: who joins with it has the grant all the same",
				ErrNothingThere, key.email)
		}
		key.user = user
	}
	return c.roomGrants.Delete(ctx, grantKey{room: key.room, user: key.user}.String())
}
