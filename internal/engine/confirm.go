// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// maxWrites is how often a pass writes a resource until it is as desired, its creation counted unless
// that writes only a part.
const maxWrites = 2

// contended is status.unconverged after two writes that left different fields as they were. It
// equals no digest.
const contended = "contended"

// unconfirmed is a write that MeshAgent accepted, and whose result was not looked at yet.
type unconfirmed struct {
	made    resource // all of the resource if shown, else its identity
	shown   bool     // in the answer to the write
	at      time.Time
	fixed   []drift.Change // what the write was to change; nil for a creation
	desired uint64         // the fingerprint
	writes  int
	staged  bool         // the first of them was a creation that wrote only a part
	set     drift.Fields // what the object has set
	secrets []v1alpha1.WrittenSecret
	was     string // the id that status had before
	lost    bool   // as in outcome
	adopted bool
}

// confirm compares what MeshAgent holds after a write with what is desired. If MeshAgent did not
// keep all of it, it is written once more.
func (p *pass) confirm(ctx context.Context, write unconfirmed) error {
	seen, err := p.readBack(ctx, write)
	if err != nil {
		return err
	}
	switch left := withoutDefaults(seen.diff.Changes, write.fixed); {
	case len(left) == 0:
		return p.markSynced(seen.remote)
	case p.policies.once && write.fixed != nil:
		p.showDrift(seen)
		return nil
	case p.writes < maxWrites, p.staged && p.writes == maxWrites:
		return p.update(ctx, seen.remote, seen.diff)
	case !samePlaces(left, write.fixed) && p.status.Unconverged == "":
		// Others may be writing, and one more try is right. A server that keeps another part of
		// each write looks the same, and would have no end.
		p.status.Unconverged = contended
		return &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonConflict, Message: msgContended}
	}
	p.status.Unconverged = p.digestOf(seen.diff.Changes)
	return p.notConverging(seen)
}

// readBack shows a resource as it is after a write: in the answer, else in a list that is begun
// after the write, else in a GET. Writes that come one after the other share a list: they wait for
// it outside of the pass, so that no worker waits.
func (p *pass) readBack(ctx context.Context, write unconfirmed) (found, error) {
	if write.shown {
		return p.compare(write.made)
	}
	if p.collection.Traits().ListsShowAll() && !p.list.Slow() {
		if wait := p.list.UntilShared(write.at); wait > 0 {
			p.memory.change(p.obj, func(known *memory) { known.unconfirmed = &write })
			return found{}, &verdict.Problem{Class: verdict.Silent, Message: "waiting for the next list", After: wait}
		}
		if seen, ok := p.inSyncByList(ctx, write); ok {
			return seen, nil
		}
	}
	// A list may be late. Only a GET may lead to another write.
	remote, err := p.get(ctx, meshagent.Ref{ID: write.made.Identity(), Key: cmp.Or(write.made.Written().Key(), p.desired.Key())})
	if meshagent.IsNotFound(err) {
		return found{}, &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: msgWriteNotShown}
	}
	if err != nil {
		return found{}, err
	}
	return p.compare(remote)
}

// inSyncByList says that a list that is begun after a write shows what is desired.
func (p *pass) inSyncByList(ctx context.Context, write unconfirmed) (seen found, ok bool) {
	list, err := p.list.ListedSince(ctx, write.at)
	if err != nil {
		return seen, false
	}
	row, ok := list.Get(write.made.Identity())
	if !ok {
		return seen, false
	}
	if seen, err = p.compare(row); err != nil || len(seen.diff.Changes) > 0 {
		return seen, false
	}
	p.outcome.listed = list.Begun()
	return seen, true
}

// recallWrite completes status with a write that this process made and did not confirm. Another
// process would find the resource by its mark, or by the pending creation.
func (p *pass) recallWrite() {
	write := p.memory.of(p.obj).unconfirmed
	if write == nil || p.status.ID != "" && p.status.ID != write.made.Identity() && p.status.ID != write.was {
		return
	}
	p.status.ID = write.made.Identity()
	p.outcome.lost, p.outcome.adopted, p.outcome.wrote = write.lost, write.adopted, true
	if write.fixed == nil {
		p.status.PendingCreate = nil // MeshAgent said that it was carried out
	}
	if write.adopted {
		p.status.Adopted = new(true)
	}
	p.status.WrittenSecrets = write.secrets
	_ = keepFields(write.set, &p.status.AppliedFields) // it was encoded before
}

// unconfirmedWrite takes the write that is to be confirmed, unless the spec has changed since.
func (p *pass) unconfirmedWrite() (write unconfirmed, ok bool) {
	p.memory.change(p.obj, func(known *memory) {
		if ok = known.unconfirmed != nil; ok {
			write, known.unconfirmed = *known.unconfirmed, nil
		}
	})
	if ok = ok && write.desired == p.fingerprintOf(p.desired); ok {
		p.writes, p.staged = write.writes, write.staged
	}
	return write, ok
}

// withoutDefaults leaves out what was removed and came back as something else: that is MeshAgent's
// default, which a kind need not know.
func withoutDefaults(changes, fixed []drift.Change) []drift.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c drift.Change) bool {
		return c.Desired == nil && slices.ContainsFunc(fixed, func(before drift.Change) bool {
			return before.Path.String() == c.Path.String() && !drift.Covers(before.Actual, c.Actual)
		})
	})
}

// samePlaces says that all changes are among others.
func samePlaces(changes, others []drift.Change) bool {
	return !slices.ContainsFunc(changes, func(c drift.Change) bool {
		return !slices.ContainsFunc(others, func(other drift.Change) bool { return other.Path.String() == c.Path.String() })
	})
}

// notConverging tells that MeshAgent does not keep what is desired. Writing it again would change
// nothing, so that waits until what is desired, or what MeshAgent holds, is something else.
func (p *pass) notConverging(seen found) error {
	if err := p.keepWhatIsStuck(seen); err != nil {
		return err
	}
	if p.outcome.adopted {
		p.outcome.event(v1alpha1.EventAdopted, "adopt", msgAdopted, p.title(p.desired.Key()))
	}
	message := "MeshAgent does not keep the value of " + paths(seen.diff.Changes) + " as written. Set the field to the value in status.drift, or report the difference to MeshAgent"
	if reasonOf(&p.status.ObjectStatus, v1alpha1.ConditionSynced) != v1alpha1.ReasonNotConverging {
		p.outcome.warn(v1alpha1.ReasonNotConverging, "update", "%s: %s", p.title(p.desired.Key()), message)
	}
	p.remember(seen.remote)
	p.outcome.result = notConverging(message)
	p.report(seen.remote, seen.diff.Changes)
	return nil
}

// keepWhatIsStuck notes which fields are this object's: those that it sets, and those that it gave
// up and MeshAgent does not remove.
func (p *pass) keepWhatIsStuck(seen found) error {
	set, err := drift.FieldsOf(p.kind.adapt(p.desired, seen.remote).value())
	if err != nil {
		return err
	}
	before := readFields(p.status.AppliedFields).And(readFields(p.status.PendingFields))
	for _, c := range seen.diff.Changes {
		if c.Desired == nil {
			set = set.And(before.At(c.Path))
		}
	}
	p.status.PendingFields, p.status.PendingDigest = nil, ""
	return keepFields(set, &p.status.AppliedFields)
}

// digestOf identifies changes, hidden values included.
func (p *pass) digestOf(changes []drift.Change) string {
	var all [][3]any
	for _, c := range changes {
		all = append(all, [3]any{c.Path.String(), c.Desired, c.Actual})
	}
	return p.connection.Client.Seal(drift.Encode(all))
}
