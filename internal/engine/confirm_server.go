// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// confirmServer makes sure that it is still the server of the last check of the MeshProject that
// answers. What something else does not find is not lost, and a list that a newer server answers in
// its own way may be short.
func (p *pass) confirmServer(ctx context.Context) error {
	project, err := p.Projects.Lookup(ctx, p.obj)
	if err != nil {
		return err
	}
	known := apiOf(project)
	api, err := p.servers.Ask(ctx, p.connection)
	same := cut(api.Version, 256) == known.Version
	// Versions in a form of their own cannot be compared, but the server knows the routes of 0.44.
	// A MeshProject that is being deleted is not checked any more.
	unchecked := known.Version == "" || !known.Tested() && !known.Newer() || !project.DeletionTimestamp.IsZero()
	if err == nil && (same || unchecked && api.Spoken()) {
		return nil
	}
	p.servers.Doubt(p.Projects, p.obj)
	if err != nil {
		return &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: msgLossUnconfirmed + verdict.Of(err).Message}
	}
	return &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: msgLossOtherVersion}
}

// suspect has the MeshProject checked if an answer is a reason for that: MeshAgent does not know
// the key, or may speak another generation than before.
func (p *pass) suspect(err error) {
	if meshagent.IsUnauthorized(err) || meshagent.DoubtsGeneration(err) {
		p.servers.Doubt(p.Projects, p.obj)
	}
}
