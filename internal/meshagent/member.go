// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strings"
)

// MemberSpec is the part of a project's member that callers write. An unset member leaves the
// current value unchanged.
type MemberSpec struct {
	UserID          string `json:"user_id"`
	IsAdmin         *bool  `json:"is_admin,omitempty"`
	IsDeveloper     *bool  `json:"is_developer,omitempty"`
	CanCreateRooms  *bool  `json:"can_create_rooms,omitempty"`
	CanCreateAgents *bool  `json:"can_create_agents,omitempty"`
	CanUseLLMProxy  *bool  `json:"can_use_llm_proxy,omitempty"`
	// The names are in the user's profile, which all projects share.
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
}

// Member is a user of a project.
type Member struct {
	MemberSpec

	Email string

	showsAgents bool // the list tells whether the user can create agents
	extras      *extras
}

// memberRow is a member on the wire.
type memberRow struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	MemberSpec
}

// UnmarshalJSON reads MeshAgent's form. A missing flag is false.
func (m *Member) UnmarshalJSON(text []byte) error {
	var row memberRow
	if err := json.Unmarshal(text, &row); err != nil {
		return err
	}
	*m = Member{MemberSpec: row.MemberSpec, Email: row.Email, showsAgents: row.CanCreateAgents != nil, extras: extrasOf[memberRow](text, "project_id", "created_at")}
	m.UserID = row.ID
	for _, flag := range []**bool{&m.IsAdmin, &m.IsDeveloper, &m.CanCreateRooms, &m.CanCreateAgents, &m.CanUseLLMProxy} {
		if *flag == nil {
			*flag = new(false)
		}
	}
	return nil
}

// Key is the user's id.
func (s MemberSpec) Key() string { return s.UserID }

// Mark is always zero, because a member has no place for the ownership annotation.
func (s MemberSpec) Mark() Mark { return Mark{} }

// WithMark returns the spec unchanged.
func (s MemberSpec) WithMark(Mark) MemberSpec { return s }

// AtCreation is the member without the names, which are in the profile.
func (s MemberSpec) AtCreation() MemberSpec {
	s.FirstName, s.LastName = "", ""
	return s
}

// Identity is the user's id.
func (m Member) Identity() string { return m.UserID }

// Written is the member without the address.
func (m Member) Written() MemberSpec { return m.MemberSpec }

// projectMembers differs from the regular case: only the list reads a member, and the names are in
// the profile of the user.
type projectMembers struct {
	collection[MemberSpec, Member]
	members *members
	project string
}

// Members is /accounts/projects/{project_id}/users. It is not certain that MeshAgent refuses a
// second member with the same id, so callers search before they create.
func (p *Project) Members() Collection[MemberSpec, Member] {
	return projectMembers{p.members.list, p.members, p.ID}
}

// All lists the members. Anyone who looks for a user by an address uses the same list.
func (c projectMembers) All(ctx context.Context) iter.Seq2[Member, error] {
	return c.members.learn(c.collection.All(ctx))
}

// Get returns ErrUseList.
func (c projectMembers) Get(context.Context, Ref) (Member, error) { return Member{}, ErrUseList }

// Create sends POST …/users with the flags. The names follow with an update.
func (c projectMembers) Create(ctx context.Context, spec MemberSpec) (made Member, shown bool, err error) {
	if one := c.one(spec.UserID); one.err != nil {
		return made, false, one.err // such a member could never be removed
	}
	body := struct {
		ProjectID string `json:"project_id"`
		MemberSpec
	}{c.project, spec.AtCreation()}
	err = c.client.do(ctx, request{method: http.MethodPost, route: c.route, in: body, open: true})
	made.UserID = spec.UserID
	return made, false, err
}

// Update sends what differs: PUT …/users/{user_id} for the flags, and PUT
// /accounts/profiles/{user_id} for the names.
func (c projectMembers) Update(ctx context.Context, current Member, spec MemberSpec) (made Member, shown bool, err error) {
	if err := fixed("user", current.UserID, spec.UserID); err != nil {
		return current, false, err
	}
	now, wanted := flagsOf(current.MemberSpec), flagsOf(spec)
	if now.IsAdmin && !wanted.IsAdmin {
		if err := c.keepsAccess(ctx, current.UserID, errLosesAdmin); err != nil {
			return current, false, err
		}
	}
	if now != wanted {
		if err := c.put(ctx, current.UserID, wanted.body(current.showsAgents), current.extras); err != nil {
			return current, false, err
		}
	}
	if current.FirstName != spec.FirstName || current.LastName != spec.LastName {
		body := struct {
			FirstName string `json:"first_name"`
			LastName  string `json:"last_name"`
		}{spec.FirstName, spec.LastName}
		err = c.client.do(ctx, request{method: http.MethodPut, route: expand("/accounts/profiles/{user_id}", current.UserID), in: body, open: true})
	}
	return current, false, err
}

// flags are what a member can do.
type flags struct{ IsAdmin, IsDeveloper, CanCreateRooms, CanCreateAgents, CanUseLLMProxy bool }

func flagsOf(s MemberSpec) flags {
	is := func(flag *bool) bool { return flag != nil && *flag }
	return flags{is(s.IsAdmin), is(s.IsDeveloper), is(s.CanCreateRooms), is(s.CanCreateAgents), is(s.CanUseLLMProxy)}
}

// memberFlags is the body of an update, which must have four flags. The fifth can be left out.
type memberFlags struct {
	IsAdmin         bool  `json:"is_admin"`
	IsDeveloper     bool  `json:"is_developer"`
	CanCreateRooms  bool  `json:"can_create_rooms"`
	CanUseLLMProxy  bool  `json:"can_use_llm_proxy"`
	CanCreateAgents *bool `json:"can_create_agents,omitempty"`
}

func (f flags) body(showsAgents bool) memberFlags {
	body := memberFlags{f.IsAdmin, f.IsDeveloper, f.CanCreateRooms, f.CanUseLLMProxy, &f.CanCreateAgents}
	if !showsAgents && !f.CanCreateAgents {
		body.CanCreateAgents = nil // it is not known, so it must stay as it is
	}
	return body
}

// Delete sends DELETE …/users/{user_id}, unless the API key acts for that user.
func (c projectMembers) Delete(ctx context.Context, id string) error {
	if err := c.keepsAccess(ctx, id, errLosesProject); err != nil {
		return err
	}
	return c.collection.Delete(ctx, id)
}

// Why the user for whom the API key acts keeps their access.
var (
	errLosesAdmin = &Error{
		Status: http.StatusUnprocessableEntity, unsent: true,
		Message: "the API key acts for this user, and the operator would lose its access without the admin flag: leave it true, or use the API key of another user",
	}
	errLosesProject = fmt.Errorf("%w: the API key acts for this user", ErrKept)
)

// keepsAccess refuses what would lock the operator out of the project.
func (c projectMembers) keepsAccess(ctx context.Context, user string, why error) error {
	me, err := c.members.actsFor(ctx)
	if err != nil {
		return fmt.Errorf("finding the user of the API key: %w", err)
	}
	if !strings.EqualFold(me, user) {
		return nil
	}
	return why
}
