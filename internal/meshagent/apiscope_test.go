// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// A member that the contract gains must be added here, or an update would drop it.
func TestAPIScopeHasAllOfTheContract(t *testing.T) {
	t.Parallel()
	validator, err := contract.Load()
	if err != nil {
		t.Fatal(err)
	}
	type plain APIScope // compareWithSchema does not compare scopes inside other documents
	compareWithSchema(t, "scope", reflect.TypeFor[plain](), validator.Document().Components.Schemas["ApiScope"].Value)
}

// canonicalScope reads a scope and writes it again.
func canonicalScope(t *testing.T, text string) string {
	t.Helper()
	var scope APIScope
	if err := json.Unmarshal([]byte(text), &scope); err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(scope)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

func TestScopesThatMeanTheSameAreEqual(t *testing.T) {
	t.Parallel()
	for name, same := range map[string][]string{
		"withheld":             {`{}`, `{"llm": null}`, `{"unheard": {"of": true}}`},
		"no limit":             {`{"llm": {}}`, `{"llm": {"models": null}}`},
		"defaults":             {`{"queues": {}}`, `{"queues": {"list": true}}`, `{"queues": {"send": null, "receive": null, "list": true}}`},
		"order, repetition":    {`{"queues": {"send": ["a", "b"]}}`, `{"queues": {"send": ["b", "a", "b"]}}`},
		"ports":                {`{"tunnels": {}}`, `{"tunnels": {"ports": []}}`},
		"older names":          {`{"dataset": {"tables": [{"name": "t"}]}}`, `{"database": {"tables": [{"name": "t"}]}}`, `{"datasets": {"tables": [{"name": "t"}]}, "dataset": null}`},
		"defaults of a rule":   {`{"dataset": {"tables": [{"name": "t"}]}}`, `{"dataset": {"tables": [{"name": "t", "namespace": null, "write": false, "read": true, "alter": false}]}}`},
		"rights on a memory":   {`{"memory": {"memories": [{"name": "m"}]}}`, `{"memory": {"memories": [{"name": "m", "permissions": {}}]}}`, `{"memory": {"memories": [{"name": "m", "permissions": {"drop": true}}]}}`},
		"order in an element":  {`{"containers": {"registry": {"pull": ["a", "b"]}}}`, `{"containers": {"registry": {"pull": ["b", "a"], "list": null}}}`},
		"the newer name first": {`{"dataset": {}}`, `{"dataset": {}, "database": {"list_tables": false}}`},
	} {
		for _, text := range same[1:] {
			if diff := cmp.Diff(canonicalScope(t, same[0]), canonicalScope(t, text)); diff != "" {
				t.Errorf("%s: %s and %s differ:\n%s", name, same[0], text, diff)
			}
		}
	}
}

func TestScopesThatMeanSomethingElseDiffer(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{`{}`, `{"admin": {}}`},
		{`{"llm": {}}`, `{"llm": {"models": []}}`},
		{`{"queues": {}}`, `{"queues": {"list": false}}`},
		{`{"containers": {}}`, `{"containers": {"registry": {}}}`},
		{`{"storage": {"paths": [{"path": "/a"}, {"path": "/a/b", "read_only": true}]}}`, `{"storage": {"paths": [{"path": "/a/b", "read_only": true}, {"path": "/a"}]}}`},
		{`{"dataset": {"tables": [{"name": "t", "namespace": ["a", "b"]}]}}`, `{"dataset": {"tables": [{"name": "t", "namespace": ["b", "a"]}]}}`},
	} {
		if canonicalScope(t, pair[0]) == canonicalScope(t, pair[1]) {
			t.Errorf("%s and %s are the same", pair[0], pair[1])
		}
	}
}

func TestWritingAScopeLeavesItAsItIs(t *testing.T) {
	t.Parallel()
	scope := func() APIScope {
		return APIScope{
			Queues:     &QueuesGrant{Send: []string{"b", "a"}},
			Dataset:    &DatasetGrant{Tables: []TableGrant{{Name: "t"}}},
			Memory:     &MemoryGrant{Memories: []MemoryEntryGrant{{Name: "m", Permissions: &MemoryPermissions{}}, {Name: "n"}}},
			Sync:       &SyncGrant{Paths: []SyncPathGrant{{Path: "a"}}},
			Storage:    &StorageGrant{Paths: []StoragePathGrant{{Path: "a"}}},
			Containers: &ContainersGrant{Pull: []string{"b", "a"}, Registry: &ContainerRegistryGrant{Pull: []string{"b", "a"}}},
		}
	}
	written := scope()
	if _, err := json.Marshal(written); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(scope(), written); diff != "" {
		t.Error(diff)
	}
}
