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

// member is a user of a project, as far as it says whose an e-mail address is.
type member struct {
	ID    string `json:"id"`
	Email string `json:"email"`
}

// Key is the e-mail address.
func (m member) Key() string { return m.Email }

// Mark is always the zero one.
func (m member) Mark() Mark { return Mark{} }

// WithMark returns the member as it is.
func (m member) WithMark(Mark) member { return m }

// Identity is the user's id.
func (m member) Identity() string { return m.ID }

// Written is the member itself.
func (m member) Written() member { return m }

// members knows whose an e-mail address is. The list is shared by all who ask, and believed for a while.
type members struct {
	list collection[member, member]
	age  time.Duration
	held *held

	invited atomic.Pointer[time.Time] // when somebody was, last
	shared  flight.Shared[*directory]
}

// directory has e-mail addresses, folded, by user id, and user ids by address.
type directory struct {
	emails map[string]string
	ids    map[string][]string
}

// held is what the present directory takes. It is given back with the members.
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

// since returns the members from a list that was begun at or after a moment.
func (m *members) since(ctx context.Context, notBefore time.Time) (*directory, error) {
	found, _, err := m.shared.Since(ctx, notBefore)
	return found, err
}

// justNow is how long a list is believed that was begun before somebody was invited, who may be a member since. A burst of invitations
// shares it.
const justNow = 3 * time.Second

// recent is from when on a list is believed.
func (m *members) recent() time.Time {
	age := m.age
	if invited := m.invited.Load(); invited != nil {
		age = min(age, max(justNow, time.Since(*invited)))
	}
	return time.Now().Add(-age)
}

// invite takes note that somebody is being invited, who may be a member from now on.
func (m *members) invite() { m.invited.Store(new(time.Now())) }

// find returns the id of the member with an e-mail address; "" if there is none.
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
		Status: http.StatusUnprocessableEntity, Message: fmt.Sprintf("several members have the address %s: name one by its id", email), unsent: true,
	}
}

// foldEmail makes addresses comparable. Only ASCII letters have two forms: what else folds to one of them may be somebody else's.
func foldEmail(email string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, email)
}
