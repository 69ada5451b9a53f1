// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
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
		"a format":                {"MeshFeedSubscription", `{"spec": {"filenameFormat": "YYYY"}}`, `{"spec": {"filenameFormat": null}}`},
		"a text of a repository":  {"MeshRepository", `{"spec": {"description": "x"}}`, `{"spec": {"description": null}}`},
		"a filter of a logger":    {"MeshLLMLogger", `{"spec": {"filterExpression": "x"}}`, `{"spec": {"filterExpression": null}}`},
		"a flag of a logger":      {"MeshLLMLogger", `{"spec": {"paused": true}}`, `{"spec": {"paused": null}}`},
		"settings":                {"MeshShare", `{"spec": {"settings": {"role": "x"}}}`, `{"spec": {"settings": null}}`},
		"a flag of a mailbox":     {"MeshMailbox", `{"spec": {"public": true}}`, `{"spec": {"public": null}}`},
		"members of list elements": {
			"MeshRoute", `{"spec": {"paths": [{"path": "/", "pathType": "Exact", "targetPort": 8000, "stripPrefix": true}]}}`,
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
	for _, s := range samples.Mirrored() {
		if s.Kind != kind {
			continue
		}
		h := newCluster(t, behavior)
		h.ApplyNeeds(s, nil)
		obj := object(s)
		made := h.ApplyAndLearn(obj)
		h.Patch(obj, set)
		h.Run(time.Minute)
		h.RequireReady(obj)
		h.MeshAgent.ResetCalls()
		h.Patch(obj, unset)
		h.Run(time.Minute)
		h.Restart()
		h.Run(4 * memory.DriftInterval)
		h.RequireReady(obj)
		if n := h.Writes(made); n > 1 {
			t.Errorf("%d writes for one edit: %v", n, h.Calls())
		}
	}
}
