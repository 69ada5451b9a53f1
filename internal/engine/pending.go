// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// recordPendingCreate records in status what must be known of a creation even if the process dies
// in it: the parent of the resource, without which it could not be found once that is gone; and,
// where the resource cannot carry an ownership mark, its name and a digest of its content.
func (p *pass) recordPendingCreate(ctx context.Context) error {
	// A resource whose fields cannot be noted must not be made: the object could never tell of it.
	before := p.status.AppliedFields
	if err := p.setApplied(p.desired); err != nil {
		return err
	}
	p.status.AppliedFields = before
	known := p.status.Parent == p.before.CommonStatus().Parent
	if !p.collection.Traits().Marks {
		changed, err := p.describeCreate()
		if err != nil {
			return err
		}
		known = known && !changed
	}
	if known {
		return nil
	}
	p.status.ProjectID = p.connection.Project.ID
	return p.record(ctx)
}

// describeCreate adds what is about to be sent to the pending creation, to what earlier attempts
// sent that can still be carried out.
func (p *pass) describeCreate() (changed bool, err error) {
	sent, _ := p.desired.atCreation()
	set, err := drift.FieldsOf(sent.value())
	if err != nil {
		return false, err
	}
	exact, normalized, err := p.digests(sent, set)
	if err != nil {
		return false, err
	}
	pending := &v1alpha1.PendingCreate{Key: p.desired.Key()}
	if p.pendingBefore() {
		pending = p.status.PendingCreate.DeepCopy()
		set = set.And(readFields(p.status.AppliedFields))
	}
	if slices.Contains(pending.Digests, exact) {
		return false, nil
	}
	const most = 8
	pending.Digests = append(pending.Digests, exact)[max(0, len(pending.Digests)+1-most):]
	pending.NormalizedDigests = append(pending.NormalizedDigests, normalized)[max(0, len(pending.NormalizedDigests)+1-most):]
	p.status.PendingCreate = pending
	if err := keepFields(set, &p.status.AppliedFields); err != nil {
		return false, err
	}
	return true, p.fits()
}

// withdrawCreate takes a pending creation back that MeshAgent refused, or that was never sent: what
// appears under its name from now on is another user's.
func (p *pass) withdrawCreate() {
	p.status.PendingCreate = nil
	p.status.AppliedFields = nil
}

// pendingBefore says that an earlier pass began to create the same, and never learned what became
// of it.
func (p *pass) pendingBefore() bool {
	pending := p.status.PendingCreate
	return pending != nil && pending.Key == p.desired.Key()
}

// sameness is how exactly a resource must match what a pending creation sent.
type sameness bool

const (
	// withNormalizing takes what differs only as a server normalizes for the same.
	withNormalizing sameness = true
	// exactly is for deletions: what differs is not deleted.
	exactly sameness = false
)

// isPendingCreate says that a resource is what a pending creation sent, in this version of the spec
// or in the one at that time.
func (p *pass) isPendingCreate(remote resource, how sameness) bool {
	pending := p.status.PendingCreate
	if pending == nil || remote.Written().Key() != pending.Key {
		return false
	}
	exact, normalized, err := p.digests(remote.Written(), readFields(p.status.AppliedFields))
	return err == nil && (slices.Contains(pending.Digests, exact) || how == withNormalizing && slices.Contains(pending.NormalizedDigests, normalized))
}

// equalsPending says that a resource with the name of a pending creation is as this object desires
// it. Its digests count no more when the API key was exchanged.
func (p *pass) equalsPending(remote resource) bool {
	if !p.pendingBefore() || remote.Written().Key() != p.desired.Key() {
		return false
	}
	sent, _ := p.desired.atCreation()
	difference, err := p.collection.compare(p.kind.adapt(sent, remote), remote.Written(), nil, nil)
	return err == nil && len(difference.Changes) == 0
}

// digests identify the values that a document has under some fields.
func (p *pass) digests(of document, set drift.Fields) (exact, normalized string, err error) {
	root, err := drift.Tree(of.value())
	if err != nil {
		return "", "", err
	}
	values := drift.Canonical(drift.ValuesAt(root, set), false)
	loose := drift.Canonical(values, true)
	exactText, err := json.Marshal(values)
	if err != nil {
		return "", "", fmt.Errorf("encoding a document: %w", err)
	}
	looseText, err := json.Marshal(loose)
	if err != nil {
		return "", "", fmt.Errorf("encoding a document: %w", err)
	}
	seal := p.connection.Client.Seal
	return seal(exactText), seal(looseText), nil
}

// recordPendingFields records in status the fields that an update is about to set for the first
// time, with a digest of their values. If the process dies before status tells that they were set,
// and the spec drops them meanwhile, they must still be known as this object's own. The record
// stays if MeshAgent refuses the update, so that a retry costs no write: the digest tells whether
// it was carried out.
func (p *pass) recordPendingFields(ctx context.Context, current resource) error {
	desired := p.kind.adapt(p.desired, current)
	set, err := drift.FieldsOf(desired.value())
	if err != nil {
		return err
	}
	set = set.Without(readFields(p.status.AppliedFields))
	if len(set) == 0 && !p.recognized {
		return nil
	}
	digest, _, err := p.digests(desired, set)
	if err != nil {
		return err
	}
	if digest == p.status.PendingDigest && !p.recognized {
		return nil
	}
	p.recognized = false
	if err := keepFields(set, &p.status.PendingFields); err != nil {
		return err
	}
	if err := p.fits(); err != nil {
		return err
	}
	p.status.PendingDigest = digest
	p.status.ProjectID, p.status.Name = p.connection.Project.ID, current.Written().Key()
	return p.record(ctx)
}

// record writes status as far as it is known, before the end of the pass.
func (p *pass) record(ctx context.Context) error {
	if err := p.writeStatus(ctx, p.before, p.obj); err != nil {
		return err
	}
	// What the API server holds now is what the end of the pass is compared with.
	p.before, _ = p.obj.DeepCopyObject().(v1alpha1.Object)
	return nil
}

// fits makes sure that status can be written: Kubernetes stores objects of up to 1.5 MiB.
func (p *pass) fits() error {
	// Half of what etcd takes: the other half is for the API server's own notes on who set which
	// field.
	const suspicious, most = 64 << 10, 800 << 10
	size := 0
	for _, kept := range []*runtime.RawExtension{p.status.AppliedFields, p.status.PendingFields} {
		if kept != nil {
			size += len(kept.Raw)
		}
	}
	if size < suspicious {
		return nil
	}
	text, err := json.Marshal(p.obj)
	if err != nil {
		return fmt.Errorf("encoding the object: %w", err)
	}
	if len(text) <= most {
		return nil
	}
	p.status.AppliedFields, p.status.PendingFields = p.before.CommonStatus().AppliedFields, p.before.CommonStatus().PendingFields
	return verdict.Invalid(msgSpecTooLarge, len(text)>>10, most>>10)
}
