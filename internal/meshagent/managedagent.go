// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"net/http"
)

// ManagedAgentSpec is what callers write of a managed agent. What it does not have is kept as
// MeshAgent has it.
type ManagedAgentSpec struct {
	Metadata ManagedAgentMetadata `json:"metadata"`
}

// ManagedAgentMetadata is a managed agent's name and annotations.
type ManagedAgentMetadata struct {
	Name        string            `json:"name"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ManagedAgent is a managed agent of a project.
type ManagedAgent struct {
	ID string
	ManagedAgentSpec

	extras *extras // of the envelope
}

// agentEnvelope is a managed agent on the wire.
type agentEnvelope struct {
	ID            string           `json:"id,omitempty"`
	Name          string           `json:"name,omitempty"`
	Configuration ManagedAgentSpec `json:"configuration"`
}

// UnmarshalJSON reads MeshAgent's form. The name next to the configuration is the one that counts:
// an older form of the configuration has no metadata.
func (a *ManagedAgent) UnmarshalJSON(text []byte) error {
	var shape agentEnvelope
	if err := json.Unmarshal(text, &shape); err != nil {
		return err
	}
	a.ID, a.ManagedAgentSpec, a.extras = shape.ID, shape.Configuration, extrasOf[agentEnvelope](text)
	if shape.Name != "" {
		a.Metadata.Name = shape.Name
	}
	return nil
}

// Key is the agent's name.
func (s ManagedAgentSpec) Key() string { return s.Metadata.Name }

// Mark is in the annotations.
func (s ManagedAgentSpec) Mark() Mark { return markIn(s.Metadata.Annotations) }

// WithMark returns a copy with the mark in its annotations.
func (s ManagedAgentSpec) WithMark(mark Mark) ManagedAgentSpec {
	s.Metadata.Annotations = withMark(s.Metadata.Annotations, mark)
	return s
}

// Identity is the agent's id.
func (a ManagedAgent) Identity() string { return a.ID }

// Written is the agent without its id.
func (a ManagedAgent) Written() ManagedAgentSpec { return a.ManagedAgentSpec }

// managedAgents deviates: GET takes the name, PUT and DELETE the id.
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

// Get sends GET …/agents/{agent}, with the name. An agent that has another name now is only found
// in a list.
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

// Create sends POST …/agents, whose answer is the agent.
func (c managedAgents) Create(ctx context.Context, spec ManagedAgentSpec) (made ManagedAgent, shown bool, err error) {
	made, err = c.read(ctx, request{method: http.MethodPost, route: c.route, in: agentEnvelope{Configuration: spec}, open: true})
	return made, true, err
}

// Update sends PUT …/agents/{agent}, which replaces the whole configuration.
func (c managedAgents) Update(ctx context.Context, current ManagedAgent, spec ManagedAgentSpec) (made ManagedAgent, shown bool, err error) {
	return ManagedAgent{ID: current.ID}, false, c.put(ctx, current.ID, agentEnvelope{Configuration: spec}, current.extras)
}
