// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"cmp"
	"context"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// adopt takes a resource that was found and not just created, if that is allowed.
func (p *pass) adopt(ctx context.Context, remote resource) (found, error) {
	mark := remote.Written().Mark()
	if p.createdByUs(remote) {
		mark.Owner = p.mark.Owner
	}
	p.mark.Adopted = mark.Owner != p.mark.Owner || mark.Adopted
	seen, err := p.compare(remote)
	if err != nil {
		return seen, err
	}
	if !p.policies.observes {
		unmarked, err := p.adoptionChanges(remote)
		if err != nil {
			return seen, err
		}
		// A twin comes first: against one, the advice to set IfUnowned is of no use.
		err = p.yieldToTwin(ctx, remote.Identity())
		if err == nil {
			err = adoptable(p.policies.adoption, p.mark, mark, called(remote), p.otherwise(), unmarked)
		}
		if err != nil {
			p.waitForName(remote.Written().Key())
			p.status.Drift = describe(unmarked, p.kind.hidden)
			return seen, err
		}
	}
	p.status.ID, p.status.Adopted = remote.Identity(), nil
	if p.mark.Adopted {
		p.status.Adopted = new(true)
		p.outcome.adopted = true
	}
	p.recognize(remote)
	return seen, nil
}

// adoptionChanges are what adoption would change in a resource. The ownership annotation does not
// count. A value that is not shown does, because it cannot be known to be identical.
func (p *pass) adoptionChanges(remote resource) ([]drift.Change, error) {
	difference, err := p.collection.compare(p.kind.adapt(p.desired, remote), remote.Written(), nil, nil)
	return append(difference.Changes, p.staleValues()...), err
}

// refuseToAdopt passes on why a resource is not taken over, and shows in status what that would
// change.
func (p *pass) refuseToAdopt(remote resource, why error) error {
	changes, err := p.adoptionChanges(remote)
	if err != nil {
		return err
	}
	p.status.Drift = describe(changes, p.kind.hidden)
	return why
}

// settleDrift removes from status the differences to a resource that this object is refused for
// another reason than those. What is only unknown just now stays.
func (p *pass) settleDrift(err error) {
	if err == nil {
		return
	}
	switch v := verdict.Of(err); {
	case v.Class != verdict.Refused, v.Reason == v1alpha1.ReasonAlreadyExists, v.Reason == v1alpha1.ReasonOwnedElsewhere:
	default:
		p.status.Drift = nil
	}
}

// recognize ends a pending creation whose resource was found as it was sent. From then on the
// resource is this object's, whatever becomes of its values: an update records that before it
// changes them.
func (p *pass) recognize(remote resource) {
	if p.mark.Adopted || isPromised(remote) || !p.isPendingCreate(remote, exactly) {
		return
	}
	p.status.PendingCreate = nil
	p.recognized = true
}

// createdByUs says that a resource without a place for a mark is ours all the same: its key is one
// that no other user can have chosen, or it is what a pending creation sent.
func (p *pass) createdByUs(remote resource) bool {
	return !p.collection.Traits().Marks && (p.hasOwnKey(remote) || p.isPendingCreate(remote, withNormalizing) || p.equalsPending(remote))
}

// hasOwnKey says that the key of a resource is the object's UID.
func (p *pass) hasOwnKey(remote resource) bool {
	return remote.Written().Key() == string(p.obj.GetUID())
}

// called is how messages call a resource: by its key, or by its id where it has none.
func called(remote resource) string {
	return cmp.Or(remote.Written().Key(), remote.Identity())
}

// otherwise is what a user can do who does not want a resource to be adopted.
func (p *pass) otherwise() string {
	if p.spec.AdoptionID != "" {
		return msgOtherID
	}
	return msgOtherName
}

// adoptable decides whether an existing resource may be taken over, and if not, what to tell the
// user.
func adoptable(policy v1alpha1.AdoptionPolicy, ours, theirs meshagent.Mark, called, otherwise string, changes []drift.Change) error {
	switch {
	case theirs.Owner == ours.Owner, policy == v1alpha1.AdoptAlways:
		return nil
	case theirs.Owner != "":
		return ownedElsewhere(called, theirs.Owner, otherwise)
	case len(changes) == 0, policy == v1alpha1.AdoptIfUnowned:
		return nil
	}
	return verdict.Refuse(v1alpha1.ReasonAlreadyExists,
		msgAlreadyExists, called, paths(changes), otherwise)
}

func ownedElsewhere(called, owner, otherwise string) error {
	return verdict.Refuse(v1alpha1.ReasonOwnedElsewhere,
		msgOwnedElsewhere, called, owner, otherwise)
}
