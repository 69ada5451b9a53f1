// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Whatever a server makes of what it is sent: there are two writes at most, and the object tells
// the truth.
func TestNoServerIsWrittenToForEver(t *testing.T) {
	t.Parallel()
	servers := map[string]simulator.Behavior{
		"all":           {Normalize: simulator.AllNormalizations},
		"all and newer": {Normalize: simulator.AllNormalizations, Newer: true},
		"drops in turn": {DropInTurn: true},
	}
	for _, n := range simulator.Normalizations() {
		// Kubernetes itself writes numbers as JavaScript does: that rewrites nothing.
		if n != simulator.FloatNumbers {
			servers[n.String()] = simulator.Behavior{Normalize: n}
		}
	}
	byKind, byServer := newTally(t, samples.Kinds(samples.Mirrored())), newTally(t, slices.Sorted(maps.Keys(servers)))
	for _, s := range samples.Mirrored() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			var untidy v1alpha1.Object
			raw := false
			synctest.Test(t, func(t *testing.T) {
				h := newCluster(t, simulator.Behavior{})
				untidy = h.untidy(s)
				raw = h.isRaw(s)
			})
			if raw {
				byKind.strike(s.Kind) // there is nothing to rewrite
				return
			}
			for server, behavior := range servers {
				t.Run(server, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						if newCluster(t, behavior).converges(s, untidy, behavior.DropInTurn) {
							byKind.strike(s.Kind)
							byServer.strike(server)
						}
					})
				})
			}
		})
	}
}

// converges checks one cell: a sample, made untidy, on one server. It tells whether anything was
// rewritten.
func (h *cluster) converges(s samples.Sample, untidy v1alpha1.Object, inTurn bool) (rewritten bool) {
	h.Helper()
	most := 2
	if inTurn {
		most = 4 // the first two look as if others were writing too
	}
	h.ApplyNeeds(s, nil)
	before := h.Held()
	rewrites := map[string]int{}
	for _, one := range h.MeshAgent.All() {
		rewrites[one.Collection] = h.MeshAgent.Rewritten(one.Collection)
	}
	obj, _ := untidy.DeepCopyObject().(v1alpha1.Object)
	h.MeshAgent.ResetCalls()
	h.Apply(obj)
	h.Run(time.Minute)
	made := h.CreatedSince(before)
	if h.MeshAgent.Rewritten(made.Collection) == rewrites[made.Collection] {
		h.RequireReady(obj)
		return false
	}
	rest := func(after string) {
		h.Helper()
		h.Run(8 * memory.DriftInterval)
		h.Restart()
		h.Run(4 * memory.DriftInterval)
		if n := h.Writes(made); n < 1 || n > most {
			h.Errorf("after %s: %d writes, not 1 to %d", after, n, most)
		}
		switch got := h.Condition(obj, v1alpha1.ConditionSynced); got {
		case "Synced=True InSync":
			sent, kept := h.lastWrite(made), h.stored(made)
			simulator.Unmark(sent, memory.OwnMark) // whose case does not matter
			simulator.Unmark(kept, memory.OwnMark)
			if where := stored(made.About.Schema(), sent, kept); where != "" {
				h.Errorf("after %s: it says InSync, and MeshAgent did not store %s as it was sent", after, where)
			}
		case "Synced=False NotConverging":
			if len(obj.CommonStatus().Drift) == 0 {
				h.Errorf("after %s: it does not say in what it differs:%s", after, h.Describe(obj))
			}
		default:
			h.Errorf("after %s: it says %s:%s", after, got, h.Describe(obj))
		}
		h.MeshAgent.ResetCalls()
	}
	rest("creation")
	h.Patch(obj, s.Edit())
	rest("an edit")
	if h.MeshAgent.Disturb(made.Collection, made.ID, memory.OwnMark, made.Call) {
		rest("drift")
	} else if !inTurn { // which may have dropped all that could be
		h.Error("nothing could be disturbed")
	}
	h.CheckDeletion(obj)
	for where := range h.Held() {
		if _, known := before[where]; !known {
			h.Errorf("%v is left", where)
		}
	}
	return true
}

// lastWrite is what was sent last, nil if that was before the calls were last reset.
func (h *cluster) lastWrite(made memory.Creation) any {
	calls := h.MeshAgent.Calls()
	for _, call := range slices.Backward(calls) {
		if (call.Method == http.MethodPut || call.Method == http.MethodPost) && made.Concerns(call) {
			return parsed(string(call.RequestBody))
		}
	}
	return nil
}

// stored is what MeshAgent holds of a creation.
func (h *cluster) stored(made memory.Creation) any {
	for _, one := range h.MeshAgent.All() {
		if one.Collection == made.Collection && one.ID == made.ID {
			return parsed(asText(one.Doc))
		}
	}
	return nil
}

func parsed(text string) any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil
	}
	return v
}

func asText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
