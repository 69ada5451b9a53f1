// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package gitops_test

import (
	"encoding/json"
	"os"
	"regexp"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"

	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("docs/services.md", func() {
	It("shows manifests that MeshAgent accepts", func() {
		text, err := os.ReadFile(harness.Path("docs", "services.md"))
		Expect(err).NotTo(HaveOccurred())
		shown := map[string]int{}
		for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
			document, err := yaml.YAMLToJSON([]byte(block[1]))
			Expect(err).NotTo(HaveOccurred())
			var manifest map[string]any
			Expect(json.Unmarshal(document, &manifest)).To(Succeed())
			kind, _ := manifest["kind"].(string)
			shown[kind]++
			if kind == "Service" {
				Expect(harness.Validator().CheckSchema("ServiceSpec", manifest)).To(Succeed(), block[1])
			}
		}
		Expect(shown).To(And(HaveKey("Service"), HaveKey("MeshService")), "each manifest with its MeshService")
	})
})
