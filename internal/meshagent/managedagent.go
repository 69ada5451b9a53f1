// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// ManagedAgent is a managed agent of a project.
type ManagedAgent struct {
	ID string
	ManagedAgentSpec

	extras *extras // of the envelope
}

// Identity is the agent's id.
func (a ManagedAgent) Identity() string { return a.ID }

// Written is the agent without its id.
func (a ManagedAgent) Written() ManagedAgentSpec { return a.ManagedAgentSpec }

// agentEnvelope is a managed agent on the wire.
type agentEnvelope struct {
	ID            string             `json:"id,omitempty"`
	Name          string             `json:"name,omitempty"`
	Configuration agentConfiguration `json:"configuration"`
	IfNotExists   bool               `json:"if_not_exists,omitempty"`
}

// agentConfiguration is the JSON form of a ManagedAgentSpec. Name is in its older form only, which
// has no metadata.
type agentConfiguration struct {
	Version string `json:"version"`
	Kind    string `json:"kind"`
	Name    string `json:"name,omitempty"`
	ManagedAgentSpec
}

func (s ManagedAgentSpec) envelope() agentEnvelope {
	return agentEnvelope{Configuration: agentConfiguration{Version: "v1", Kind: "ManagedAgent", ManagedAgentSpec: s.filled()}}
}

// UnmarshalJSON reads MeshAgent's form, and the older one. The name next to the configuration is
// the one that counts. It fills in defaults, so that the result does not depend on whether
// MeshAgent shows them.
func (a *ManagedAgent) UnmarshalJSON(text []byte) error {
	var shape agentEnvelope
	if err := json.Unmarshal(text, &shape); err != nil {
		return err
	}
	*a = ManagedAgent{ID: shape.ID, ManagedAgentSpec: shape.Configuration.ManagedAgentSpec, extras: extrasOf[agentEnvelope](text)}
	a.Metadata.Name = cmp.Or(shape.Name, a.Metadata.Name, shape.Configuration.Name)
	a.fill()
	return nil
}

// managedAgents differs from the regular case: GET takes the name, PUT and DELETE take the id.
type managedAgents struct {
	collection[ManagedAgentSpec, ManagedAgent]
}

// ManagedAgents is /accounts/projects/{project_id}/agents.
func (p *Project) ManagedAgents() Collection[ManagedAgentSpec, ManagedAgent] {
	return managedAgents{collection[ManagedAgentSpec, ManagedAgent]{
		client: p.client, route: p.route.join("/agents"), item: "/{agent}", member: "agents", open: true,
		paging: paging{"limit", 500}, // the bound of the command line tool
		traits: Traits{RefusesTwins: true, Marks: true},
	}}
}

// Get sends GET …/agents/{agent} with the name. Only a list finds an agent that has been renamed.
func (c managedAgents) Get(ctx context.Context, ref Ref) (ManagedAgent, error) {
	if ref.Key == "" {
		return ManagedAgent{}, ErrUseList
	}
	agent, err := c.read(ctx, request{method: http.MethodGet, route: c.one(ref.Key), open: true})
	if ref.ID != "" && (IsNotFound(err) || err == nil && agent.ID != ref.ID) {
		return ManagedAgent{}, ErrUseList
	}
	return agent, err
}

// Create sends POST …/agents, without MCP servers that need a secret of the agent: an agent that
// does not exist yet has none. It asks for the agent of that name if there is one. This is the only
// way to be sure that MeshAgent makes no second one. If the answer has another owner, Create
// returns a conflict, as MeshAgent does elsewhere.
func (c managedAgents) Create(ctx context.Context, spec ManagedAgentSpec) (made ManagedAgent, shown bool, err error) {
	if one := c.one(spec.Key()); one.err != nil {
		return made, false, one.err // such an agent could never be read
	}
	body := spec.UsableBy("").envelope()
	body.IfNotExists = true
	post := request{method: http.MethodPost, route: c.route, in: body, open: true}
	made, err = c.read(ctx, post)
	if err == nil && made.Mark() != spec.Mark() {
		err = &Error{Status: http.StatusConflict, Method: post.method, Route: c.route.template, Message: fmt.Sprintf("an agent with the name %q exists", spec.Key())}
		return ManagedAgent{}, false, err
	}
	return made, true, err
}

// Update sends PUT …/agents/{agent}, which replaces the whole configuration.
func (c managedAgents) Update(ctx context.Context, current ManagedAgent, spec ManagedAgentSpec) (made ManagedAgent, shown bool, err error) {
	return ManagedAgent{ID: current.ID}, false, c.put(ctx, current.ID, spec.envelope(), current.extras)
}
