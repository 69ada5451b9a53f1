// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// grantsByEmail are the same grants, with users named by e-mail address. MeshAgent accepts an
// address when a grant is created, but stores only the user. The list of members shows which user
// has, or had, an address. The grant stays with that user.
type grantsByEmail[S grantSpec[S]] struct {
	grants[S]
	members *members
}

// Path distinguishes these grants from those with user ids.
func (c grantsByEmail[S]) Path() string { return c.route.path + "?by=email" }

// All lists the grants, with the addresses of users who are members.
func (c grantsByEmail[S]) All(ctx context.Context) iter.Seq2[Grant[S], error] {
	return func(yield func(Grant[S], error) bool) {
		var members *directory
		for grant, err := range c.grants.All(ctx) {
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
func (g Grant[S]) named(email string) Grant[S] {
	if email != "" {
		g.Spec = g.Spec.named(grantKey{resource: g.Spec.names().resource, email: email})
	}
	return g
}

// Get sends GET on the pair if the user of the address is known. The grant of
// an invited user who is not a member yet cannot be read. Its identity shows that it is pending.
func (c grantsByEmail[S]) Get(ctx context.Context, ref Ref) (Grant[S], error) {
	key := parseGrantKey(ref.Key)
	id := key
	if ref.ID != "" {
		id = parseGrantKey(ref.ID)
	}
	if id.subject == "" && id.email != "" {
		user, err := c.members.find(ctx, id.email, c.members.recent())
		if err != nil {
			return Grant[S]{}, err
		}
		if user == "" && ref.ID != "" {
			return pendingGrant[S](id.resource, id.email), nil
		}
		id.subject, key.email = user, id.email
	}
	grant, err := c.get(ctx, id)
	return grant.named(key.email), err
}

// pendingGrant is the grant of an invited user. Nothing else can be known about it.
func pendingGrant[S grantSpec[S]](resource, email string) Grant[S] {
	var none S
	return Grant[S]{Spec: none.named(grantKey{resource: resource, email: email})}
}

// Create sends POST for the member with the address. If there is no such member, it
// sends the address, and MeshAgent sends an invitation. A conflict about an address without a
// member means that the address was invited before. Create then returns the pending grant with the
// error.
func (c grantsByEmail[S]) Create(ctx context.Context, spec S) (made Grant[S], shown bool, err error) {
	email := spec.names().email
	user, err := c.members.find(ctx, email, c.members.recent())
	if err != nil {
		return made, false, err
	}
	if user != "" {
		made, _, err = c.grants.Create(ctx, spec.named(grantKey{resource: spec.names().resource, subject: user}))
		return made.named(email), false, err
	}
	_, _, err = c.grants.Create(ctx, spec)
	// MeshAgent may or may not add a member at once, so earlier lists expire soon.
	c.members.invite()
	if IsConflict(err) {
		// The user may also have joined since the last list, and the grant can then be read.
		if user, lookErr := c.members.find(ctx, email, time.Now()); lookErr != nil || user != "" {
			return Grant[S]{}, false, err
		}
	} else if err != nil {
		return Grant[S]{}, false, err
	}
	return pendingGrant[S](spec.names().resource, email), true, err
}

// Delete sends DELETE on the pair. MeshAgent cannot withdraw an invitation,
// so there is nothing to delete until the user has joined.
func (c grantsByEmail[S]) Delete(ctx context.Context, id string) error {
	key := parseGrantKey(id)
	if key.subject == "" {
		user, err := c.members.find(ctx, key.email, time.Now())
		if err != nil {
			return err
		}
		if user == "" {
			return fmt.Errorf("%w: %s has not joined, and MeshAgent cannot withdraw the invitation. If the user accepts it, the user gets the grant",
				ErrNothingThere, key.email)
		}
		key.subject = user
	}
	return c.grants.Delete(ctx, grantKey{resource: key.resource, subject: key.subject}.String())
}
