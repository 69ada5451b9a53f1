// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// converge makes MeshAgent hold what is desired: it creates, updates, or does nothing.
func (p *pass) converge(ctx context.Context, seen found) error {
	switch {
	case seen.absent:
		return nil
	case seen.remote == nil && p.policies.observes:
		if p.outcome.lost {
			p.foundDrift()
		}
		p.outcome.result = missing(msgMissing)
		p.status.Drift = nil
		return nil
	case seen.remote == nil:
		return p.create(ctx)
	case len(seen.diff.Changes) == 0:
		return p.markSynced(seen.remote)
	case p.policies.showsDrift():
		p.showDrift(seen)
		return nil
	case p.requested == p.status.LastHandledReconcileAt && p.digestOf(seen.diff.Changes) == p.status.Unconverged:
		return p.notConverging(seen)
	}
	return p.update(ctx, seen.remote, seen.diff)
}

// showDrift tells of differences that the operator must not correct.
func (p *pass) showDrift(seen found) {
	if reasonOf(&p.status.ObjectStatus, v1alpha1.ConditionSynced) != v1alpha1.ReasonDrifted {
		p.foundDrift()
	}
	p.outcome.result = drifted(fmt.Sprintf(msgDrifted, paths(seen.diff.Changes), p.policies.reconcile()))
	p.report(seen.remote, seen.diff.Changes)
}

// create makes the resource. A refusal because there is one already is where its adoption begins.
func (p *pass) create(ctx context.Context) error {
	uncertain := p.pendingBefore()
	if p.status.ID == "" { // otherwise it is this object's already
		if err := p.recordPendingCreate(ctx); err != nil {
			return err
		}
	}
	if p.outcome.lost {
		p.foundDrift()
	}
	made, shown, err := p.collection.Create(ctx, p.desired.withMark(p.mark))
	if errors.Is(err, meshagent.ErrUseList) {
		made, err = p.findMade(ctx)
		shown = err == nil
	}
	if err != nil {
		return p.notCreated(ctx, made, uncertain, err)
	}
	p.status.ID, p.status.Adopted, p.status.PendingCreate = made.Identity(), nil, nil
	written, staged := p.desired.atCreation()
	if err := p.setApplied(written); err != nil {
		return err
	}
	secrets := p.in.secrets.versions
	if staged {
		p.staged = p.fingerprintOf(written) != p.fingerprintOf(p.desired)
		secrets = nil
	}
	p.outcome.adopted = false
	p.logger(ctx).Info("Created resource", "resourceName", p.desired.Key())
	if p.outcome.lost {
		p.counts.driftCorrected.inc(placeOf(p.obj))
		p.outcome.event(v1alpha1.EventRecreated, "create", msgRecreated, p.title(p.desired.Key()))
	} else {
		p.outcome.event(v1alpha1.EventCreated, "create", msgCreated, p.title(p.desired.Key()))
	}
	return p.confirm(ctx, p.carriedOut(made, shown, nil, secrets))
}

// notCreated continues after a creation that failed. Uncertain says that an earlier attempt to
// create the same may have been carried out.
func (p *pass) notCreated(ctx context.Context, inTheWay resource, uncertain bool, err error) error {
	refused := meshagent.IsRefusal(err) || meshagent.NotSent(err)
	if refused && !uncertain && p.status.ID == "" {
		p.withdrawCreate()
	}
	if !refused {
		p.list.Doubt(p.desired.Key(), p.owner())
	}
	if !meshagent.IsConflict(err) {
		return err
	}
	key := takenName(p.desired.Key(), err)
	existing, lookErr := p.findByKey(ctx, key)
	if lookErr != nil {
		return lookErr
	}
	if existing == nil && isPromised(inTheWay) {
		return p.adoptPromise(inTheWay, uncertain)
	}
	if existing == nil {
		return p.unexplained(key, err) // it is gone already, or the conflict is about something else
	}
	seen, adoptErr := p.adopt(ctx, existing)
	if adoptErr != nil {
		return adoptErr
	}
	return p.converge(ctx, seen)
}

// update writes the merged document.
func (p *pass) update(ctx context.Context, current resource, d comparison) error {
	drifted := !p.outcome.adopted && p.desiredBefore(current) && !p.isWriteOnly(d.Changes)
	if drifted && p.writes == 0 {
		p.foundDrift()
	}
	if err := p.recordPendingFields(ctx, current); err != nil {
		return err
	}
	made, shown, err := p.collection.Update(ctx, current, d.Merged)
	if err != nil {
		return p.notUpdated(current, d.Merged.Key(), err)
	}
	first := p.writes == 0
	p.logger(ctx).Info("Updated resource", "resourceName", d.Merged.Key(), "fields", fields(d.Changes))
	switch {
	case p.outcome.adopted || !first:
		// The event of the adoption, or of the first write, says it.
	case drifted:
		p.outcome.event(v1alpha1.EventDriftCorrected, "update", msgDriftCorrected, p.title(p.desired.Key()), paths(d.Changes))
		p.counts.driftCorrected.inc(placeOf(p.obj))
	default:
		p.outcome.event(v1alpha1.EventUpdated, "update", msgUpdated, p.title(p.desired.Key()), paths(d.Changes))
	}
	return p.confirm(ctx, p.carriedOut(made, shown, d.Changes, p.in.secrets.versions))
}

func (p *pass) notUpdated(current resource, key string, err error) error {
	if !meshagent.IsRefusal(err) && !meshagent.NotSent(err) {
		p.list.Doubt(current.Identity(), current.Written().Key(), key, p.owner())
		return err
	}
	if meshagent.IsConflict(err) {
		return p.nameTaken(takenName(key, err))
	}
	return err
}

// carriedOut takes note of a write that MeshAgent accepted, and of the write-only values in it.
func (p *pass) carriedOut(made resource, shown bool, fixed []drift.Change, secrets []v1alpha1.WrittenSecret) unconfirmed {
	p.noteWrite(made, shown, p.desired.Key())
	p.status.WrittenSecrets = secrets
	return unconfirmed{
		made: made, shown: shown, at: time.Now(), fixed: fixed, desired: p.fingerprintOf(p.desired), writes: p.writes, staged: p.staged,
		set: readFields(p.status.AppliedFields).And(readFields(p.status.PendingFields)), lost: p.outcome.lost, adopted: p.outcome.adopted,
		secrets: p.status.WrittenSecrets, was: p.before.CommonStatus().ID,
	}
}

// noteWrite tells the list of a write. What the answer does not show is in doubt until it is looked
// at.
func (p *pass) noteWrite(made resource, shown bool, key string) {
	p.writes++
	p.outcome.wrote = true
	if shown {
		p.list.Record(made.Identity(), made)
	} else {
		p.list.Doubt(made.Identity(), key, p.owner())
	}
}

// foundDrift counts a change that the operator did not make.
func (p *pass) foundDrift() { p.counts.driftFound.inc(placeOf(p.obj)) }

// desiredBefore says that the same was desired before and had been brought to MeshAgent, so that a
// difference is another user's doing.
func (p *pass) desiredBefore(current resource) bool {
	if last := p.memory.of(p.obj).synced; last != nil {
		return last.desired == p.fingerprintOf(p.kind.adapt(p.desired, current))
	}
	return usableFor(p.status.Conditions, p.obj.GetGeneration())
}

// markSynced notes that MeshAgent holds what is desired.
func (p *pass) markSynced(remote resource) error {
	// What is only observed was not set by this object, and is not its to remove. Neither is what
	// was promised by others.
	if !p.policies.observes && !p.undecided(remote) {
		if err := p.setApplied(p.kind.adapt(p.desired, remote)); err != nil {
			return err
		}
	}
	if p.outcome.adopted && !p.policies.observes {
		p.counts.adoptions.inc(placeOf(p.obj))
		p.outcome.event(v1alpha1.EventAdopted, "adopt", msgAdopted, p.title(p.desired.Key()))
	}
	p.remember(remote)
	p.status.Unconverged = ""
	p.outcome.result = inSync()
	p.report(remote, nil)
	return nil
}

// remember notes what was brought to MeshAgent, or seen there.
func (p *pass) remember(remote resource) {
	synced := &lastSync{p.fingerprintOf(p.kind.adapt(p.desired, remote)), p.references}
	p.memory.change(p.obj, func(known *memory) { known.synced = synced })
	p.names.forget(client.ObjectKeyFromObject(p.obj))
}

// report fills status from the resource.
func (p *pass) report(remote resource, changes []drift.Change) {
	p.status.ID = remote.Identity()
	// Who only observes decides nothing about a creation that is uncertain.
	if !isPromised(remote) && !p.policies.observes {
		p.status.PendingCreate = nil
	}
	p.status.Name = remote.Written().Key()
	p.status.ProjectID = p.connection.Project.ID
	p.status.Drift = describe(changes, p.kind.hidden)
	p.outcome.notReady = p.kind.report(p.obj, remote, p.in)
}

// title names the resource in events: by its key, or by its object's name where it has none or one
// that says nothing to people, such as an id or several in one.
func (p *pass) title(key string) string {
	if key == "" || key == p.status.ID || key == string(p.obj.GetUID()) || strings.Contains(key, "/") {
		return p.obj.GetName()
	}
	return key
}

// describe shows changes in status, cut where they are long, without the values of hidden members.
func describe(changes []drift.Change, hidden []string) []v1alpha1.Drift {
	const most = 64
	var shown []v1alpha1.Drift
	for _, c := range changes[:min(len(changes), most)] {
		one := v1alpha1.Drift{Path: c.Path.String()}
		if !isHidden(c.Path, hidden) {
			one.Desired, one.Actual = brief(c.Desired), brief(c.Actual)
		}
		shown = append(shown, one)
	}
	return shown
}

// isHidden says that a value is, holds, or is part of a hidden one. Hidden members are written as
// a.b.c, without places in lists.
func isHidden(at drift.Path, hidden []string) bool {
	var names []string
	for _, step := range at {
		if name, ok := step.(string); ok {
			names = append(names, name)
		}
	}
	return slices.ContainsFunc(hidden, func(one string) bool {
		steps := strings.Split(one, ".")
		common := min(len(steps), len(names))
		return slices.Equal(steps[:common], names[:common])
	})
}

// brief is a value as JSON, cut when long; "" for an absent one.
func brief(value any) string {
	const limit = 200
	if value == nil {
		return ""
	}
	text, err := meshagent.Encode(value)
	if err != nil {
		return "?"
	}
	return cut(string(text), limit)
}

// cut shortens a text that is longer than so many characters, as schemas count them.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
