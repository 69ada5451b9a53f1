// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"errors"
)

// AgentGrantSpec is the part of an agent grant that callers write. Exactly one of UserID and Email
// names the user.
type AgentGrantSpec struct {
	AgentID     string            `json:"agent_id"`
	UserID      string            `json:"user_id,omitempty"`
	Email       string            `json:"email,omitempty"`
	Permissions *AgentPermissions `json:"permissions,omitempty"`
	// InviteRedirectURL is the page that an invited user sees first. It is sent once, and cannot be
	// read.
	InviteRedirectURL string `json:"-"`
}

// AgentPermissions are what a user can do with a managed agent. They have only one form as JSON, as
// an APIScope does.
type AgentPermissions struct {
	Admin bool `json:"admin"`
}

// AgentGrant is what a user can do with a managed agent.
type AgentGrant = Grant[AgentGrantSpec]

// Key is the agent's id with the user's id, or with the e-mail address.
func (s AgentGrantSpec) Key() string { return s.names().String() }

// Mark is always zero, because a grant has no place for the ownership annotation.
func (s AgentGrantSpec) Mark() Mark { return Mark{} }

// WithMark returns the spec unchanged.
func (s AgentGrantSpec) WithMark(Mark) AgentGrantSpec { return s }

func (s AgentGrantSpec) names() grantKey { return grantKey{s.AgentID, s.UserID, s.Email} }

func (s AgentGrantSpec) promise() AgentGrantSpec {
	s.Permissions = nil
	return s
}

func (s AgentGrantSpec) named(key grantKey) AgentGrantSpec {
	s.AgentID, s.UserID, s.Email = key.resource, key.subject, key.email
	return s
}

// agentGrantBody is the body of requests.
type agentGrantBody struct {
	AgentID           string            `json:"agent_id"`
	UserID            string            `json:"user_id,omitempty"`
	Email             string            `json:"email,omitempty"`
	Permissions       *AgentPermissions `json:"permissions"`
	InviteRedirectURL string            `json:"invite_redirect_url,omitempty"`
}

func (s AgentGrantSpec) creation() any { return agentGrantBody(s) }

func (s AgentGrantSpec) update(user string) any {
	return agentGrantBody{AgentID: s.AgentID, UserID: user, Permissions: s.Permissions}
}

func (AgentGrantSpec) read(text []byte) (spec AgentGrantSpec, extras *extras, err error) {
	row := struct {
		Agent       struct{ ID string }
		UserID      string            `json:"user_id"`
		Permissions *AgentPermissions `json:"permissions"`
	}{}
	if err := json.Unmarshal(text, &row); err != nil {
		return spec, nil, err
	}
	if row.Agent.ID == "" {
		return spec, nil, errors.New("the grant has no agent")
	}
	if row.Permissions == nil { // reads can omit them
		row.Permissions = &AgentPermissions{}
	}
	return AgentGrantSpec{AgentID: row.Agent.ID, UserID: row.UserID, Permissions: row.Permissions}, extrasOf[agentGrantBody](text, "agent"), nil
}

// AgentGrants is /accounts/projects/{project_id}/agent-grants, for grants that name the user's id.
func (p *Project) AgentGrants() Collection[AgentGrantSpec, AgentGrant] { return p.agentGrants() }

// AgentGrantsByEmail is /accounts/projects/{project_id}/agent-grants, for grants that name the
// user's e-mail address.
func (p *Project) AgentGrantsByEmail() Collection[AgentGrantSpec, AgentGrant] {
	return grantsByEmail[AgentGrantSpec]{p.agentGrants(), p.members}
}

func (p *Project) agentGrants() grants[AgentGrantSpec] {
	return newGrants[AgentGrantSpec](p, "agent-grants", "/{agent_id}/{user_id}", "agent", "user")
}
