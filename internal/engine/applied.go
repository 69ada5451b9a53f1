// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/meshagent/meshagent-operator/internal/engine/drift"
)

// readFields reads fields as status keeps them.
func readFields(kept *runtime.RawExtension) drift.Fields {
	if kept == nil {
		return nil
	}
	return drift.ParseFields(kept.Raw)
}

// keepFields writes fields to status. The text there stays as it is if it says the same: the API
// server may have written it in another way.
func keepFields(set drift.Fields, kept **runtime.RawExtension) error {
	if len(set) == 0 {
		*kept = nil
		return nil
	}
	if *kept != nil && set.Within(readFields(*kept)) && readFields(*kept).Within(set) {
		return nil
	}
	text, err := json.Marshal(set)
	if err != nil {
		return fmt.Errorf("encoding fields: %w", err)
	}
	*kept = &runtime.RawExtension{Raw: text}
	return nil
}

// applied are the fields that this object has set in a document: those that status knows of, and
// those of an update whose values are there. If others are in their place, those are another
// user's.
func (p *pass) applied(actual document) (drift.Fields, error) {
	set, pending := readFields(p.status.AppliedFields), readFields(p.status.PendingFields)
	if len(pending) == 0 {
		return set, nil
	}
	digest, _, err := p.digests(actual, pending)
	if err != nil || digest != p.status.PendingDigest {
		return set, err
	}
	return set.And(pending), nil
}

// managesFields says that this object has written to the resource, and does not only observe it.
func (p *pass) managesFields() bool {
	return p.status.PendingCreate == nil && p.status.AppliedFields != nil
}

// forgetFields ends this object's hold on a resource.
func (p *pass) forgetFields() {
	p.status.AppliedFields, p.status.PendingFields, p.status.PendingDigest = nil, nil, ""
	p.status.WrittenSecrets = nil
}

// setApplied notes that a document was written, and nothing else remains of this object's.
func (p *pass) setApplied(written document) error {
	set, err := drift.FieldsOf(written.value())
	if err != nil {
		return err
	}
	if err := keepFields(set, &p.status.AppliedFields); err != nil {
		return err
	}
	p.status.PendingFields, p.status.PendingDigest = nil, ""
	return p.fits()
}
