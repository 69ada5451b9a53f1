// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package gitops_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// GitOps tools apply the same manifest again and again. The operator must not become a second
// writer of its fields.
var _ = Describe("A manifest that is applied again", func() {
	It("changes nothing and conflicts with nothing", func(ctx SpecContext) {
		harness.InParallel(harness.Samples(), func(s harness.Sample) { appliesAgain(ctx, s) })
	})
})

func appliesAgain(ctx context.Context, s harness.Sample) {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{})
	apply := func(owner string, options ...client.ApplyOption) *unstructured.Unstructured {
		GinkgoHelper()
		raw := s.Manifest(w.Namespace)
		Expect(w.Apply(ctx, client.ApplyConfigurationFromUnstructured(raw), append(options, client.FieldOwner(owner))...)).To(Succeed())
		return raw
	}
	apply("kubectl")
	l := &harness.Fixture{Env: w, Sample: s, Object: s.Fresh()}
	l.Object.SetNamespace(w.Namespace)
	l.ApplyDependencies(ctx)
	before := l.Unstructured(ctx)

	By("the same tool, really and as a diff")
	Expect(apply("kubectl", client.DryRunAll).Object).To(Equal(before.Object))
	Expect(apply("kubectl").GetResourceVersion()).To(Equal(before.GetResourceVersion()))

	By("another tool, without force")
	after := apply("argocd")
	Expect(after.Object["spec"]).To(Equal(before.Object["spec"]))
	Expect(after.GetGeneration()).To(Equal(before.GetGeneration()))
	l.RequestReconcile(ctx, l.Object)
	Expect(harness.ConditionsOf(l.Object)).To(harness.BeReady())
	apply("argocd")
	apply("kubectl")

	By("finding the operator in nothing that a manifest says")
	Expect(fieldsOfOperator(l.Unstructured(ctx))).To(HaveEach(Or(HavePrefix("status"), HavePrefix("metadata.finalizers"))))
}

// fieldsOfOperator returns the fields, two levels deep, whose manager is not a user of these tests.
func fieldsOfOperator(obj *unstructured.Unstructured) []string {
	GinkgoHelper()
	var fields []string
	for _, entry := range obj.GetManagedFields() {
		if slices.Contains([]string{"kubectl", "kubectl-annotate", "kubectl-patch", "argocd"}, entry.Manager) {
			continue
		}
		var owned map[string]map[string]any
		Expect(json.Unmarshal(entry.FieldsV1.GetRawBytes(), &owned)).To(Succeed())
		for top, members := range owned {
			for member := range members {
				fields = append(fields, strings.TrimPrefix(top, "f:")+"."+strings.TrimPrefix(member, "f:"))
			}
		}
	}
	Expect(fields).NotTo(BeEmpty(), "the operator has written status")
	return fields
}
