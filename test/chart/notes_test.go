// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("The notes of the chart", func() {
	notes := func(ctx SpecContext, set string) string {
		GinkgoHelper()
		out, err := harness.Helm(ctx, "", "install", "mesh", harness.Chart, "--namespace", "agents", "--dry-run=client", "--set", "crds.install=false,"+set)
		Expect(err).NotTo(HaveOccurred(), out)
		_, said, found := strings.Cut(out, "\nNOTES:\n")
		Expect(found).To(BeTrue(), out)
		return said
	}

	It("show a MeshProject that the API server takes", func(ctx SpecContext) {
		said := notes(ctx, "replicas=1")
		_, said, found := strings.Cut(said, "kubectl apply -n default -f - <<EOF\n")
		Expect(found).To(BeTrue())
		document, said, found := strings.Cut(said, "\nEOF\n")
		Expect(found).To(BeTrue())
		objects := harness.ParseObjects(document)
		Expect(objects).To(HaveLen(1))
		objects[0].SetNamespace("default")
		accept(ctx, objects[0])
		Expect(said).To(And(HavePrefix("kubectl wait meshproject default -n default --for=condition=Ready"), ContainSubstring("/docs/README.md")))
		Expect(said).NotTo(ContainSubstring("metrics"))
	})

	It("name the Secret of a MeshProject in the values", func(ctx SpecContext) {
		said := notes(ctx, "projects[0].name=mine,projects[0].spec.apiKeySecretRef.name=key,projects[0].spec.apiKeySecretRef.key=token")
		Expect(said).To(And(
			ContainSubstring("kubectl create secret generic key -n agents --from-file=token=/dev/stdin\nkubectl wait meshproject mine -n agents "),
			Not(ContainSubstring("EOF"))))
	})

	It("say that metrics are off if watchNamespaces is set, and how to turn them on", func(ctx SpecContext) {
		said := notes(ctx, "watchNamespaces={team-a}")
		Expect(said).To(And(ContainSubstring("-n team-a"), ContainSubstring("watchNamespaces"), ContainSubstring("metrics.enabled")))
		Expect(notes(ctx, "watchNamespaces={team-a},metrics.enabled=true")).NotTo(ContainSubstring("metrics.enabled"))
	})
})
