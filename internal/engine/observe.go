// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/engine/listcache"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// found is what observe saw of the resource. A nil remote means that there is none.
type found struct {
	remote resource
	diff   comparison
	absent bool // there is none, and none is to be created: the result says why
}

// observe finds the resource: by the id in status, else as one that an earlier pass created, else
// by the id that the spec names, else by its natural key.
func (p *pass) observe(ctx context.Context) (found, error) {
	for _, find := range []func(context.Context) (found, error){p.byID, p.byCreation, p.byAdoptionID, p.byKey} {
		if seen, err := find(ctx); err != nil || seen.remote != nil || seen.absent {
			return seen, err
		}
	}
	return found{}, nil
}

// byID finds the resource that status names. If that is gone, status names none any more.
func (p *pass) byID(ctx context.Context) (found, error) {
	if p.status.ID == "" {
		return found{}, p.refuseMove(ctx)
	}
	if p.wasCompleted() {
		return p.complete(), nil
	}
	seen, err := p.observeKnown(ctx)
	if err == nil && seen.remote != nil {
		err = p.giveUpToTwin(ctx, seen.remote)
	}
	if err == nil && seen.remote == nil {
		err = p.refuseMove(ctx)
	}
	switch {
	case err != nil || seen.remote != nil:
		return seen, err
	case p.policies.once:
		p.foundDrift()
		return p.complete(), nil
	}
	p.outcome.lost, p.mayExist = true, true // it may have been created again already
	if p.collection.Traits().Unlisted {
		// Nothing but a GET says that it is gone, which may be wrong. Its name is its identity, and
		// stays this object's.
		p.mayExist = false
		return seen, nil
	}
	p.status.ID, p.status.Adopted, p.status.Unconverged = "", nil, ""
	p.forgetFields()
	p.mark.Adopted = false
	return seen, nil
}

// byCreation finds a resource whose creation was carried out, and whose answer, or mention in
// status, was lost.
func (p *pass) byCreation(ctx context.Context) (found, error) {
	if !p.mayExist {
		return found{}, nil
	}
	return p.adoptFound(p.findCreated(ctx))(ctx)
}

// byAdoptionID finds the resource that the spec says to adopt. Without it, nothing is created: the
// object would represent another one.
func (p *pass) byAdoptionID(ctx context.Context) (found, error) {
	if p.spec.AdoptionID == "" {
		return found{}, nil
	}
	remote, err := p.get(ctx, meshagent.Ref{ID: meshagent.CanonicalID(p.spec.AdoptionID), Key: p.desired.Key()})
	if meshagent.IsNotFound(err) {
		p.outcome.result, p.status.Drift = missing(fmt.Sprintf(msgNothingToAdopt, p.spec.AdoptionID)), nil
		return found{absent: true}, nil
	}
	return p.adoptFound(remote, err)(ctx)
}

// wasCompleted says that the resource was created once, and is gone. The operator does not create it again.
func (p *pass) wasCompleted() bool {
	return p.policies.once && p.requested == p.status.LastHandledReconcileAt && reasonOf(&p.status.ObjectStatus, v1alpha1.ConditionSynced) == v1alpha1.ReasonCompleted
}

// complete tells that the resource was created once, and is gone.
func (p *pass) complete() found {
	p.outcome.result, p.status.Drift = completed(), nil
	return found{absent: true}
}

// byKey finds a resource that has the name. Where MeshAgent itself tells of one, converge asks by
// creating. Without a mark, only having looked before tells whose it is.
func (p *pass) byKey(ctx context.Context) (found, error) {
	if p.collection.Traits().RefusesTwins && p.collection.Traits().Marks && !p.policies.observes {
		return found{}, nil
	}
	return p.adoptFound(p.findByKey(ctx, p.desired.Key()))(ctx)
}

// adoptFound continues with what a search came to.
func (p *pass) adoptFound(remote resource, err error) func(context.Context) (found, error) {
	return func(ctx context.Context) (found, error) {
		if err != nil || remote == nil {
			return found{}, err
		}
		return p.adopt(ctx, remote)
	}
}

// observeKnown looks for the resource that status names. If a recent list shows it in sync, that is
// enough; otherwise only a live read counts.
func (p *pass) observeKnown(ctx context.Context) (found, error) {
	ref, listedAs := meshagent.Ref{ID: p.status.ID, Key: p.status.Name}, ""
	if p.listSuffices() {
		seen, name, err := p.observeListed(ctx)
		if (err != nil || seen.remote != nil) && !p.unlisted(err) {
			return seen, err
		}
		listedAs = name
	}
	remote, err := p.get(ctx, ref, listedAs)
	if meshagent.IsNotFound(err) {
		return found{}, p.confirmLoss(ctx)
	}
	if err != nil {
		return found{}, err
	}
	if !p.managesFields() && !p.policies.observes && !isPromised(remote) {
		// So far it was only observed. To write to it is to adopt it.
		p.status.ID = ""
		return p.adopt(ctx, remote)
	}
	return p.compare(remote)
}

// confirmLoss makes sure that a resource is gone which a live read did not find. Its parent
// may have been renamed, or the answer may come from something in between, such as a proxy that
// knows no way: those answer 404 too, and a list tells. Many that are gone at once share it.
func (p *pass) confirmLoss(ctx context.Context) error {
	if p.collection.Traits().Unlisted {
		if _, err := p.connection.Project.Info(ctx); err != nil {
			return fmt.Errorf("reading the project: %w", err)
		}
		return p.confirmServer(ctx)
	}
	list, err := p.list.ListedRecently(ctx, p.status.ID)
	if listcache.IsUnreadable(err) && !p.obj.GetDeletionTimestamp().IsZero() {
		// Nothing is made again because of it. A deletion must not wait for a list that never
		// comes.
		return p.confirmServer(ctx)
	}
	if err != nil {
		return err
	}
	listed := func() bool { _, ok := list.Get(p.status.ID); return ok }
	if listed() { // perhaps it has gone since
		if list, err = p.list.ListedSince(ctx, time.Now()); err != nil {
			return err
		}
	}
	if listed() {
		return &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: msgListedNotFound}
	}
	if err := p.confirmServer(ctx); err != nil {
		return err
	}
	p.list.Record(p.status.ID, nil)
	return nil
}

// observeListed looks in a list that may be some minutes old. It finds nothing where only a live
// read counts, but tells the name that the list shows.
func (p *pass) observeListed(ctx context.Context) (seen found, name string, err error) {
	list, err := p.list.ListedSince(ctx, p.fresh(time.Now()))
	if err != nil {
		return seen, "", err
	}
	p.outcome.listed = list.Begun()
	row, ok := list.Get(p.status.ID)
	if !ok {
		return seen, "", nil
	}
	compared, err := p.compare(row)
	if err != nil || len(compared.diff.Changes) > 0 && !p.policies.showsDrift() {
		return seen, row.Written().Key(), nil //nolint:nilerr // a live read will tell
	}
	return compared, "", nil
}

// listSuffices says that this is a mere check for drift: this version of the spec was written
// already, what it refers to is what it was, and no user asked for a live look. What was not ready
// is waited for: a list from before would say the same again.
func (p *pass) listSuffices() bool {
	synced := meta.FindStatusCondition(p.status.Conditions, v1alpha1.ConditionSynced)
	waits := reasonOf(&p.status.ObjectStatus, v1alpha1.ConditionReady) == v1alpha1.ReasonNotReady
	// What is in something that was made again is gone with the old one, whatever an older list
	// shows.
	last := p.memory.of(p.obj).synced
	moved := last != nil && last.references != p.references
	return !waits && !moved && p.collection.Traits().ListsShowAll() && p.requested == p.status.LastHandledReconcileAt && synced != nil &&
		synced.ObservedGeneration == p.obj.GetGeneration() && (p.policies.observes || p.managesFields())
}

// compare finds what differs in a resource, after making sure that no other owner manages it.
func (p *pass) compare(remote resource) (found, error) {
	actual, desired := remote.Written(), p.kind.adapt(p.desired, remote)
	if !p.policies.observes {
		owner := actual.Mark().Owner
		if p.status.ID != "" && owner != "" && owner != p.mark.Owner && p.policies.adoption != v1alpha1.AdoptAlways {
			return found{}, p.refuseToAdopt(remote, ownedElsewhere(called(remote), owner, p.otherwise()))
		}
	}
	if !p.policies.showsDrift() {
		desired = desired.withMark(p.mark)
	}
	applied, err := p.applied(actual)
	if err != nil {
		return found{}, err
	}
	result, err := p.collection.compare(desired, actual, applied, p.kind.defaults)
	result.Changes = append(result.Changes, p.staleValues()...)
	return found{remote: remote, diff: result}, err
}

// paths lists where changes are, for people.
func paths(changes []drift.Change) string {
	const most = 8
	names := fields(changes)
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return strings.Join(names, ", ")
}

// fields are the paths of all changes.
func fields(changes []drift.Change) (names []string) {
	for _, c := range changes {
		names = append(names, c.Path.String())
	}
	return names
}
