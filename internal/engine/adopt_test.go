// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"testing"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

func TestAdoptable(t *testing.T) {
	t.Parallel()
	ours := meshagent.Mark{Owner: "c/n/a"}
	differs := []drift.Change{{Path: drift.Path{"metadata", "team"}}}
	for name, test := range map[string]struct {
		policy  v1alpha1.AdoptionPolicy
		theirs  meshagent.Mark
		changes []drift.Change
		reason  string // "" means: may be adopted
	}{
		"ours":                        {theirs: ours, changes: differs},
		"unowned, equal":              {},
		"unowned, differs":            {changes: differs, reason: "AlreadyExists"},
		"unowned, differs, IfUnowned": {policy: v1alpha1.AdoptIfUnowned, changes: differs},
		"unowned, differs, Always":    {policy: v1alpha1.AdoptAlways, changes: differs},
		"owned, equal":                {theirs: meshagent.Mark{Owner: "x"}, reason: "OwnedElsewhere"},
		"owned, equal, IfUnowned":     {policy: v1alpha1.AdoptIfUnowned, theirs: meshagent.Mark{Owner: "x"}, reason: "OwnedElsewhere"},
		"owned, differs, Always":      {policy: v1alpha1.AdoptAlways, theirs: meshagent.Mark{Owner: "x"}, changes: differs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := adoptable(test.policy, ours, test.theirs, "name", msgOtherName, test.changes); err != nil {
				got = verdict.Of(err).Reason
			}
			if got != test.reason {
				t.Errorf("got %q, want %q", got, test.reason)
			}
		})
	}
}
