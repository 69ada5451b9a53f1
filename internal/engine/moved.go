// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// refuseMove refuses to create a resource a second time, in another parent. A room that was
// orphaned keeps what is in it, and its MeshRoom may represent another room now: what this object
// has there would be forgotten.
func (p *pass) refuseMove(ctx context.Context) error {
	parent := p.status.Parent
	remote, err := p.openFormer(ctx)
	if err != nil || remote == nil {
		return err
	}
	return verdict.Refuse(v1alpha1.ReasonParentChanged,
		msgParentChanged, p.title(p.status.Name), p.status.Parent, parent)
}

// openFormer returns the resource if it is in the parent that status names, and that is no longer
// the one that the spec leads to. Then the pass continues with that parent's collection.
func (p *pass) openFormer(ctx context.Context) (resource, error) {
	present, former := p.status.Parent, p.before.CommonStatus().Parent
	if former == "" || former == present {
		return nil, nil //nolint:nilnil // it has not moved
	}
	p.open(former)
	remote, err := p.findInFormer(ctx)
	if remote == nil {
		p.open(present)
	}
	return remote, err
}

func (p *pass) findInFormer(ctx context.Context) (remote resource, err error) {
	if p.status.ID == "" {
		remote, err = p.findCreated(ctx)
	} else {
		remote, err = p.get(ctx, meshagent.Ref{ID: p.status.ID, Key: p.status.Name})
	}
	if meshagent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // the parent was renamed, or is gone with all that was in it
	}
	return remote, err
}
