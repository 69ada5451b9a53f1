// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/meshagent/meshagent-operator/internal/flight"
)

// member is a user of a project. It has only what is needed to find the user of an e-mail address.
type member struct {
	ID    string `json:"id"`
	Email string `json:"email"`
}

// Key is the e-mail address.
func (m member) Key() string { return m.Email }

// Mark is always zero, because a member has no place for the ownership annotation.
func (m member) Mark() Mark { return Mark{} }

// WithMark returns the member unchanged.
func (m member) WithMark(Mark) member { return m }

// Identity is the user's id.
func (m member) Identity() string { return m.ID }

// Written is the member itself.
func (m member) Written() member { return m }

// members finds the user of an e-mail address. All callers share one list of members, and use it
// for a while.
type members struct {
	list collection[member, member]
	age  time.Duration
	held *held

	invited atomic.Pointer[time.Time] // the time of the last invitation
	shared  flight.Shared[*directory]
}

// directory maps user ids to folded e-mail addresses, and addresses to user ids.
type directory struct {
	emails map[string]string
	ids    map[string][]string
}

// held is the memory of the present directory. It is released together with the members.
type held struct{ atomic.Pointer[Holding] }

func (h *held) replace(next *Holding) {
	if last := h.Swap(next); last != nil {
		last.Release()
	}
}

func (c *Client) members(project route) *members {
	m := &members{
		list: collection[member, member]{client: c, route: project.join("/users"), member: "users", paging: paging{"count", 100}, open: true},
		age:  c.membersAge, held: &held{},
	}
	m.shared.Fetch = m.fetch
	runtime.AddCleanup(m, func(h *held) { h.replace(nil) }, m.held)
	return m
}

// fetch lists the members.
func (m *members) fetch(ctx context.Context) (*directory, error) {
	holding := NewHolding(m.list.client)
	found := &directory{map[string]string{}, map[string][]string{}}
	for one, err := range m.list.All(Hold(ctx, holding)) {
		if err != nil {
			holding.Release()
			return nil, err
		}
		email := foldEmail(one.Email)
		found.emails[one.ID] = email
		found.ids[email] = append(found.ids[email], one.ID)
	}
	m.held.replace(holding)
	return found, nil
}

// since returns the members from a list that began at or after a moment.
func (m *members) since(ctx context.Context, notBefore time.Time) (*directory, error) {
	found, _, err := m.shared.Since(ctx, notBefore)
	return found, err
}

// justNow is how long a list stays in use that began before an invitation, although the invited
// user may be a member since then. A burst of invitations shares the list.
const justNow = 3 * time.Second

// recent is the earliest beginning of a list that can be used.
func (m *members) recent() time.Time {
	age := m.age
	if invited := m.invited.Load(); invited != nil {
		age = min(age, max(justNow, time.Since(*invited)))
	}
	return time.Now().Add(-age)
}

// invite records that a user is being invited, and may be a member from now on.
func (m *members) invite() { m.invited.Store(new(time.Now())) }

// find returns the id of the member with an e-mail address, or "" if there is none.
func (m *members) find(ctx context.Context, email string, notBefore time.Time) (string, error) {
	found, err := m.since(ctx, notBefore)
	if err != nil {
		return "", err
	}
	switch ids := found.ids[foldEmail(email)]; len(ids) {
	case 0:
		return "", nil
	case 1:
		return ids[0], nil
	}
	return "", &Error{
		Status: http.StatusUnprocessableEntity, Message: fmt.Sprintf("several members have the e-mail address %q: use the id of one of them", email), unsent: true,
	}
}

// foldEmail makes addresses comparable. It changes only ASCII letters, because other characters
// that fold to an ASCII letter may belong to another user's address.
func foldEmail(email string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, email)
}
