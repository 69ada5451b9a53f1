// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"regexp"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("kubectl explain", func() {
	It("describes every field of a spec, with its limits", func() {
		var missing []string
		checked := 0
		for version, schema := range harness.Schemas(harness.Definitions) {
			spec, _ := schema["properties"].(map[string]any)["spec"].(map[string]any)
			found, fields := unexplained(version+" spec", spec)
			missing, checked = append(missing, found...), checked+fields
		}
		Expect(checked).To(BeNumerically(">", 100))
		Expect(missing).To(BeEmpty(), "write it into the comment of the field")
	})

	It("notices a field without a description, and one without its limit", func() {
		found, _ := unexplained("x", map[string]any{"properties": map[string]any{
			"a": map[string]any{"maxLength": 5.0},
			"b": map[string]any{"description": "b is a list.", "items": map[string]any{
				"properties": map[string]any{"c": map[string]any{"description": "c is a name.", "maxLength": 5.0}},
			}},
			"d": map[string]any{"description": "d is a name. At most 5 characters.", "maxLength": 5.0},
		}})
		Expect(found).To(ConsistOf("x.a has no description", "x.b.c does not say its maxLength 5"))
	})
})

var number = regexp.MustCompile(`\d`)

// unexplained returns the fields below a place whose descriptions lack something, and counts all.
func unexplained(at string, schema map[string]any) (missing []string, fields int) {
	if items, ok := schema["items"].(map[string]any); ok {
		schema = items
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, field := range properties {
		field, _ := field.(map[string]any)
		place := at + "." + name
		fields++
		description, _ := field["description"].(string)
		if description == "" {
			missing = append(missing, place+" has no description")
		} else if !number.MatchString(description) {
			for _, limit := range []string{"maxLength", "maxItems", "maxProperties", "maximum"} {
				if most, limited := field[limit]; limited {
					missing = append(missing, fmt.Sprintf("%s does not say its %s %v", place, limit, most))
				}
			}
		}
		inside, n := unexplained(place, field)
		missing, fields = append(missing, inside...), fields+n
	}
	return missing, fields
}
