// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// finalize deletes the resource, or lets it go, and then gives the object free. It needs nothing but the object's own status and
// a credential: what the object referred to may be gone.
func (p *pass[O, S, R]) finalize(ctx context.Context) error {
	if !controllerutil.ContainsFinalizer(p.obj, v1alpha1.Finalizer) {
		p.outcome.released = true
		return nil
	}
	if p.spec.Observes() {
		return p.release(ctx)
	}
	err := p.deleteOrOrphan(ctx)
	if err != nil && lostAccess(err) {
		doomed, lookErr := p.namespaceIsTerminating(ctx)
		if lookErr != nil {
			return lookErr
		}
		if doomed {
			p.outcome.warn("Abandoned", "finalize", "The namespace is being deleted and MeshAgent can no longer be reached for it (%s). Left in MeshAgent: %s", judge(err).message, p.remains())
			err = nil
		}
	}
	if err != nil {
		return err
	}
	return p.release(ctx)
}

// lostAccess says that nothing will work until somebody brings a credential.
func lostAccess(err error) bool {
	v := judge(err)
	switch v.reason {
	case v1alpha1.ReasonProjectNotFound, v1alpha1.ReasonSecretNotFound, v1alpha1.ReasonInvalidAPIKey, v1alpha1.ReasonInvalid, v1alpha1.ReasonInvalidEndpoint:
		return true
	}
	return v.class == denied
}

// remains says what is left behind, for whoever wants to remove it by hand.
func (p *pass[O, S, R]) remains() string {
	what := kindOf(p.obj)
	if p.status.ID != "" {
		return fmt.Sprintf("%s %q with id %s in project %s", what, p.status.Name, p.status.ID, p.status.ProjectID)
	}
	return fmt.Sprintf("perhaps a %s that bears the mark %s", what, p.owner())
}

func (p *pass[O, S, R]) namespaceIsTerminating(ctx context.Context) (bool, error) {
	var namespace corev1.Namespace
	err := p.Live.Get(ctx, types.NamespacedName{Name: p.obj.GetNamespace()}, &namespace)
	if err != nil {
		return false, fmt.Errorf("reading the namespace: %w", err)
	}
	return !namespace.DeletionTimestamp.IsZero(), nil
}

func (p *pass[O, S, R]) deleteOrOrphan(ctx context.Context) (err error) {
	p.connection, err = p.Projects.Finish(ctx, p.obj)
	if err != nil {
		return err
	}
	if known := p.status.ProjectID; known != "" && known != p.connection.Project.ID {
		return refuse(v1alpha1.ReasonProjectChanged, "it was made in MeshAgent project %s, and projectRef leads to project %s now: set projectRef back so that it can be deleted", known, p.connection.Project.ID)
	}
	p.open(p.parentNow(ctx))
	remote, err := p.findOurs(ctx)
	if err != nil || remote == nil {
		return err
	}
	mark := (*remote).Written().Mark()
	if mark.Owner != "" && mark.Owner != p.owner() {
		p.outcome.event("Left", "finalize", "%s was left in MeshAgent, since %q manages it now", p.status.Name, mark.Owner)
		return nil
	}
	adopted := p.status.IsAdopted() || mark.Adopted
	if p.spec.DeletionPolicy == v1alpha1.DeletionOrphan || p.spec.DeletionPolicy == "" && adopted {
		return p.orphan(ctx, *remote)
	}
	return p.delete(ctx, *remote)
}

// parentNow is what the collection lies under: its present name if that can still be found out, else the last one known.
func (p *pass[O, S, R]) parentNow(ctx context.Context) string {
	if p.kind.Parent == nil {
		return ""
	}
	if in, err := p.resolveReferences(ctx); err == nil {
		return p.kind.Parent(p.obj, in)
	}
	return p.status.Parent
}

// findOurs reads the resource live: somebody else may have taken it over since it was last looked at. Without an id in status there may be
// one all the same, if the process died after it was created.
func (p *pass[O, S, R]) findOurs(ctx context.Context) (*R, error) {
	var remote *R
	var err error
	if p.status.ID == "" {
		if remote, err = p.findBegun(ctx); err == nil && remote == nil {
			remote, err = p.findUnlisted(ctx)
		}
	} else {
		var known R
		known, err = p.get(ctx, meshagent.Ref{ID: p.status.ID, Key: p.status.Name})
		remote = &known
	}
	if meshagent.IsNotFound(err) {
		return nil, p.confirmParentLoss(ctx, err)
	}
	return remote, err
}

// confirmParentLoss tells a resource that is gone, alone or with what it lay under, from one that is there and cannot be found, since somebody
// renamed what it lies under: that will be set right.
func (p *pass[O, S, R]) confirmParentLoss(ctx context.Context, notFound error) error {
	if p.kind.Parent == nil || p.status.Parent == "" {
		return nil
	}
	if _, err := p.snapshot.since(ctx, time.Now()); !meshagent.IsNotFound(err) {
		return err // it can be listed, so that the resource is what is gone
	}
	if _, err := p.resolveReferences(ctx); err != nil {
		return nil //nolint:nilerr // what it lay under is gone in Kubernetes too, or on its way
	}
	return notFound
}

// findUnlisted looks under the name that the resource would have been created with: a list may be too old to show it. It is best effort,
// for what the object needed to know that name may be gone.
func (p *pass[O, S, R]) findUnlisted(ctx context.Context) (*R, error) {
	in, err := p.resolveReferences(ctx)
	if err != nil || !p.bearsMarks() {
		return nil, nil //nolint:nilerr,nilnil // nothing more can be known
	}
	if in.sources, err = p.readSources(ctx); err != nil {
		return nil, nil //nolint:nilerr,nilnil // nothing more can be known
	}
	desired, err := p.kind.Desired(p.obj, in)
	if err != nil || desired.Key() == "" {
		return nil, nil //nolint:nilerr,nilnil // nothing can have been created
	}
	remote, err := p.collection.Get(ctx, meshagent.Ref{Key: desired.Key()})
	if errors.Is(err, meshagent.ErrUseList) || err == nil && remote.Written().Mark().Owner != p.owner() {
		return nil, nil //nolint:nilnil // only the list could tell, or it is somebody else's
	}
	return &remote, err
}

func (p *pass[O, S, R]) delete(ctx context.Context, remote R) error {
	if err := p.permitDeletion(ctx); err != nil {
		return err
	}
	id := remote.Identity()
	if err := p.collection.Delete(ctx, id); err != nil && !meshagent.IsNotFound(err) {
		return err
	}
	p.snapshot.wrote(id, nil)
	p.outcome.wrote = true
	p.logger(ctx).Info("deleted", "resource", remote.Written().Key())
	p.outcome.event("Deleted", "delete", "%s was deleted in MeshAgent", remote.Written().Key())
	return nil
}

// orphan leaves the resource, without our mark.
func (p *pass[O, S, R]) orphan(ctx context.Context, remote R) error {
	written := remote.Written()
	if written.Mark().Owner != "" {
		changed, err := p.collection.Update(ctx, remote, written.WithMark(meshagent.Mark{}))
		if err != nil && !meshagent.IsNotFound(err) {
			return err
		}
		p.snapshot.wrote(remote.Identity(), &changed)
		p.outcome.wrote = true
	}
	p.logger(ctx).Info("orphaned", "resource", written.Key())
	p.outcome.event("Orphaned", "orphan", "%s was left in MeshAgent", written.Key())
	return nil
}
