// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("kubectl explain", func() {
	It("shows an example of each kind that the API server admits", func(ctx SpecContext) {
		for version, schema := range harness.Schemas(harness.Definitions) {
			kind, _, _ := strings.Cut(version, " ")
			description, _ := schema["description"].(string)
			_, example, found := strings.Cut(description, "For example:\n")
			Expect(found).To(BeTrue(), "the comment of the type %s has no example: write one after \"For example:\"", kind)
			text, err := yaml.YAMLToJSONStrict([]byte(strings.ReplaceAll(example, "\n\t", "\n")))
			Expect(err).NotTo(HaveOccurred())
			var object unstructured.Unstructured
			Expect(object.UnmarshalJSON(text)).To(Succeed())
			Expect(object.GetKind()).To(Equal(kind))
			object.SetNamespace("default")
			Expect(harness.Admission().Create(ctx, &object)).To(Succeed(), kind)
		}
	})
})
