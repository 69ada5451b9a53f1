// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNormalize(t *testing.T) {
	service := func(metadata, container string) string {
		return `{"version": "v1", "kind": "Service", "metadata": {"name": "A", ` + metadata + `}, "container": {"image": "I", ` + container + `}}`
	}
	for _, tt := range []struct {
		n                      Normalization
		collection, sent, want string // the expected part of the response
	}{
		{LowerCase, "services", service(`"description": "Two  Words", "icon": "X"`, `"command": "Run"`), service(`"description": "two  words", "icon": "X"`, `"command": "Run"`)},
		{UpperCase, "services", service(`"description": "Two"`, `"command": "Run"`), service(`"description": "TWO"`, `"command": "Run"`)},
		{
			TrimSpace, "services", service(`"description": " Two  \n words \n", "annotations": {" a ": " b\n"}`, `"command": " run\n", "private": true`),
			service(`"description": "Two  \n words", "annotations": {" a ": "b"}`, `"command": "run", "private": true`),
		},
		{FoldSpace, "services", service(`"description": " Two  \n words \n"`, `"command": " run\n"`), service(`"description": "Two words"`, `"command": " run\n"`)},
		{
			SortLists, "services", service(`"icon": ""`, `"environment": [{"name": "b"}, {"name": "a", "value": "z"}], "secrets": ["2", "1"]`),
			service(`"icon": ""`, `"environment": [{"name": "a", "value": "z"}, {"name": "b"}], "secrets": ["1", "2"]`),
		},
		{FillDefaults, "services", service(`"icon": null`, `"storage": {"configs": [{}]}`), service(`"icon": null`, `"storage": {"configs": [{"path": "/var/run/meshagent"}]}`)},
		{PlainNumbers, "rooms", `{"name": "r", "metadata": {"a": [1e21, 1.50, 1.0, 2E-2, -3], "n": 1e999999999}}`, `{"metadata": {"a": [1000000000000000000000, 1.5, 1, 0.02, -3], "n": 1e999999999}}`},
		{
			FloatNumbers, "rooms", `{"name": "r", "metadata": {"a": [1000000000000000000000, 1.50, 1.0, 9007199254740993]}}`,
			`{"metadata": {"a": [1e+21, 1.5, 1, 9007199254740993]}}`,
		},
		{DropEmpty, "rooms", `{"name": "r", "metadata": {"a": {"b": null}, "c": [null, {}], "d": ""}, "annotations": {"x": ""}}`, `{"metadata": {"c": [null, {}]}}`},
		{DropEmpty, "services", service(`"annotations": {}, "description": ""`, `"environment": [{"name": "", "value": ""}]`), service(`"x": null`, `"environment": [{"name": ""}]`)},
	} {
		t.Run(tt.n.String()+" "+tt.collection, func(t *testing.T) {
			a := newAPI(t, WithBehavior(Behavior{Normalize: tt.n}))
			id := a.want("POST", "/"+tt.collection, tt.sent, 200, "")["id"].(string)
			var want any
			decoder := json.NewDecoder(strings.NewReader(tt.want))
			decoder.UseNumber()
			if err := decoder.Decode(&want); err != nil {
				t.Fatal(err)
			}
			stored := a.sim.store.get("projects/"+a.sim.ProjectID()+"/"+tt.collection, id).doc
			if doc, ok := want.(map[string]any)["metadata"].(map[string]any); ok {
				delete(doc, "x")
			}
			if diff := cmp.Diff(want, project(any(stored), want)); diff != "" {
				t.Error(diff)
			}
			// A stored document must not be rewritten again.
			again := (&call{s: a.sim}).keep(kindOf("projects/p/"+tt.collection), "x", stored)
			if diff := cmp.Diff(stored, again); diff != "" {
				t.Errorf("a second time: %s", diff)
			}
		})
	}
}

func TestRewritePayloads(t *testing.T) {
	a := newAPI(t, WithBehavior(Behavior{Normalize: RewritePayloads}))
	a.want("POST", "/secrets", `{"name": "a", "type": "keys", "data_base64": "eyJCIjoiYiIsIkEiOiJhIn0="}`, 200, "")
	a.want("POST", "/secrets", `{"name": "b", "type": "raw", "data_base64": "QQ=="}`, 200, "")
	secrets := a.sim.Documents("secrets")
	if secrets[0]["data_base64"] != "eyJBIjogImEiLCAiQiI6ICJiIn0=" || secrets[1]["data_base64"] != "QQ==" {
		t.Errorf("stored %v", secrets)
	}
}
