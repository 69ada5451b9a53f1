// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/meshagent/meshagent-operator/internal/flight"
)

// members finds the user of an e-mail address. All callers share one list of members, and use it
// for a while.
type members struct {
	list collection[MemberSpec, Member]
	age  time.Duration
	held *held

	invited atomic.Pointer[time.Time] // the time of the last invitation
	shared  flight.Shared[*directory]
	self    flight.Shared[string] // the user for whom the API key acts
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
		list: collection[MemberSpec, Member]{
			client: c, route: project.join("/users"), item: "/{user_id}", member: "users", paging: paging{"count", 100}, open: true,
		},
		age: c.membersAge, held: &held{},
	}
	m.shared.Fetch, m.self.Fetch = m.fetch, m.fetchSelf
	runtime.AddCleanup(m, func(h *held) { h.replace(nil) }, m.held)
	return m
}

// fetch lists the members.
func (m *members) fetch(ctx context.Context) (*directory, error) {
	learned := newDirectory(m.list.client)
	for one, err := range m.list.All(ctx) {
		if err == nil {
			err = learned.add(one)
		}
		if err != nil {
			learned.holding.Release()
			return nil, err
		}
	}
	m.held.replace(learned.holding)
	return learned.found, nil
}

// learn uses a list of the members that is being read for another reason.
func (m *members) learn(list iter.Seq2[Member, error]) iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		begun, learned, whole := time.Now(), newDirectory(m.list.client), true
		for one, err := range list {
			whole = whole && err == nil && learned.add(one) == nil
			if !yield(one, err) {
				whole = false
				break
			}
		}
		if !whole || !m.shared.Put(learned.found, begun) {
			learned.holding.Release()
			return
		}
		m.held.replace(learned.holding)
	}
}

// learning is a directory that is being filled.
type learning struct {
	found   *directory
	holding *Holding
}

func newDirectory(account any) learning {
	return learning{&directory{map[string]string{}, map[string][]string{}}, NewHolding(account)}
}

// add notes a member. It returns ErrAnswerTooLarge if there are too many.
func (l learning) add(one Member) error {
	email := foldEmail(one.Email)
	l.found.emails[one.UserID] = email
	l.found.ids[email] = append(l.found.ids[email], one.UserID)
	return l.holding.Add(struct{ id, email string }{one.UserID, email})
}

// fetchSelf reads the user for whom the API key acts: GET /accounts/profiles/me. It returns "" if
// there is none.
func (m *members) fetchSelf(ctx context.Context) (string, error) {
	var profile struct {
		ID string `json:"id"`
	}
	get := request{method: http.MethodGet, route: expand("/accounts/profiles/{user_id}", "me"), out: &profile, open: true}
	err := m.list.client.do(ctx, get)
	switch {
	case IsNotFound(err):
		return "", nil
	case err == nil && profile.ID == "":
		err = unexpected(get, "it has no id")
	}
	return profile.ID, err
}

// actsFor is the id of the user for whom the API key acts. It does not change while the key is in
// use.
func (m *members) actsFor(ctx context.Context) (string, error) {
	user, _, err := m.self.Since(ctx, time.Time{})
	return user, err
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
