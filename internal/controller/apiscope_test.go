// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/contract"
)

type document = map[string]any

// scopeSchema is the contract's own word on scopes: these tests know no member by name, but for two
// whose meaning is only told in prose.
func scopeSchema(t *testing.T) (*contract.Validator, *openapi3.Schema) {
	t.Helper()
	validator, err := contract.Load()
	if err != nil {
		t.Fatal(err)
	}
	return validator, plain(validator.Document().Components.Schemas["ApiScope"])
}

func plain(ref *openapi3.SchemaRef) *openapi3.Schema {
	if len(ref.Value.AllOf) == 1 {
		return ref.Value.AllOf[0].Value
	}
	return ref.Value
}

// values are examples of all that a schema allows: of objects those with each value of each member
// in turn, and one with every member.
func values(ref *openapi3.SchemaRef) []any {
	schema := plain(ref)
	switch {
	case schema.Type.Is(openapi3.TypeBoolean):
		return []any{true, false}
	case schema.Type.Is(openapi3.TypeArray):
		all := []any{[]any{}}
		items := values(schema.Items)
		for _, item := range items {
			all = append(all, []any{item})
		}
		slices.Reverse(items)
		return append(all, items)
	case schema.Type.Is(openapi3.TypeObject):
		return objects(schema)
	}
	return []any{"a", "b"}
}

func objects(schema *openapi3.Schema) []any {
	required, full := document{}, document{}
	for name, member := range schema.Properties {
		examples := values(member)
		full[name] = examples[len(examples)-1]
		if slices.Contains(schema.Required, name) {
			required[name] = full[name]
		}
	}
	all := []any{required}
	for name, member := range schema.Properties {
		for _, value := range values(member) {
			one := maps.Clone(required)
			one[name] = value
			all = append(all, one)
		}
	}
	return append(all, full)
}

// meaning is a value with all that its schema says of what is left out, in one form.
func meaning(ref *openapi3.SchemaRef, name string, value any) any {
	schema := plain(ref)
	switch {
	case schema.Type.Is(openapi3.TypeObject):
		if value == nil && ref.Value.Nullable {
			return nil
		}
		given, _ := value.(document)
		whole := document{}
		for member, inner := range schema.Properties {
			whole[member] = meaning(inner, member, given[member])
		}
		return whole
	case schema.Type.Is(openapi3.TypeArray):
		list, ok := value.([]any)
		if !ok || name == "ports" && len(list) == 0 { // "null or empty allows all"
			return nil
		}
		whole := []any{}
		for _, item := range list {
			whole = append(whole, meaning(schema.Items, "", item))
		}
		if plain(schema.Items).Type.Is(openapi3.TypeString) && name != "namespace" { // which is a path
			slices.SortFunc(whole, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
		return whole
	case value == nil:
		return schema.Default
	}
	return value
}

// certain is a scope without what the contract leaves open: a registry that is not there is
// withheld, and what can be pulled, run and written can be listed unless it says otherwise.
func certain(scope document) document {
	containers, ok := scope["containers"].(document)
	if !ok {
		return scope
	}
	registry, ok := containers["registry"].(document)
	if !ok {
		registry = document{"list": []any{}, "pull": []any{}, "run": []any{}, "write": []any{}}
	}
	union := []any{}
	for _, name := range []string{"pull", "run", "write"} {
		list, _ := registry[name].([]any)
		union = append(union, list...)
	}
	if registry["list"] == nil && (registry["pull"] != nil || registry["run"] != nil || registry["write"] != nil) {
		registry = maps.Clone(registry)
		slices.SortFunc(union, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		registry["list"] = slices.Compact(union)
	}
	scope, containers = maps.Clone(scope), maps.Clone(containers)
	scope["containers"], containers["registry"] = containers, registry
	return scope
}

func TestScopesOfTheContractCanBeWritten(t *testing.T) {
	t.Parallel()
	validator, schema := scopeSchema(t)
	scopes := objects(schema)
	if len(scopes) < 150 {
		t.Errorf("the contract makes only %d scopes", len(scopes))
	}
	for _, scope := range scopes {
		text := encoded(t, scope)
		if bytes.Contains(text, []byte(`"namespace":[]`)) {
			continue // a match of nothing, which a spec cannot say
		}
		var held meshagent.APIScope
		if err := json.Unmarshal(text, &held); err != nil {
			t.Fatal(err)
		}
		spec := scopeSpec(held)
		mustBeAdmitted(t, spec)
		sent := encoded(t, apiScope(throughKubernetes(t, spec)))
		if err := validator.CheckSchema("ApiScope", decoded(t, sent)); err != nil {
			t.Errorf("%s is sent as %s: %v", text, sent, err)
		}
		if diff := cmp.Diff(meaning(schema.NewRef(), "", certain(scope.(document))), decoded(t, sent)); diff != "" {
			t.Errorf("%s means (-) what is not sent (+), by way of %s:\n%s", text, encoded(t, spec), diff)
		}
		var read meshagent.APIScope
		if err := json.Unmarshal(sent, &read); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(decoded(t, sent), decoded(t, encoded(t, read))); diff != "" {
			t.Errorf("%s differs when it is read as it was sent:\n%s", text, diff)
		}
	}
}

func TestPresetsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	_, schema := scopeSchema(t)
	presets, _ := schema.Extensions["x-presets"].(document)
	for preset, name := range map[v1alpha1.APIPreset]string{
		"": "", v1alpha1.PresetUser: "user_default", v1alpha1.PresetAgent: "agent_default", v1alpha1.PresetFull: "full",
	} {
		want := document{}
		members, _ := presets[name].([]any)
		for _, member := range members {
			want[fmt.Sprint(member)] = document{}
		}
		got := decoded(t, encoded(t, apiScope(&v1alpha1.APIScope{Preset: preset})))
		if diff := cmp.Diff(meaning(schema.NewRef(), "", want), got); diff != "" {
			t.Errorf("preset %q (-contract +here):\n%s", preset, diff)
		}
	}
}

func TestACapabilityReplacesThatOfThePreset(t *testing.T) {
	t.Parallel()
	scope := apiScope(&v1alpha1.APIScope{
		Preset: v1alpha1.PresetFull, Queues: &v1alpha1.QueuesGrant{Send: v1alpha1.AllowList{"a"}}, Tunnels: &v1alpha1.TunnelsGrant{},
	})
	want := presetScope(v1alpha1.PresetFull)
	want.Queues, want.Tunnels = &meshagent.QueuesGrant{Send: []string{"a"}, Receive: []string{}, List: new(false)}, nil
	if diff := cmp.Diff(&want, scope); diff != "" {
		t.Error(diff)
	}
	if apiScope(nil) != nil {
		t.Error("no scope becomes one")
	}
}

func encoded(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}
