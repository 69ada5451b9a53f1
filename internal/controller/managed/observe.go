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
	"k8s.io/utils/ptr"

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
	if p.status.ID != "" {
		seen, err := p.observeKnown(ctx)
		if err != nil || seen.remote != nil {
			return seen, err
		}
		p.outcome.lost = true
		p.status.ID, p.status.Adopted, p.status.AppliedFields = "", nil, nil
		p.mark.Adopted = false
	} else if p.begun {
		// A create may have been carried out whose answer, or whose mention in status, was lost.
		remote, err := p.findMarked(ctx)
		if err != nil {
			return found[S, R]{}, err
		}
		if remote != nil {
			return p.adopt(*remote)
		}
	}
	if p.collection.RefusesTwins() && !p.spec.Observes() {
		// MeshAgent itself tells if there is one: converge asks by creating.
		return found[S, R]{}, nil
	}
	remote, err := p.findByKey(ctx)
	if err != nil || remote == nil {
		return found[S, R]{}, err
	}
	return p.adopt(*remote)
}

// observeKnown looks for the resource that status names. If a recent list shows it in sync, that is enough; otherwise only a live read counts.
func (p *pass[O, S, R]) observeKnown(ctx context.Context) (found[S, R], error) {
	ref := meshagent.Ref{ID: p.status.ID, Key: p.status.Name}
	if p.listSuffices() {
		list, err := p.snapshot.since(ctx, p.fresh(time.Now()))
		if err != nil {
			return found[S, R]{}, err
		}
		p.outcome.listed = list.begun
		if row, ok := list.get(ref.ID); ok {
			seen, err := p.compare(row, p.status.AppliedFields)
			if err == nil && (len(seen.diff.changes) == 0 || p.spec.Observes()) {
				return seen, nil
			}
			ref.Key = row.Written().Key()
		}
	}
	remote, err := p.get(ctx, ref)
	if meshagent.IsNotFound(err) {
		p.snapshot.wrote(ref.ID, nil)
		return found[S, R]{}, nil
	}
	if err != nil {
		return found[S, R]{}, err
	}
	if len(p.status.AppliedFields) == 0 && !p.spec.Observes() {
		// So far it was only observed. To write to it is to adopt it.
		p.status.ID = ""
		return p.adopt(remote)
	}
	return p.compare(remote, p.status.AppliedFields)
}

// listSuffices says that this is a mere check for drift: this version of the spec was written already, and nobody asked for a live look.
func (p *pass[O, S, R]) listSuffices() bool {
	synced := meta.FindStatusCondition(p.status.Conditions, v1alpha1.ConditionSynced)
	return p.requested == p.status.LastHandledReconcileAt && synced != nil &&
		synced.ObservedGeneration == p.obj.GetGeneration() && (p.spec.Observes() || len(p.status.AppliedFields) > 0)
}

// get reads one resource live. Where no route can do it, it demands a new list, which a burst of such reads shares.
func (p *pass[O, S, R]) get(ctx context.Context, ref meshagent.Ref) (R, error) {
	remote, err := p.collection.Get(ctx, ref)
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
	rows := list.find(func(row R) bool {
		if ref.ID != "" {
			return row.Identity() == ref.ID
		}
		return row.Written().Key() == ref.Key
	})
	switch len(rows) {
	case 0:
		return remote, &meshagent.Error{Status: http.StatusNotFound, Method: http.MethodGet, Route: p.collection.Path(), Message: "it is not in the list"}
	case 1:
		return rows[0], nil
	}
	return remote, ambiguous(rows, fmt.Sprintf("%d resources are called %q", len(rows), ref.Key))
}

// findMarked looks for a resource that bears our mark, in a new list.
func (p *pass[O, S, R]) findMarked(ctx context.Context) (*R, error) {
	owner := p.owner()
	var none S
	if none.WithMark(meshagent.Mark{Owner: owner}).Mark().Owner == "" {
		return nil, nil //nolint:nilnil // there is no place for a mark, hence none to be found
	}
	list, err := p.snapshot.since(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	rows := list.find(func(row R) bool { return row.Written().Mark().Owner == owner })
	switch len(rows) {
	case 0:
		return nil, nil //nolint:nilnil // not there is no error
	case 1:
		return &rows[0], nil
	}
	return nil, ambiguous(rows, fmt.Sprintf("%d resources bear the mark of this object", len(rows)))
}

// findByKey looks for a resource with the desired natural key. That there is none may be read in a list that is a few seconds old.
func (p *pass[O, S, R]) findByKey(ctx context.Context) (*R, error) {
	key := p.desired.Key()
	if key == "" {
		return nil, nil //nolint:nilnil // without a name it cannot be mistaken for another
	}
	if !p.collection.RefusesTwins() {
		list, err := p.snapshot.since(ctx, time.Now().Add(-recently))
		if err != nil {
			return nil, err
		}
		if len(list.find(func(row R) bool { return row.Written().Key() == key })) == 0 {
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

// adopt takes a resource that was found and not just created, if that is allowed.
func (p *pass[O, S, R]) adopt(remote R) (found[S, R], error) {
	mark := remote.Written().Mark()
	p.mark.Adopted = mark.Owner != p.mark.Owner || mark.Adopted
	seen, err := p.compare(remote, nil)
	if err != nil {
		return seen, err
	}
	// The mark itself is no difference.
	unmarked, err := drift(p.desired, remote.Written(), nil)
	if err != nil {
		return seen, err
	}
	if !p.spec.Observes() {
		if err := adoptable(p.spec.AdoptionPolicy, p.mark, mark, p.desired.Key(), unmarked.changes); err != nil {
			return seen, err
		}
	}
	p.status.ID, p.status.Adopted = remote.Identity(), nil
	if p.mark.Adopted {
		p.status.Adopted = ptr.To(true)
		p.outcome.adopted = true
	}
	return seen, nil
}

// adoptable decides whether an existing resource may be taken over, and if not, what to tell the user.
func adoptable(policy v1alpha1.AdoptionPolicy, ours, theirs meshagent.Mark, key string, changes []change) error {
	switch {
	case theirs.Owner == ours.Owner, policy == v1alpha1.AdoptAlways:
		return nil
	case theirs.Owner != "":
		return ownedElsewhere(key, theirs.Owner)
	case len(changes) == 0, policy == v1alpha1.AdoptIfUnowned:
		return nil
	}
	return refuse(v1alpha1.ReasonAlreadyExists,
		"%q exists already in MeshAgent and differs in %s: set adoptionPolicy to IfUnowned to take it over and change it, or choose another name", key, paths(changes))
}

func ownedElsewhere(key, owner string) error {
	return refuse(v1alpha1.ReasonOwnedElsewhere,
		"%q in MeshAgent is managed by %q (operator id/namespace/name): set adoptionPolicy to Always to take it over, or choose another name", key, owner)
}

// compare finds what differs in a resource, after making sure that nobody else manages it.
func (p *pass[O, S, R]) compare(remote R, applied []string) (found[S, R], error) {
	actual, desired := remote.Written(), p.desired
	if !p.spec.Observes() {
		owner := actual.Mark().Owner
		if p.status.ID != "" && owner != "" && owner != p.mark.Owner && p.spec.AdoptionPolicy != v1alpha1.AdoptAlways {
			return found[S, R]{}, ownedElsewhere(actual.Key(), owner)
		}
		desired = desired.WithMark(p.mark)
	}
	result, err := drift(desired, actual, applied)
	return found[S, R]{remote: &remote, diff: result}, err
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
