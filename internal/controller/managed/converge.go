// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// converge makes MeshAgent hold what is desired: it creates, updates, or does nothing.
func (p *pass[O, S, R]) converge(ctx context.Context, seen found[S, R]) error {
	if seen.remote == nil {
		if p.spec.Observes() {
			if p.outcome.lost {
				p.foundDrift()
			}
			p.outcome.missing("it does not exist in MeshAgent and would be created if reconcilePolicy were Enforce")
			p.status.Drift = nil
			return nil
		}
		return p.create(ctx)
	}
	if len(seen.diff.changes) == 0 {
		return p.settle(*seen.remote)
	}
	if p.spec.Observes() {
		if reasonOf(&p.status.ObjectStatus, v1alpha1.ConditionSynced) != v1alpha1.ReasonDrifted {
			p.foundDrift()
		}
		p.outcome.drifted("MeshAgent differs in " + paths(seen.diff.changes) + "; reconcilePolicy Observe leaves it so")
		p.report(*seen.remote, seen.diff.changes)
		return nil
	}
	return p.update(ctx, *seen.remote, seen.diff)
}

// create makes the resource. A refusal because there is one already is where its adoption begins.
func (p *pass[O, S, R]) create(ctx context.Context) error {
	if err := p.intend(ctx); err != nil {
		return err
	}
	if p.outcome.lost {
		p.foundDrift()
	}
	remote, err := p.collection.Create(ctx, p.desired.WithMark(p.mark))
	if meshagent.IsConflict(err) {
		existing, lookErr := p.findByKey(ctx, p.desired.Key())
		if lookErr != nil {
			return lookErr
		}
		if existing == nil && promised(remote) {
			return p.adoptPromise(remote)
		}
		if existing == nil {
			return err // it is gone already, or the conflict is about something else
		}
		seen, adoptErr := p.adopt(*existing)
		if adoptErr != nil {
			return adoptErr
		}
		return p.converge(ctx, seen)
	}
	if err != nil {
		return p.uncertain(err, p.desired.Key(), p.owner())
	}
	p.snapshot.wrote(remote.Identity(), &remote)
	p.status.ID, p.status.Adopted, p.outcome.wrote = remote.Identity(), nil, true
	p.logger(ctx).Info("created", "resource", p.desired.Key())
	if p.outcome.lost {
		driftCorrected.WithLabelValues(kindOf(p.obj)).Inc()
		p.outcome.event("Recreated", "create", "%s was gone from MeshAgent and was created again", p.title(p.desired.Key()))
	} else {
		p.outcome.event("Created", "create", "%s was created in MeshAgent", p.title(p.desired.Key()))
	}
	p.outcome.adopted = false
	return p.settle(remote)
}

// uncertain passes on why a write failed. Unless MeshAgent refused it, it may have been carried out.
func (p *pass[O, S, R]) uncertain(err error, about ...string) error {
	if !meshagent.IsRefusal(err) && !meshagent.NotSent(err) {
		p.snapshot.doubt(about...)
	}
	return err
}

// intend records in status what must be known of a creation even if the process dies in it: what it lies under, without which it could not be
// found any more once that is gone; and its name, where the resource itself will not tell whose it is. It was looked for, and was not there:
// if it is found after a crash, it is ours.
func (p *pass[O, S, R]) intend(ctx context.Context) error {
	known := p.status.Parent == p.before.CommonStatus().Parent
	if !p.bearsMarks() && p.status.Intent != p.desired.Key() {
		fields, err := fieldsOf(p.desired)
		if err != nil {
			return err
		}
		p.status.Intent, p.status.AppliedFields, known = p.desired.Key(), fields, false
	}
	if known {
		return nil
	}
	p.status.ProjectID = p.connection.Project.ID
	return p.record(ctx)
}

// announce records in status the fields that this object is about to set for the first time: if the process dies before status tells
// that it did, and the spec drops them meanwhile, they must still be known as its own.
func (p *pass[O, S, R]) announce(ctx context.Context, current R) error {
	fields, err := fieldsOf(p.adapted(current))
	if err != nil {
		return err
	}
	known := len(p.status.AppliedFields)
	p.status.AppliedFields = slices.Compact(slices.Sorted(slices.Values(append(fields, p.status.AppliedFields...))))
	if len(p.status.AppliedFields) == known {
		return nil
	}
	p.status.ProjectID, p.status.Name = p.connection.Project.ID, current.Written().Key()
	return p.record(ctx)
}

// applied are the fields that this object has set. What was announced, and MeshAgent did not take, is not there to be removed.
func (p *pass[O, S, R]) applied() []string {
	if applied, ok := p.refused.get(p.obj.GetUID()); ok {
		return applied
	}
	return p.status.AppliedFields
}

// record writes status as far as it is known, before the end of the pass.
func (p *pass[O, S, R]) record(ctx context.Context) error {
	if err := p.writeStatus(ctx, p.before, p.obj, &p.written); err != nil {
		return err
	}
	// What the API server holds now is what the end of the pass is compared with.
	p.before, _ = p.obj.DeepCopyObject().(O)
	return nil
}

// update writes the merged document.
func (p *pass[O, S, R]) update(ctx context.Context, current R, d diff[S]) error {
	applied, drifted := p.applied(), !p.outcome.adopted && p.desiredBefore()
	if drifted {
		p.foundDrift()
	}
	if err := p.announce(ctx, current); err != nil {
		return err
	}
	p.refused.forget(p.obj.GetUID())
	remote, err := p.collection.Update(ctx, current, d.merged)
	if meshagent.IsRefusal(err) {
		p.refused.set(p.obj.GetUID(), applied)
	}
	switch {
	case meshagent.IsConflict(err):
		return refuse(v1alpha1.ReasonAlreadyExists, "MeshAgent refuses the change, since something else has the name %q", d.merged.Key())
	case err != nil:
		return p.uncertain(err, current.Identity(), d.merged.Key(), p.owner())
	}
	p.snapshot.wrote(remote.Identity(), &remote)
	p.outcome.wrote = true
	p.logger(ctx).Info("updated", "resource", d.merged.Key(), "fields", paths(d.changes))
	switch {
	case p.outcome.adopted:
		// The event of the adoption says it.
	case drifted:
		p.outcome.event("DriftCorrected", "update", "%s differed in MeshAgent and was set right: %s", p.title(p.desired.Key()), paths(d.changes))
		driftCorrected.WithLabelValues(kindOf(p.obj)).Inc()
	default:
		p.outcome.event("Updated", "update", "%s was updated in MeshAgent: %s", p.title(p.desired.Key()), paths(d.changes))
	}
	return p.settle(remote)
}

// foundDrift counts a change that somebody else made.
func (p *pass[O, S, R]) foundDrift() { driftFound.WithLabelValues(kindOf(p.obj)).Inc() }

// desiredBefore says that the same was desired before and had been brought to MeshAgent, so that a difference is somebody else's doing.
func (p *pass[O, S, R]) desiredBefore() bool {
	if last, known := p.last.get(p.obj.GetUID()); known {
		return last == fingerprint(p.desired)
	}
	return usableFor(p.status.Conditions, p.obj.GetGeneration())
}

// settle notes that MeshAgent now holds what is desired.
func (p *pass[O, S, R]) settle(remote R) error {
	// What is only observed was not set by this object, and is not its to remove. Neither is what was promised by others.
	if !p.spec.Observes() && !(p.status.IsAdopted() && promised(remote)) {
		fields, err := fieldsOf(p.adapted(remote))
		if err != nil {
			return err
		}
		p.status.AppliedFields = fields
	}
	if p.outcome.adopted && !p.spec.Observes() {
		p.outcome.event("Adopted", "adopt", "%s existed in MeshAgent already and was adopted", p.title(p.desired.Key()))
	}
	p.last.set(p.obj.GetUID(), fingerprint(p.desired))
	p.refused.forget(p.obj.GetUID())
	p.outcome.inSync()
	p.report(remote, nil)
	return nil
}

// report fills status from the resource.
func (p *pass[O, S, R]) report(remote R, changes []change) {
	p.status.ID, p.status.Intent = remote.Identity(), ""
	p.status.Name = remote.Written().Key()
	p.status.ProjectID = p.connection.Project.ID
	p.status.Drift = describe(changes, p.kind.Hidden)
	if p.kind.Report != nil {
		p.kind.Report(p.obj, remote)
	}
	if p.kind.Ready != nil {
		if ready, why := p.kind.Ready(remote); !ready {
			p.outcome.notReady = why
		}
	}
}

// title names the resource in events: by its key, or by its object's name where it has none or one that says nothing to people.
func (p *pass[O, S, R]) title(key string) string {
	if key == "" || key == p.status.ID || key == string(p.obj.GetUID()) {
		return p.obj.GetName()
	}
	return key
}

// describe shows changes in status, cut where they are long, without the values of hidden members.
func describe(changes []change, hidden []string) []v1alpha1.Drift {
	const most = 64
	var shown []v1alpha1.Drift
	for _, c := range changes[:min(len(changes), most)] {
		one := v1alpha1.Drift{Path: c.path.String()}
		if top, _ := c.path[0].(string); !slices.Contains(hidden, top) {
			one.Desired, one.Actual = brief(c.desired), brief(c.actual)
		}
		shown = append(shown, one)
	}
	return shown
}

// brief is a value as JSON, cut when long; "" for an absent one.
func brief(value any) string {
	const limit = 200
	if value == nil {
		return ""
	}
	text, err := json.Marshal(value)
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
