// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"slices"
	"unicode/utf8"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// WriteOnly is a place in a document whose value comes from a Kubernetes Secret and is never read
// back. A kind declares each such place that a spec has, also one for which the spec names no
// Secret: so the value is removed when a Secret is no longer named.
type WriteOnly struct {
	// Path is the place in what is written.
	Path drift.Path
	// Field names the place in the spec, by keys instead of positions, because elements of lists
	// move.
	Field string
	// From names the Secret and its key; nil: none.
	From *v1alpha1.SecretKeyReference
}

// withdrawn removes a value. The client leaves an absent value as MeshAgent holds it.
const withdrawn = ""

// writeOnly is what a pass knows of the write-only places of its object.
type writeOnly struct {
	values   []drift.Value
	versions []v1alpha1.WrittenSecret
}

// readWriteOnly takes the values of write-only places from the Secrets that were read.
func (p *pass) readWriteOnly(sources map[string]SourceData) (writeOnly, error) {
	var found writeOnly
	for _, place := range p.kind.writeOnly(p.obj) {
		if place.From == nil {
			if slices.ContainsFunc(p.status.WrittenSecrets, func(w v1alpha1.WrittenSecret) bool { return w.Field == place.Field }) {
				found.values = append(found.values, drift.Value{Path: place.Path, Value: withdrawn})
			}
			continue
		}
		if slices.ContainsFunc(found.versions, func(w v1alpha1.WrittenSecret) bool { return w.Field == place.Field }) {
			return found, verdict.Invalid(msgTwice, place.Field)
		}
		secret := Inputs{sources: sources}.Secret(string(place.From.Name))
		value, ok := secret.Data[place.From.Key]
		switch {
		case !ok:
			return found, verdict.Invalid(msgNoKey, place.From.Name, place.From.Key, place.Field, secret.Keys())
		case len(value) == 0:
			return found, verdict.Invalid(msgEmptyKey, place.From.Key, place.From.Name, place.Field)
		case !utf8.Valid(value):
			return found, verdict.Invalid(msgNotText, place.From.Key, place.From.Name, place.Field)
		}
		found.values = append(found.values, drift.Value{Path: place.Path, Value: string(value)})
		found.versions = append(found.versions, v1alpha1.WrittenSecret{
			Field: place.Field, Name: string(place.From.Name), Key: place.From.Key, Version: secret.version,
		})
	}
	return found, nil
}

// staleValues are the write-only places whose values this object has not written yet. What
// MeshAgent holds there is not known, so under Observe nothing is.
func (p *pass) staleValues() (stale []drift.Change) {
	if p.policies.observes {
		return nil
	}
	for _, place := range p.kind.writeOnly(p.obj) {
		isOf := func(w v1alpha1.WrittenSecret) bool { return w.Field == place.Field }
		now, before := slices.IndexFunc(p.in.secrets.versions, isOf), slices.IndexFunc(p.status.WrittenSecrets, isOf)
		same := now < 0 && before < 0 || now >= 0 && before >= 0 && p.in.secrets.versions[now] == p.status.WrittenSecrets[before]
		if !same {
			stale = append(stale, drift.Change{Path: place.Path})
		}
	}
	return stale
}

// isWriteOnly says that all changes are of write-only values. Those are never another user's doing.
func (p *pass) isWriteOnly(changes []drift.Change) bool {
	return samePlaces(changes, p.staleValues())
}

// fingerprintOf tells whether what is desired, write-only values included, is what it was.
func (p *pass) fingerprintOf(desired document) uint64 {
	return fingerprint([]any{desired.value(), p.in.secrets.versions})
}

// secretsWritten are the Secrets that write-only values come from.
func (k *kind) secretsWritten(obj v1alpha1.Object) (names []string) {
	for _, place := range k.writeOnly(obj) {
		if place.From != nil {
			names = append(names, string(place.From.Name))
		}
	}
	return names
}
