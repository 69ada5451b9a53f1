// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// intended holds the changes since the last release that refuse what the release accepted, as the
// test names them, each with the reason why it hurts no user. The next release empties the list.
var intended = map[string]string{
	"MeshProject v1alpha1.spec.defaults.reconcilePolicy: rule self != 'CreateOnly'":                                                                                                                      "the policy is new, and was not accepted before",
	"MeshService v1alpha1.spec.template.valuesFrom[]: rule (has(self.configMapKeyRef) ? 1 : 0) + (has(self.routeRef) ? 1 : 0) + (has(self.mailboxRef) ? 1 : 0) + (has(self.repositoryRef) ? 1 : 0) == 1": "it takes all that the rule before it took",
	"MeshRoute v1alpha1.spec.backend.agentRef: rule " + oneOfThree:                                                                                                                                       "an object can be named, too, and what was accepted still is",
	"MeshSecret v1alpha1.spec.agentRef: rule " + oneOfThree:                                                                                                                                              "an object can be named, too, and what was accepted still is",
}

const oneOfThree = `(has(self.name) ? 1 : 0) + (has(self.externalName) ? 1 : 0) + (has(self.externalID) ? 1 : 0) == 1`

var _ = Describe("A change of the definitions", func() {
	It("takes all that those of the last release took", func() {
		if *harness.Update {
			release()
		}
		was, is := harness.Schemas(harness.Released), harness.Schemas(harness.Definitions)
		var problems []string
		for _, name := range slices.Sorted(maps.Keys(was)) {
			if is[name] == nil {
				problems = append(problems, name+": is gone")
				continue
			}
			problems = append(problems, narrowed(name, was[name], is[name])...)
		}
		problems = slices.DeleteFunc(problems, func(problem string) bool { return intended[problem] != "" })
		Expect(problems).To(BeEmpty(), "add what is intended to the list at the top of this test, with a reason")
	})

	DescribeTable("is seen to",
		func(was, is string, want ...string) {
			Expect(narrowed("it", parsed(was), parsed(is))).To(ConsistOf(want))
		},
		Entry("change nothing", `{type: object, properties: {a: {type: string, maxLength: 3}}, required: [a]}`,
			`{type: object, properties: {a: {type: string, maxLength: 3}}, required: [a]}`),
		Entry("take more", `{type: object, required: [a], properties: {a: {type: string, maxLength: 3, pattern: x, enum: [b]}}}`,
			`{type: object, properties: {a: {type: string, maxLength: 4, enum: [b, c]}, d: {type: string, enum: [e]}}}`),
		Entry("require what has a default", `{type: object}`, `{type: object, required: [a], properties: {a: {default: b}}}`),
		Entry("take a field away", `{properties: {a: {}, b: {}}}`, `{properties: {a: {}}}`, "it.b: is gone"),
		Entry("change a type, in a list in a map", `{additionalProperties: {items: {type: string}}}`, `{additionalProperties: {items: {type: integer}}}`, "it{}[]: type"),
		Entry("take a type of elements away", `{items: {type: string}}`, `{}`, "it[]: is gone"),
		Entry("limit", `{maxLength: 3, minItems: 1}`, `{maxLength: 2, minItems: 2, maximum: 0}`, "it: maxLength", "it: minItems", "it: maximum"),
		Entry("take words away", `{enum: [a, b]}`, `{enum: [a]}`, "it: enum"),
		Entry("list words", `{type: string}`, `{type: string, enum: [a]}`, "it: enum"),
		Entry("require", `{properties: {a: {}}}`, `{properties: {a: {}}, required: [a]}`, "it.a: required"),
		Entry("change patterns", `{properties: {a: {pattern: x}, b: {}}}`, `{properties: {a: {pattern: y}, b: {pattern: z}}}`, "it.a: pattern", "it.b: pattern"),
		Entry("have another rule", `{x-kubernetes-validations: [{rule: a}, {rule: b}]}`, `{x-kubernetes-validations: [{rule: c}, {rule: a, message: new}]}`, "it: rule c"),
		Entry("drop what it does not know", `{x-kubernetes-preserve-unknown-fields: true}`, `{}`, "it: x-kubernetes-preserve-unknown-fields"),
		Entry("merge lists otherwise", `{x-kubernetes-list-type: atomic}`, `{x-kubernetes-list-type: set}`, "it: x-kubernetes-list-type"),
	)
})

// release writes the definitions down as those of a release.
func release() {
	GinkgoHelper()
	Expect(os.RemoveAll(harness.Released)).To(Succeed())
	Expect(os.MkdirAll(harness.Released, 0o755)).To(Succeed())
	files, err := filepath.Glob(filepath.Join(harness.Definitions, "*.yaml"))
	Expect(err).NotTo(HaveOccurred())
	for _, file := range files {
		text, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		var definition map[string]any
		Expect(yaml.Unmarshal(text, &definition)).To(Succeed())
		text, err = yaml.Marshal(harness.WithoutDocumentation(definition))
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(filepath.Join(harness.Released, filepath.Base(file)), text, 0o644)).To(Succeed())
	}
}

func parsed(text string) (schema map[string]any) {
	GinkgoHelper()
	Expect(yaml.Unmarshal([]byte(text), &schema)).To(Succeed())
	return schema
}

// narrowed are the ways in which a schema refuses what the one before took, or keeps less of it.
func narrowed(at string, was, is map[string]any) (problems []string) {
	problem := func(what string) { problems = append(problems, at+": "+what) }
	for _, same := range []string{"type", "x-kubernetes-int-or-string", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"} {
		if !reflect.DeepEqual(was[same], is[same]) {
			problem(same)
		}
	}
	for _, sameOrNone := range []string{"pattern", "format"} {
		if is[sameOrNone] != nil && was[sameOrNone] != is[sameOrNone] {
			problem(sameOrNone)
		}
	}
	for _, stays := range []string{"nullable", "x-kubernetes-preserve-unknown-fields"} {
		if was[stays] == true && is[stays] != true {
			problem(stays)
		}
	}
	for sign, limits := range map[float64][]string{
		1: {"maxLength", "maxItems", "maxProperties", "maximum"}, -1: {"minLength", "minItems", "minProperties", "minimum"},
	} {
		for _, limit := range limits {
			before, limited := was[limit].(float64)
			if now, limits := is[limit].(float64); limits && (!limited || sign*now < sign*before) {
				problem(limit)
			}
		}
	}
	if words := list(is["enum"]); words != nil && (was["enum"] == nil || slices.ContainsFunc(list(was["enum"]), func(word any) bool { return !slices.Contains(words, word) })) {
		problem("enum")
	}
	for _, rule := range list(is["x-kubernetes-validations"]) {
		text := object(rule)["rule"]
		if !slices.ContainsFunc(list(was["x-kubernetes-validations"]), func(known any) bool { return object(known)["rule"] == text }) {
			name, _ := text.(string)
			problem("rule " + name)
		}
	}
	parts := parts(is)
	for _, name := range list(is["required"]) {
		field, _ := name.(string)
		if parts["."+field]["default"] == nil && !slices.Contains(list(was["required"]), name) {
			problems = append(problems, at+"."+field+": required")
		}
	}
	return append(problems, partsNarrowed(at, was, parts)...)
}

// partsNarrowed are the ways in which the parts of a schema do.
func partsNarrowed(at string, was map[string]any, now map[string]map[string]any) (problems []string) {
	before := parts(was)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if now[name] == nil {
			problems = append(problems, at+name+": is gone")
			continue
		}
		problems = append(problems, narrowed(at+name, before[name], now[name])...)
	}
	return problems
}

// parts are the schemas in a schema: of members, of elements, and of values by any name.
func parts(schema map[string]any) map[string]map[string]any {
	found := map[string]map[string]any{}
	for name, member := range object(schema["properties"]) {
		found["."+name] = object(member)
	}
	for name, member := range map[string]any{"[]": schema["items"], "{}": schema["additionalProperties"]} {
		if member != nil {
			found[name] = object(member)
		}
	}
	return found
}

func list(value any) []any { found, _ := value.([]any); return found }

func object(value any) map[string]any {
	found, _ := value.(map[string]any)
	if found == nil {
		found = map[string]any{}
	}
	return found
}
