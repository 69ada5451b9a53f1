// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
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

// untidy are the merge patches that give servers something to rewrite. Each kind needs what at
// least one normalization strikes.
var untidy = map[string]string{
	"MeshFeed": `{"spec": {"description": " Orders  as they\n Come in \n", "annotations": {"example.com/source": " shop \n", "none": ""},
		"messageSchema": {"required": [], "properties": {"order": {"maximum": 1e+21, "multipleOf": 1.0, "default": null}}}}}`,
	"MeshFeedSubscription": `{"spec": {"filenameFormat": " YYYY/MM \n", "annotations": {"b": " c ", "none": ""}}}`,
	"MeshRoom": `{"spec": {"metadata": {"limit": 1e+21, "ratio": 1.50, "whole": 2.0, "nothing": {}, "none": [], "nested": {"text": ""}},
		"annotations": {"b": " c ", "none": ""}}}`,
	"MeshRoute":     `{"spec": {"annotations": {"b": " c ", "none": ""}, "paths": [{"path": "/b", "targetPort": 8001}, {"path": "/a", "targetPort": 8000}]}}`,
	"MeshRoomGrant": `{"spec": {"permissions": {"queues": {"send": ["b", "a"], "receive": []}, "messaging": {}, "containers": {"run": []}}}}`,
	"MeshService": `{"spec": {"metadata": {"description": " Answers  questions\n of Customers \n", "annotations": {"b": " c ", "none": ""}},
		"agents": [{"name": "support", "description": "Two  Words \n"}, {"name": "another"}]}}`,
	"MeshService support": `{"spec": {"metadata": {"description": " Answers  questions\n of Customers \n"}, "container": {"command": " python -m support\n",
		"environment": [{"name": "B", "value": " x \n"}, {"name": "A", "value": "1"}, {"name": "C", "value": ""}]}}}`,
	"MeshService translator": `{}`,
	"MeshSecret":             `{}`, // its payload is JSON
}

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
	for server, behavior := range servers {
		for _, s := range samples.Mirrored() {
			patch, told := untidy[s.String()], true
			if patch == "" {
				patch, told = untidy[s.Kind], untidy[s.Kind] != ""
			}
			if !told {
				t.Errorf("untidy has nothing for %s", s)
			}
			t.Run(server+"/"+s.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					if newCluster(t, behavior).converges(s, patch, behavior.DropInTurn) {
						byKind.strike(s.Kind)
						byServer.strike(server)
					}
				})
			})
		}
	}
}

// converges checks one cell. It tells whether anything was rewritten.
func (h *cluster) converges(s samples.Sample, patch string, inTurn bool) (rewritten bool) {
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
	obj := h.Patched(object(s), patch)
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
			if where := difference("", h.lastWrite(made), h.stored(made), false); where != "" {
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
		if (call.Method == http.MethodPut || call.Method == http.MethodPost) && strings.HasPrefix(call.Path+"/", made.Path+"/") {
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

// difference is where a server did not store what it was sent; "" if it did, as far as any kind's
// comparison may go: numbers are their values, the order of lists and what is empty do not matter.
// Within permissions, what is empty is something else than what is not there.
func difference(at string, sent, stored any, permissions bool) string {
	switch sent := sent.(type) {
	case map[string]any:
		return objectDifference(at, sent, stored, permissions)
	case []any:
		stored, ok := stored.([]any)
		if len(sent) == 0 && len(stored) == 0 && (ok || !permissions) {
			return ""
		}
		if len(sent) != len(stored) {
			return at
		}
		for i, one := range sent {
			if !slices.ContainsFunc(stored, func(other any) bool { return difference(at, one, other, permissions) == "" }) {
				return fmt.Sprintf("%s[%d]", at, i)
			}
		}
		return ""
	case json.Number:
		x, okX := new(big.Rat).SetString(sent.String())
		y, okY := new(big.Rat).SetString(fmt.Sprint(stored))
		if okX && okY && x.Cmp(y) == 0 {
			return ""
		}
		return at
	}
	if sent == nil || sent == stored || (sent == "" || sent == false) && stored == nil {
		return ""
	}
	return at
}

func objectDifference(at string, sent map[string]any, stored any, permissions bool) string {
	have, ok := stored.(map[string]any)
	if template, isTemplate := sent["template"].(string); isTemplate && sent["values"] != nil {
		if strings.Contains(asText(stored), strings.Trim(asText(template), `"`)) {
			return ""
		}
		return at + ".template"
	}
	if !ok && permissions {
		return at
	}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		inner := ""
		switch name {
		case "email", "invite_redirect_url", "if_not_exists", "secret_id", "id": // they are not stored so
		case "data_base64":
			if !samePayload(sent[name], have[name]) {
				inner = at + "." + name
			}
		default:
			inner = difference(at+"."+name, sent[name], have[name], permissions || name == "permissions" || name == "api")
		}
		if inner != "" {
			return inner
		}
	}
	return ""
}

func samePayload(a, b any) bool {
	decoded := func(v any) string {
		text, _ := v.(string)
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return text
		}
		if inner := parsed(string(raw)); inner != nil {
			return asText(inner)
		}
		return string(raw)
	}
	return decoded(a) == decoded(b)
}
