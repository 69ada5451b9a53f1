// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// found is what observe saw of the resource. A nil remote means that there is none.
type found[S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	remote *R
	diff   diff[S]
}

// observe finds the resource: by the id in status, else by our mark, else by its natural key.
func (p *pass[O, S, R]) observe(ctx context.Context) (found[S, R], error) {
	switch {
	case p.status.ID != "":
		seen, err := p.observeKnown(ctx)
		if err == nil && seen.remote != nil {
			err = p.giveUpToTwin(ctx)
		}
		if err != nil || seen.remote != nil {
			return seen, err
		}
		p.outcome.lost = true
		p.status.ID, p.status.Adopted, p.status.Unconverged = "", nil, ""
		p.status.AppliedFields, p.status.PendingFields = nil, nil
		p.mark.Adopted = false
		fallthrough // it may have been created again already
	case p.mayExist:
		// A create may have been carried out whose answer, or whose mention in status, was lost.
		remote, err := p.findCreated(ctx)
		if err != nil {
			return found[S, R]{}, err
		}
		if remote != nil {
			return p.adopt(ctx, *remote)
		}
	}
	if p.collection.Traits().RefusesTwins && p.bearsMarks() && !p.spec.Observes() {
		// MeshAgent itself tells if there is one: converge asks by creating. (Without a mark, only having looked before tells whose
		// it is.)
		return found[S, R]{}, nil
	}
	remote, err := p.findByKey(ctx, p.desired.Key())
	if err != nil || remote == nil {
		return found[S, R]{}, err
	}
	return p.adopt(ctx, *remote)
}

// observeKnown looks for the resource that status names. If a recent list shows it in sync, that is enough; otherwise only a live read counts.
func (p *pass[O, S, R]) observeKnown(ctx context.Context) (found[S, R], error) {
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
		return found[S, R]{}, p.confirmLoss(ctx)
	}
	if err != nil {
		return found[S, R]{}, err
	}
	if !p.managesFields() && !p.spec.Observes() && !promised(remote) {
		// So far it was only observed. To write to it is to adopt it.
		p.status.ID = ""
		return p.adopt(ctx, remote)
	}
	return p.compare(remote)
}

// confirmLoss makes sure that a resource is gone which a live read did not find. What it lies under may have been renamed, or the answer may come
// from something in between, such as a proxy that knows no way: those answer 404 too, and a list tells. Many that are gone at once share it.
func (p *pass[O, S, R]) confirmLoss(ctx context.Context) error {
	list, err := p.snapshot.recent(ctx, p.status.ID)
	if err != nil {
		return err
	}
	listed := func() bool { _, ok := list.get(p.status.ID); return ok }
	if listed() { // perhaps it has gone since
		if list, err = p.snapshot.since(ctx, time.Now()); err != nil {
			return err
		}
	}
	if listed() {
		return &problem{class: unavailable, reason: v1alpha1.ReasonUnavailable, message: "MeshAgent lists it, and does not find it (404)"}
	}
	if err := p.confirmServer(ctx); err != nil {
		return err
	}
	p.snapshot.wrote(p.status.ID, nil)
	return nil
}

// observeListed looks in a list that may be some minutes old. It finds nothing where only a live read counts, but tells the name that the
// list shows.
func (p *pass[O, S, R]) observeListed(ctx context.Context) (seen found[S, R], name string, err error) {
	list, err := p.snapshot.since(ctx, p.fresh(time.Now()))
	if err != nil {
		return seen, "", err
	}
	p.outcome.listed = list.begun
	row, ok := list.get(p.status.ID)
	if !ok {
		return seen, "", nil
	}
	compared, err := p.compare(row)
	if err != nil || len(compared.diff.changes) > 0 && !p.spec.Observes() {
		return seen, row.Written().Key(), nil //nolint:nilerr // a live read will tell
	}
	return compared, "", nil
}

// listSuffices says that this is a mere check for drift: this version of the spec was written already,
// what it refers to is what it was, and nobody asked for a live look. What was not ready is waited for:
// a list from before would say the same again.
func (p *pass[O, S, R]) listSuffices() bool {
	synced := meta.FindStatusCondition(p.status.Conditions, v1alpha1.ConditionSynced)
	waits := reasonOf(&p.status.ObjectStatus, v1alpha1.ConditionReady) == v1alpha1.ReasonNotReady
	// What lies in something that was made anew is gone with the old one, whatever an older list shows.
	last, known := p.last.get(p.obj.GetUID())
	moved := known && last.references != p.references
	return !waits && !moved && !p.collection.Traits().PartialLists && p.requested == p.status.LastHandledReconcileAt && synced != nil &&
		synced.ObservedGeneration == p.obj.GetGeneration() && (p.spec.Observes() || p.managesFields())
}

// get reads one resource live, by the name that it should have or by others that it may have. Where no route can do it, it demands a new
// list, which a burst of such reads shares.
func (p *pass[O, S, R]) get(ctx context.Context, ref meshagent.Ref, names ...string) (R, error) {
	remote, err := p.collection.Get(ctx, ref)
	for _, name := range names {
		if errors.Is(err, meshagent.ErrUseList) && name != "" && name != ref.Key {
			remote, err = p.collection.Get(ctx, meshagent.Ref{ID: ref.ID, Key: name})
		}
	}
	if !errors.Is(err, meshagent.ErrUseList) {
		if err == nil {
			p.snapshot.wrote(remote.Identity(), &remote)
		}
		return remote, err
	}
	list, err := p.snapshot.since(ctx, time.Now())
	if err != nil {
		return remote, err
	}
	rows := list.byKey(ref.Key)
	if ref.ID != "" {
		rows = nil
		if row, ok := list.get(ref.ID); ok {
			rows = []R{row}
		}
	}
	switch len(rows) {
	case 0:
		return remote, &meshagent.Error{Status: http.StatusNotFound, Method: http.MethodGet, Route: p.collection.Path(), Message: "it is not in the list"}
	case 1:
		if p.collection.Traits().PartialLists {
			return p.collection.Get(ctx, meshagent.Ref{ID: rows[0].Identity()})
		}
		return rows[0], nil
	}
	return remote, ambiguous(rows, fmt.Sprintf("%d resources are called %q", len(rows), ref.Key))
}

// bearsMarks says that resources of this kind have a place for a mark.
func (p *pass[O, S, R]) bearsMarks() bool {
	var none S
	return none.WithMark(meshagent.Mark{Owner: p.owner()}).Mark().Owner != ""
}

// findCreated looks for a resource that an earlier pass may have created: by our mark, or as the pending
// creation in status describes it.
func (p *pass[O, S, R]) findCreated(ctx context.Context) (*R, error) {
	if p.bearsMarks() {
		return p.findMarked(ctx)
	}
	pending := p.status.PendingCreate
	if pending == nil {
		return nil, nil //nolint:nilnil // not begun is no error
	}
	return p.findPending(ctx, pending.Key)
}

// findPending finds, among the resources with a name, the one that a pending creation sent. All others
// are somebody else's.
func (p *pass[O, S, R]) findPending(ctx context.Context, key string) (*R, error) {
	list, err := p.snapshot.recent(ctx, key)
	if err != nil {
		return nil, err
	}
	var ours []R
	for _, row := range list.byKey(key) {
		remote, err := p.get(ctx, meshagent.Ref{ID: row.Identity(), Key: key})
		if err != nil && !meshagent.IsNotFound(err) {
			return nil, err
		}
		if err == nil && p.createdByUs(remote) {
			ours = append(ours, remote)
		}
	}
	switch len(ours) {
	case 0:
		return nil, nil //nolint:nilnil // not there is no error
	case 1:
		return &ours[0], nil
	}
	return nil, ambiguous(ours, fmt.Sprintf("%d resources are called %q and equal this object", len(ours), key))
}

// findMarked looks for a resource that bears our mark. A list that is a few seconds old shows what another process created, and what this one did.
func (p *pass[O, S, R]) findMarked(ctx context.Context) (*R, error) {
	owner := p.owner()
	list, err := p.snapshot.recent(ctx, owner)
	if err != nil {
		return nil, err
	}
	rows := list.byOwner(owner)
	switch len(rows) {
	case 0:
		return nil, nil //nolint:nilnil // not there is no error
	case 1:
		return &rows[0], nil
	}
	return nil, ambiguous(rows, fmt.Sprintf("%d resources bear the mark of this object", len(rows)))
}

// findByKey looks for a resource with a natural key. That there is none may be read in a list that is a few seconds old.
func (p *pass[O, S, R]) findByKey(ctx context.Context, key string) (*R, error) {
	if key == "" {
		return nil, nil //nolint:nilnil // without a name it cannot be mistaken for another
	}
	if !p.collection.Traits().RefusesTwins {
		list, err := p.snapshot.recent(ctx, key)
		if err != nil {
			return nil, err
		}
		if len(list.byKey(key)) == 0 {
			return nil, nil //nolint:nilnil // not there is no error
		}
	}
	remote, err := p.get(ctx, meshagent.Ref{Key: key})
	if meshagent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is no error
	}
	return &remote, err
}

func ambiguous[S any, R meshagent.Resource[S]](rows []R, what string) error {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.Identity()
	}
	slices.Sort(ids)
	return refuse(v1alpha1.ReasonAmbiguous, "%s in MeshAgent (%s): delete all but one", what, strings.Join(ids, ", "))
}

// compare finds what differs in a resource, after making sure that nobody else manages it.
func (p *pass[O, S, R]) compare(remote R) (found[S, R], error) {
	actual, desired := remote.Written(), p.adapted(remote)
	if !p.spec.Observes() {
		owner := actual.Mark().Owner
		if p.status.ID != "" && owner != "" && owner != p.mark.Owner && p.spec.AdoptionPolicy != v1alpha1.AdoptAlways {
			return found[S, R]{}, ownedElsewhere(actual.Key(), owner)
		}
		desired = desired.WithMark(p.mark)
	}
	result, err := drift(desired, actual, p.applied(), p.kind.Defaults)
	return found[S, R]{&remote, result}, err
}

// adapted is what is desired, as far as it can be compared with a resource.
func (p *pass[O, S, R]) adapted(remote R) S {
	if p.kind.Adapt == nil {
		return p.desired
	}
	return p.kind.Adapt(p.desired, remote)
}

// paths lists where changes are, for people.
func paths(changes []change) string {
	const most = 8
	var names []string
	for _, c := range changes {
		names = append(names, c.path.String())
	}
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return strings.Join(names, ", ")
}
