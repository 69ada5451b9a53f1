// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
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

	invited atomic.Pointer[time.Time] // when somebody was, last

	turn   chan struct{}     // whoever holds it may use what follows, and send the list
	begun  time.Time         // of the list
	emails map[string]string // folded, by user id; a new map for each list
}

func (c *Client) members(project route) *members {
	return &members{
		list: collection[member, member]{client: c, route: project.join("/users"), member: "users", paging: paging{"count", 100}},
		age:  c.membersAge, turn: make(chan struct{}, 1),
	}
}

// since returns the e-mail addresses by user id, from a list that was begun at or after a moment.
func (m *members) since(ctx context.Context, notBefore time.Time) (map[string]string, error) {
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if m.emails != nil && !m.begun.Before(notBefore) {
		return m.emails, nil
	}
	begun, emails := time.Now(), map[string]string{}
	for one, err := range m.list.All(ctx) {
		if err != nil {
			return nil, err
		}
		emails[one.ID] = foldEmail(one.Email)
	}
	m.begun, m.emails = begun, emails
	return emails, nil
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
	emails, err := m.since(ctx, notBefore)
	if err != nil {
		return "", err
	}
	found := ""
	for id, of := range emails {
		switch {
		case of != foldEmail(email):
		case found != "":
			return "", &Error{Status: http.StatusUnprocessableEntity, Message: fmt.Sprintf("several members have the address %s: name one by its id", email)}
		default:
			found = id
		}
	}
	return found, nil
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
