// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"os"
	"regexp"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"

	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("docs/services.md", func() {
	It("shows manifests that MeshAgent takes, and objects that Kubernetes takes", func(ctx SpecContext) {
		text, err := os.ReadFile(harness.Path("docs", "services.md"))
		Expect(err).NotTo(HaveOccurred())
		shown := map[string]int{}
		for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
			var document map[string]any
			Expect(yaml.Unmarshal([]byte(block[1]), &document)).To(Succeed())
			kind, _ := document["kind"].(string)
			shown[kind]++
			if kind == "Service" {
				Expect(harness.Validator().CheckSchema("ServiceSpec", normal(document))).To(Succeed(), block[1])
			} else {
				Expect(tryOut(ctx, kind, block[1])).To(Succeed(), block[1])
			}
		}
		Expect(shown).To(Equal(map[string]int{"Service": 3, "MeshService": 4}))
	})
})
