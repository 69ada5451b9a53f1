// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// finalize deletes the resource, or orphans it, and then releases the object. It needs nothing
// but the object's own status and a credential: what the object referred to may be gone.
func (p *pass) finalize(ctx context.Context) error {
	if !controllerutil.ContainsFinalizer(p.obj, v1alpha1.Finalizer) {
		p.outcome.released = true
		return nil
	}
	if p.memory.of(p.obj).deleted {
		return p.release(ctx) // which failed before: what has the name now is another user's
	}
	if p.policies.observes {
		if p.status.ID != "" {
			p.outcome.event(v1alpha1.EventOrphaned, "orphan", msgOrphanedObserved, p.title(p.status.Name))
		}
		return p.release(ctx)
	}
	if p.policies.suspended != "" {
		return p.finalizeSuspended(ctx)
	}
	if p.kind.undeletable {
		return p.finalizeUndeletable(ctx)
	}
	err := p.supported(ctx)
	if err == nil {
		err = p.explain(ctx, p.deleteOrOrphan(ctx))
	}
	if err != nil && !p.leave(ctx, err) {
		if err := p.orAbandon(ctx, err); err != nil {
			return err
		}
	}
	return p.release(ctx)
}

// orAbandon passes on why the resource could not be deleted, unless the object goes with its
// namespace and waits for what will never come: what it lacks cannot be created there any more.
// What is only wrong with the credential can be corrected while the MeshProject's namespace stays.
func (p *pass) orAbandon(ctx context.Context, why error) error {
	doomed := []string{p.obj.GetNamespace()}
	v := verdict.Of(why)
	switch v.Reason {
	case v1alpha1.ReasonProjectNotFound, v1alpha1.ReasonProjectNotAllowed, v1alpha1.ReasonProjectChanged:
	case v1alpha1.ReasonSecretNotFound, v1alpha1.ReasonInvalidAPIKey, v1alpha1.ReasonInvalidEndpoint, v1alpha1.ReasonEndpointNotAllowed,
		v1alpha1.ReasonUnauthorized, v1alpha1.ReasonForbidden:
		doomed = append(doomed, projects.ProjectKey(p.obj).Namespace)
	default:
		return why
	}
	var namespace corev1.Namespace
	for _, name := range slices.Backward(slices.Compact(doomed)) {
		namespace = corev1.Namespace{}
		err := p.Live.Get(ctx, types.NamespacedName{Name: name}, &namespace)
		if apierrors.IsNotFound(err) {
			continue // it is gone for good
		}
		if err != nil {
			return fmt.Errorf("reading namespace %q: %w", name, err)
		}
		if namespace.DeletionTimestamp.IsZero() {
			return why
		}
	}
	// With Roles in some namespaces only, the event may not be written: the log always tells.
	p.logger(ctx).Info("Abandoned resource", "reason", v.Message, "left", p.remains())
	p.outcome.warnOf(&namespace, v1alpha1.EventAbandoned, "finalize", msgAbandoned,
		kindOf(p.obj), client.ObjectKeyFromObject(p.obj), v.Message, p.remains())
	return nil
}

// remains says what is left behind, for anyone who wants to remove it by hand.
func (p *pass) remains() string {
	what := kindOf(p.obj)
	if p.status.ID != "" {
		return fmt.Sprintf(msgRemains, what, cmp.Or(p.status.Name, p.obj.GetName()), p.status.ID, p.status.ProjectID)
	}
	return fmt.Sprintf(msgMayRemain, what, p.owner())
}

func (p *pass) deleteOrOrphan(ctx context.Context) (err error) {
	p.connection, err = p.Projects.ForDeletion(ctx, p.obj)
	if err != nil {
		return err
	}
	if known := p.status.ProjectID; known != "" && known != p.connection.Project.ID {
		return verdict.Refuse(v1alpha1.ReasonProjectChanged, msgProjectChangedDeletion, known, p.connection.Project.ID)
	}
	parent, _ := p.parentNow(ctx)
	p.open(cmp.Or(parent, p.status.Parent))
	remote, err := p.findOurs(ctx)
	if err == nil && remote == nil {
		remote, err = p.openFormer(ctx)
	}
	if err != nil || remote == nil {
		return err
	}
	return p.deleteOrOrphanFound(ctx, remote)
}

func (p *pass) deleteOrOrphanFound(ctx context.Context, remote resource) error {
	others, err := p.isOthers(ctx, remote)
	if err != nil {
		return err
	}
	if others != "" {
		p.logger(ctx).Info("Left resource in MeshAgent", "resourceName", p.title(remote.Written().Key()), "reason", others)
		p.outcome.event(v1alpha1.EventLeft, "finalize", msgLeft, p.title(remote.Written().Key()), others)
		return nil
	}
	adopted := p.status.IsAdopted() || remote.Written().Mark().Adopted
	if p.policies.orphans(adopted) {
		return p.orphan(ctx, remote)
	}
	return p.delete(ctx, remote)
}

// isOthers says why a resource is not this object's to delete or to change; "" if it is.
func (p *pass) isOthers(ctx context.Context, remote resource) (why string, err error) {
	if owner := remote.Written().Mark().Owner; owner != "" && owner != p.owner() {
		return fmt.Sprintf(msgOwnedNow, owner), nil
	} else if owner == "" && p.collection.Traits().Marks && remote.Identity() == remote.Written().Key() {
		// Where names are identities, another user's resource may have come after ours was deleted.
		return msgNotOurs, nil
	}
	if p.onlyObserved(remote) {
		return msgOnlyObserved, nil
	}
	if p.isUnconfirmed() && !p.hasOwnKey(remote) && !p.isPendingCreate(remote, exactly) {
		return msgMayBeForeign, nil
	}
	twin := p.yieldToTwin(ctx, remote.Identity())
	if twin != nil && verdict.Of(twin).Class == verdict.Refused {
		return twin.Error(), nil
	}
	return "", twin
}

// isUnconfirmed says that nothing but a pending creation tells whose the resource is.
func (p *pass) isUnconfirmed() bool {
	return !p.collection.Traits().Marks && (p.status.ID == "" || p.status.PendingCreate != nil)
}

// parentNow is the parent of the collection, by its present name. It is "" where that is the
// project, and where the name cannot be found out any more: the error says why.
func (p *pass) parentNow(ctx context.Context) (string, error) {
	if p.kind.parent == nil {
		return "", nil
	}
	in, err := p.resolveReferences(ctx)
	in.partial = true
	return p.kind.parent(p.obj, in), err
}

// findOurs reads the resource live: another owner may have taken it over since it was last looked
// at. There may also be another one, if the process died after it was created.
func (p *pass) findOurs(ctx context.Context) (resource, error) {
	known := p.status.ID != ""
	if known {
		remote, err := p.get(ctx, meshagent.Ref{ID: p.status.ID, Key: p.status.Name})
		if !meshagent.IsNotFound(err) {
			return remote, err
		}
		if err := p.confirmLoss(ctx); err != nil {
			return nil, p.confirmParentLoss(ctx, err)
		}
	}
	remote, err := p.findCreated(ctx)
	if err == nil && remote == nil && !known {
		remote, err = p.findByName(ctx)
	}
	if meshagent.IsUnaddressable(err) {
		return nil, nil //nolint:nilnil // status names the parent before anything is created there: nothing was
	}
	if err != nil {
		return nil, p.confirmParentLoss(ctx, err)
	}
	return remote, nil
}

// confirmParentLoss tells a resource that is gone with its parent, or with the whole project, from
// one that cannot be found just now: because a user renamed the parent, which the operator will
// correct, or since it is not MeshAgent that answers 404.
func (p *pass) confirmParentLoss(ctx context.Context, err error) error {
	if !meshagent.IsNotFound(err) {
		return err
	}
	if p.status.Parent != "" {
		switch parent, missing := p.parentNow(ctx); {
		case parent != "" && p.parentIsKnown():
			return err
		case parent == "" && !verdict.IsMissing(missing):
			return missing
		}
	}
	_, lookErr := p.connection.Project.Info(ctx)
	switch {
	case lookErr == nil && p.status.Parent == "":
		return err
	case lookErr != nil && !meshagent.IsNotFound(lookErr):
		return lookErr
	}
	if p.confirmServer(ctx) != nil {
		return err
	}
	return nil
}

// parentIsKnown says that the parent of the resource was looked up, and not just taken from the
// spec by its id.
func (p *pass) parentIsKnown() bool {
	for _, reference := range p.kind.references {
		if refs := reference.of(p.obj); len(refs) > 0 { // the parent comes first
			return refs[0].Name != "" || reference.find != nil
		}
	}
	return false
}

func (p *pass) delete(ctx context.Context, remote resource) error {
	if err := p.permitDeletion(ctx); err != nil {
		return err
	}
	id, name := remote.Identity(), p.title(remote.Written().Key())
	err := p.collection.Delete(ctx, id)
	if errors.Is(err, meshagent.ErrKept) {
		p.logger(ctx).Info("Left resource in MeshAgent", "resourceName", name, "reason", err.Error())
		p.outcome.warn(v1alpha1.EventLeft, "delete", msgLeftWithID, name, id, err.Error())
		return nil
	}
	if meshagent.IsNotFound(err) {
		// Another client was quicker, unless it is still there: then the answer is not MeshAgent's.
		if left, lookErr := p.findOurs(ctx); lookErr != nil || left != nil {
			return cmp.Or(lookErr, err)
		}
	}
	if err != nil && !meshagent.IsNotFound(err) && !errors.Is(err, meshagent.ErrNothingThere) {
		return err
	}
	p.list.Record(id, nil)
	if err != nil {
		p.logger(ctx).Info("Already deleted in MeshAgent", "resourceName", name)
		p.outcome.event(v1alpha1.EventGone, "delete", msgGone, name, verdict.Of(err).Message)
		return nil
	}
	p.memory.change(p.obj, func(known *memory) { known.deleted = true })
	p.outcome.wrote = true
	p.logger(ctx).Info("Deleted resource", "resourceName", name)
	p.outcome.event(v1alpha1.EventDeleted, "delete", msgDeleted, name)
	return nil
}

// orphan leaves the resource, without our mark.
func (p *pass) orphan(ctx context.Context, remote resource) error {
	written, left := remote.Written(), ""
	if written.Mark().Owner != "" {
		made, shown, err := p.collection.Update(ctx, remote, written.withMark(meshagent.Mark{}))
		switch {
		case err == nil:
			p.noteWrite(made, shown, written.Key())
		case errors.Is(err, meshagent.ErrValueHidden):
			left = msgMarkKept
		case meshagent.IsNotFound(err):
			if still, lookErr := p.findOurs(ctx); lookErr != nil || still != nil {
				return cmp.Or(lookErr, err)
			}
			p.list.Record(remote.Identity(), nil)
			p.outcome.event(v1alpha1.EventGone, "orphan", msgAlreadyDeleted, p.title(written.Key()))
			return nil
		default:
			if !meshagent.IsRefusal(err) && !meshagent.NotSent(err) {
				p.list.Doubt(remote.Identity(), written.Key(), p.owner())
			}
			return err
		}
	}
	name := p.title(written.Key())
	p.logger(ctx).Info("Orphaned resource", "resourceName", name)
	p.outcome.event(v1alpha1.EventOrphaned, "orphan", msgOrphaned, name, left)
	return nil
}
