// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// get reads one resource live, by the name that it should have or by others that it may have. Where
// no route can do it, it demands a new list, which a burst of such reads shares.
func (p *pass) get(ctx context.Context, ref meshagent.Ref, names ...string) (resource, error) {
	remote, err := p.collection.Get(ctx, ref)
	for _, name := range names {
		if errors.Is(err, meshagent.ErrUseList) && name != "" && name != ref.Key {
			remote, err = p.collection.Get(ctx, meshagent.Ref{ID: ref.ID, Key: name})
		}
	}
	if errors.Is(err, meshagent.ErrUseList) {
		return p.getByList(ctx, ref)
	}
	if err == nil {
		p.list.Record(remote.Identity(), remote)
	}
	return remote, err
}

func (p *pass) getByList(ctx context.Context, ref meshagent.Ref) (remote resource, err error) {
	list, err := p.list.ListedSince(ctx, time.Now())
	if err != nil {
		return remote, err
	}
	rows := list.ByKey(ref.Key)
	if ref.ID != "" {
		rows = nil
		if row, ok := list.Get(ref.ID); ok {
			rows = []resource{row}
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
	return remote, ambiguous(rows, fmt.Sprintf(msgSameName, len(rows), ref.Key))
}

// findCreated looks for a resource that an earlier pass may have created: by our mark, or as the
// pending creation in status describes it.
func (p *pass) findCreated(ctx context.Context) (resource, error) {
	if p.collection.Traits().Marks {
		return p.findMarked(ctx)
	}
	pending := p.status.PendingCreate
	if pending == nil {
		return nil, nil //nolint:nilnil // it was not begun
	}
	return p.findPending(ctx, pending.Key)
}

// findPending finds, among the resources with a name, the one that a pending creation sent. All
// others are another user's.
func (p *pass) findPending(ctx context.Context, key string) (resource, error) {
	all, err := p.withKey(ctx, key)
	if err != nil {
		return nil, err
	}
	ours := slices.DeleteFunc(all, func(one resource) bool { return !p.createdByUs(one) })
	switch len(ours) {
	case 0:
		return nil, nil //nolint:nilnil // not there is no error
	case 1:
		return ours[0], nil
	}
	return nil, ambiguous(ours, fmt.Sprintf(msgSameContent, len(ours), key))
}

// withKey reads all resources with a natural key.
func (p *pass) withKey(ctx context.Context, key string) (all []resource, err error) {
	if p.collection.Traits().Unlisted {
		if one, err := p.findUnlisted(ctx, key); err != nil || one != nil {
			return []resource{one}, err
		}
		return nil, nil
	}
	list, err := p.list.ListedRecently(ctx, key)
	if err != nil {
		return nil, err
	}
	for _, row := range list.ByKey(key) {
		remote, err := p.get(ctx, meshagent.Ref{ID: row.Identity(), Key: key})
		if err != nil && !meshagent.IsNotFound(err) {
			return nil, err
		}
		if err == nil {
			all = append(all, remote)
		}
	}
	return all, nil
}

// findMade finds what was just created, where MeshAgent's answer does not name it.
func (p *pass) findMade(ctx context.Context) (resource, error) {
	p.list.Doubt(p.desired.Key(), p.owner())
	made, err := p.findMarked(ctx)
	if err == nil && made == nil {
		err = &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: msgWriteNotShown}
	}
	return made, err
}

// findMarked looks for a resource that carries our mark. A list that is a few seconds old shows
// what another process created, and what this one did.
func (p *pass) findMarked(ctx context.Context) (resource, error) {
	owner := p.owner()
	list, err := p.list.ListedRecently(ctx, owner)
	if err != nil {
		return nil, err
	}
	rows := list.ByOwner(owner)
	switch len(rows) {
	case 0:
		return nil, nil //nolint:nilnil // not there is no error
	case 1: // what is written to must have been read, and a list shows no secrets
		remote, err := p.get(ctx, meshagent.Ref{ID: rows[0].Identity(), Key: rows[0].Written().Key()})
		if meshagent.IsNotFound(err) {
			return nil, nil //nolint:nilnil // it has gone since
		}
		return remote, err
	}
	return nil, ambiguous(rows, fmt.Sprintf(msgSameOwner, len(rows)))
}

// findByKey looks for a resource with a natural key. That there is none may be read in a list that
// is a few seconds old, unless one can be read by its key: of those, MeshAgent may take a second
// creation for an update, and what another user created since the list was begun would be lost.
func (p *pass) findByKey(ctx context.Context, key string) (resource, error) {
	if key == "" {
		return nil, nil //nolint:nilnil // without a name it cannot be mistaken for another
	}
	if p.collection.Traits().Unlisted {
		return p.findUnlisted(ctx, key)
	}
	if !p.collection.Traits().RefusesTwins {
		list, err := p.list.ListedRecently(ctx, key)
		if err != nil {
			return nil, err
		}
		if len(list.ByKey(key)) == 0 {
			return p.findUnlisted(ctx, key)
		}
	}
	remote, err := p.get(ctx, meshagent.Ref{Key: key})
	if meshagent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is no error
	}
	return remote, err
}

// findByName looks under the name that the resource would have been created with: a list may be too
// old to show it. It is best effort, for what the object needed to know that name may be gone.
func (p *pass) findByName(ctx context.Context) (resource, error) {
	if !p.collection.Traits().Marks {
		return nil, nil //nolint:nilnil // nothing could be recognized
	}
	in, err := p.gather(ctx)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // nothing more can be known
	}
	desired, err := p.kind.desired(p.obj, in)
	if err != nil || desired.Key() == "" {
		return nil, nil //nolint:nilerr,nilnil // nothing can have been created
	}
	remote, err := p.collection.Get(ctx, meshagent.Ref{Key: desired.Key()})
	if errors.Is(err, meshagent.ErrUseList) || meshagent.IsNotFound(err) || err == nil && remote.Written().Mark().Owner != p.owner() {
		return nil, nil //nolint:nilnil // only the list could tell, or there is none, or another owner has it
	}
	return remote, err
}

// findUnlisted reads by key, where that is possible, what no list shows.
func (p *pass) findUnlisted(ctx context.Context, key string) (resource, error) {
	remote, err := p.collection.Get(ctx, meshagent.Ref{Key: key})
	if errors.Is(err, meshagent.ErrUseList) || meshagent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // not there is no error
	}
	return remote, err
}

func ambiguous(rows []resource, what string) error {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.Identity()
	}
	slices.Sort(ids)
	return verdict.Refuse(v1alpha1.ReasonAmbiguous, msgAmbiguous, what, strings.Join(ids, ", "))
}
