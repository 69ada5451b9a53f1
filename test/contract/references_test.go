// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	page      = regexp.MustCompile(`[\w./-]+\.md\b`)
	extension = regexp.MustCompile(`(?m)^\s*(x-[a-z-]+):`)
	verb      = regexp.MustCompile("`((?:create|get|list|update|delete|connect|validate|exchange|render|publish)[A-Z]\\w+|terminate)`")
)

// The contract and its notes must not refer to anything that does not exist.
func TestReferences(t *testing.T) {
	notes, err := os.ReadFile("NOTES.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range page.FindAllString(string(document), -1) {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("openapi.yaml refers to %s, which does not exist in its folder", name)
		}
	}
	v := mustLoad(t)
	var operations []string
	for _, item := range v.Document().Paths.Map() {
		for _, operation := range item.Operations() {
			operations = append(operations, operation.OperationID)
		}
	}
	for _, match := range verb.FindAllStringSubmatch(string(notes), -1) {
		if !slices.Contains(operations, match[1]) {
			t.Errorf("NOTES.md refers to the operation %s, which the contract has not", match[1])
		}
	}
	resources, _ := v.Document().Extensions["x-resources"].(map[string]any)
	if len(resources) == 0 {
		t.Error("there is no index of resources")
	}
	for name, resource := range resources {
		members, _ := resource.(map[string]any)
		for _, member := range []string{"create", "get", "list", "update", "delete"} {
			for _, id := range texts(members[member]) {
				if !slices.Contains(operations, id) {
					t.Errorf("x-resources: %s of %s is %s, which the contract has not", member, name, id)
				}
			}
		}
	}
	for _, match := range extension.FindAllStringSubmatch(string(document), -1) {
		if !strings.Contains(v.Document().Info.Description, match[1]) {
			if match[1] != "x-error-mapping" { // has its own explanation
				t.Errorf("%s is used, and the description of the contract does not explain it", match[1])
			}
		}
	}
}

// texts returns the strings of a value, a list, or a map.
func texts(value any) []string {
	var out []string
	switch value := value.(type) {
	case string:
		out = append(out, value)
	case []any:
		for _, one := range value {
			out = append(out, texts(one)...)
		}
	case map[string]any:
		for _, one := range value {
			out = append(out, texts(one)...)
		}
	}
	return out
}
