// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"net/http"
)

// MailboxSpec is the part of a mailbox that callers write. A nil map leaves the current value
// unchanged.
type MailboxSpec struct {
	Address     string            `json:"address"`
	RoomID      string            `json:"-"` // reported by MeshAgent, never sent
	Room        string            `json:"room"`
	Queue       string            `json:"queue"`
	Public      bool              `json:"public"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Mailbox is a mailbox of a project.
type Mailbox struct {
	RoomID string `json:"room_id"` // "" if MeshAgent does not report it
	MailboxSpec

	extras *extras
}

// UnmarshalJSON reads MeshAgent's form.
func (m *Mailbox) UnmarshalJSON(text []byte) error {
	type plain Mailbox
	m.extras = extrasOf[plain](text)
	return json.Unmarshal(text, (*plain)(m))
}

// Key is the address.
func (s MailboxSpec) Key() string { return s.Address }

// Mark reads the ownership annotation.
func (s MailboxSpec) Mark() Mark { return markIn(s.Annotations) }

// WithMark returns a copy with the ownership annotation.
func (s MailboxSpec) WithMark(mark Mark) MailboxSpec {
	s.Annotations = withMark(s.Annotations, mark)
	return s
}

// Identity is the address.
func (m Mailbox) Identity() string { return m.Address }

// Written is the mailbox without the parts that only MeshAgent writes.
func (m Mailbox) Written() MailboxSpec {
	written := m.MailboxSpec
	written.RoomID = m.RoomID
	return written
}

type mailboxes struct {
	collection[MailboxSpec, Mailbox]
}

// Mailboxes is /accounts/projects/{project_id}/mailboxes.
func (p *Project) Mailboxes() Collection[MailboxSpec, Mailbox] {
	return mailboxes{collection[MailboxSpec, Mailbox]{
		client: p.client, route: p.route.join("/mailboxes"), item: "/{address}", member: "mailboxes", wrap: "mailbox", open: true,
		paging: paging{"count", 100}, traits: Traits{RefusesTwins: true, Marks: true},
	}}
}

// Get sends GET …/mailboxes/{address}.
func (c mailboxes) Get(ctx context.Context, ref Ref) (Mailbox, error) {
	if ref.ID == "" {
		ref.ID = ref.Key
	}
	return c.collection.Get(ctx, ref)
}

// Create sends POST …/mailboxes. The response is empty.
func (c mailboxes) Create(ctx context.Context, spec MailboxSpec) (made Mailbox, shown bool, err error) {
	if one := c.one(spec.Address); one.err != nil {
		return made, false, one.err // such a mailbox could never be deleted
	}
	made.Address = spec.Address
	spec.Annotations = orEmpty(spec.Annotations)
	return made, false, c.client.do(ctx, request{method: http.MethodPost, route: c.route, in: spec, open: true})
}

// Update sends PUT …/mailboxes/{address}, which replaces everything but the address.
func (c mailboxes) Update(ctx context.Context, current Mailbox, spec MailboxSpec) (made Mailbox, shown bool, err error) {
	if err := fixed("address", current.Address, spec.Address); err != nil {
		return current, false, err
	}
	made.Address = current.Address
	body := struct {
		Room        string            `json:"room"`
		Queue       string            `json:"queue"`
		Public      bool              `json:"public"`
		Annotations map[string]string `json:"annotations"`
	}{spec.Room, spec.Queue, spec.Public, orEmpty(spec.Annotations)}
	return made, false, c.put(ctx, current.Address, body, current.extras)
}
