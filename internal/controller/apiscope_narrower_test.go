// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// Before v1alpha1 was final a scope said what MeshAgent's own document says: what a capability left
// out had MeshAgent's default, which is mostly all. No scope that was written then may grant more
// now. What changed its meaning on purpose is "*" where MeshAgent knows no patterns: it was the
// name of one thing, and is all things.
func TestNoScopeGrantsMoreThanItUsedTo(t *testing.T) {
	t.Parallel()
	_, schema := scopeSchema(t)
	snake := map[string]string{}
	wireNames(schema.NewRef(), snake)
	words := func(field string) []string {
		plain := []string{"a", "b", "a*"}
		switch field {
		case "ContainersGrant.Pull", "ContainersGrant.Run", "LLMGrant.Models", "SyncPathGrant.Path", "OAuthEndpoint.Endpoint":
			return append(plain, v1alpha1.All)
		}
		if strings.HasPrefix(field, "ContainerRegistryGrant.") {
			return append(plain, v1alpha1.All)
		}
		return plain
	}
	random := rand.New(rand.NewPCG(7, 8))
	for range 2 * scopeCount {
		spec := randomScope(random, words)
		text := encoded(t, spec)
		was := meaningBefore(schema, snake, decoded(t, text).(document))
		is := decoded(t, encoded(t, apiScope(spec))).(document)
		if wider := granted("", is, was); wider != "" {
			t.Fatalf("%s\ngrants more than it used to: %s", text, wider)
		}
	}
}

// wireNames are the names of the contract by those of custom resources.
func wireNames(ref *openapi3.SchemaRef, names map[string]string) {
	schema := plain(ref)
	if schema.Items != nil {
		wireNames(schema.Items, names)
	}
	for name, member := range schema.Properties {
		names[strings.ToLower(strings.ReplaceAll(name, "_", ""))] = name
		wireNames(member, names)
	}
}

// meaningBefore is what a scope used to grant.
func meaningBefore(schema *openapi3.Schema, snake map[string]string, spec document) document {
	scope := document{}
	presets, _ := schema.Extensions["x-presets"].(document)
	members, _ := presets[map[string]string{"User": "user_default", "Agent": "agent_default", "Full": "full"}[fmt.Sprint(spec["preset"])]].([]any)
	for _, member := range members {
		scope[fmt.Sprint(member)] = document{}
	}
	spec = maps.Clone(spec)
	delete(spec, "preset")
	maps.Copy(scope, asOnTheWire(spec, snake).(document))
	return meaning(schema.NewRef(), "", scope).(document)
}

func asOnTheWire(value any, snake map[string]string) any {
	switch value := value.(type) {
	case document:
		renamed := document{}
		for name, member := range value {
			renamed[snake[strings.ToLower(name)]] = asOnTheWire(member, snake)
		}
		return renamed
	case []any:
		renamed := []any{}
		for _, item := range value {
			renamed = append(renamed, asOnTheWire(item, snake))
		}
		return renamed
	}
	return value
}

// granted says what is granted now and was not before; "" for nothing. In both documents all
// members are there.
func granted(at string, is, was any) string {
	switch is := is.(type) {
	case document:
		before, ok := was.(document)
		if !ok && strings.HasSuffix(at, ".registry") {
			before, ok = document{"list": []any{}, "pull": []any{}, "run": []any{}, "write": []any{}}, true // one reading of it
		}
		if !ok {
			return at
		}
		for _, name := range slices.Sorted(maps.Keys(is)) {
			if wider := granted(at+"."+name, is[name], before[name]); wider != "" {
				return wider
			}
		}
		return ""
	case bool:
		if allows := is != strings.HasSuffix(at, ".read_only"); allows && is != was {
			return at
		}
		return ""
	case []any:
		return grantedInList(at, is, was)
	case nil:
		if isList(at) && !isAllBefore(at, was) {
			return at + ": all"
		}
		return ""
	default:
		if is != was {
			return at
		}
		return ""
	}
}

func grantedInList(at string, is []any, was any) string {
	if was == nil && !strings.HasSuffix(at, ".namespace") || isAllBefore(at, was) {
		return ""
	}
	before, _ := was.([]any)
	for i, one := range is {
		switch _, rule := one.(document); {
		case rule && i >= len(before):
			return fmt.Sprintf("%s[%d]", at, i)
		case rule:
			if wider := granted(fmt.Sprintf("%s[%d]", at, i), one, before[i]); wider != "" {
				return wider
			}
		case !slices.Contains(before, one):
			return fmt.Sprintf("%s: %v", at, one)
		}
	}
	return ""
}

// isList says that null means all there, and not that a capability is withheld.
func isList(at string) bool {
	_, within, ok := strings.Cut(strings.TrimPrefix(at, "."), ".")
	return ok && within != "registry"
}

// isAllBefore says that a list granted all: null, or a pattern that fits all.
func isAllBefore(at string, was any) bool {
	list, ok := was.([]any)
	if !ok {
		return was == nil
	}
	for _, pattern := range []string{".pull", ".run", ".write", ".list", ".models"} {
		if strings.HasSuffix(at, pattern) && slices.Contains(list, any(v1alpha1.All)) {
			return true
		}
	}
	if at == ".sync.paths" && len(list) > 0 {
		first, _ := list[0].(document)
		return first["path"] == v1alpha1.All && first["read_only"] == false
	}
	return false
}
