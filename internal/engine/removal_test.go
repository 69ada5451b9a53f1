// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// MeshAgent fills in defaults for the fields that an update leaves out. A field that users take out
// of a spec again has such a value afterwards, and the object is in sync all the same.
func TestRemovedFieldsFallBackToDefaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ kind, set, unset string }{
		"a flag that was set":     {"MeshFeed", `{"spec": {"paused": true}}`, `{"spec": {"paused": null}}`},
		"a flag that was not set": {"MeshFeed", `{"spec": {"paused": false}}`, `{"spec": {"paused": null}}`},
		"a text":                  {"MeshFeed", `{"spec": {"description": "Sales"}}`, `{"spec": {"description": null}}`},
		"a format":                {"MeshFeedSubscription", `{"spec": {"filenameDatetimeFormat": "YYYY"}}`, `{"spec": {"filenameDatetimeFormat": null}}`},
		"members of list elements": {
			"MeshRoute", `{"spec": {"paths": [{"path": "/", "pathType": "exact", "targetPort": 8000, "stripPrefix": true}]}}`,
			`{"spec": {"paths": [{"targetPort": 8000}]}}`,
		},
		"metadata":     {"MeshRoom", `{"spec": {"metadata": {"team": "care"}}}`, `{"spec": {"metadata": null}}`},
		"a capability": {"MeshRoomGrant", `{"spec": {"permissions": {"llm": {"models": ["a"]}}}}`, `{"spec": {"permissions": {"llm": null}}}`},
	} {
		for _, behavior := range []simulator.Behavior{{}, {Newer: true}, {Normalize: simulator.FillDefaults}} {
			t.Run(fmt.Sprintf("%s, newer %t, %s", name, behavior.Newer, behavior.Normalize), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { removesAField(t, behavior, test.kind, test.set, test.unset) })
			})
		}
	}
}

func removesAField(t *testing.T, behavior simulator.Behavior, kind, set, unset string) {
	t.Helper()
	for _, s := range mirrored() {
		if s.kind != kind {
			continue
		}
		h := newHarness(t, behavior)
		h.applyNeeds(s, nil)
		obj := s.object()
		made := h.learn(obj)
		h.patch(obj, set)
		h.run(time.Minute)
		h.mustBeReady(obj)
		h.meshagent.ResetCalls()
		h.patch(obj, unset)
		h.run(time.Minute)
		h.restart()
		h.run(4 * interval)
		h.mustBeReady(obj)
		if n := h.writes(made); n > 1 {
			t.Errorf("%d writes for one edit: %v", n, h.calls())
		}
	}
}
