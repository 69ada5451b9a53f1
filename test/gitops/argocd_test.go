// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package gitops_test

import (
	"context"
	"maps"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// chooseAction runs an action of Argo CD on the sample. The action must be on offer.
func chooseAction(ctx context.Context, l *harness.Fixture, action string) {
	GinkgoHelper()
	before := l.Unstructured(ctx)
	Expect(offeredActions(ctx, l)).To(HaveKeyWithValue(action, true))
	after, ok := harness.RunLua(harness.ArgoCustomizations()[l.Sample.Kind].Actions[action], before.Object).(map[string]any)
	Expect(ok).To(BeTrue())
	Expect(l.Patch(ctx, &unstructured.Unstructured{Object: after}, client.MergeFrom(before))).To(Succeed())
}

// offeredActions returns the actions in Argo CD's menu, and whether they are enabled.
func offeredActions(ctx context.Context, l *harness.Fixture) map[string]bool {
	GinkgoHelper()
	found, ok := harness.RunLua(harness.ArgoCustomizations()[l.Sample.Kind].Discovery, l.Unstructured(ctx).Object).(map[string]any)
	Expect(ok).To(BeTrue())
	offered := map[string]bool{}
	for name, about := range found {
		disabled, _ := about.(map[string]any)["disabled"].(bool)
		offered[name] = !disabled
	}
	return offered
}

var _ = Describe("Argo CD", func() {
	It("can reconcile, suspend and resume each sample, and changes nothing else in it", func(ctx SpecContext) {
		bare := harness.Sample{Kind: "MeshRoom", Name: "bare", Template: harness.Room("bare")} // without a spec
		harness.InParallel(append(harness.Samples(), bare), func(s harness.Sample) { obeysArgoCD(ctx, s) })
	})
})

func obeysArgoCD(ctx context.Context, s harness.Sample) {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{})
	l := w.ApplySample(ctx, s)
	l.ApplyDependencies(ctx)
	spec := specNow(ctx, l)
	idle := map[string]bool{"reconcile": true, "suspend": true, "resume": false}
	Expect(offeredActions(ctx, l)).To(Equal(idle))

	chooseAction(ctx, l, "reconcile")
	Eventually(func() string {
		_, err := l.State(ctx, l.Object)()
		Expect(err).NotTo(HaveOccurred())
		return harness.StatusOf(l.Object).LastHandledReconcileAt
	}).WithContext(ctx).Should(MatchRegexp(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`))
	Expect(specNow(ctx, l)).To(Equal(spec))

	chooseAction(ctx, l, "suspend")
	Eventually(w.State(ctx, l.Object)).WithContext(ctx).Should(And(HavePrefix("Ready=True"), ContainSubstring("Synced=Unknown Suspended")))
	Expect(offeredActions(ctx, l)).To(Equal(map[string]bool{"reconcile": false, "suspend": false, "resume": true}))

	chooseAction(ctx, l, "resume")
	w.ExpectReady(ctx, l.Object)
	Expect(offeredActions(ctx, l)).To(Equal(idle))
	Expect(specNow(ctx, l)).To(Equal(spec))
}

// specNow returns the sample's spec without suspend.
func specNow(ctx context.Context, l *harness.Fixture) map[string]any {
	GinkgoHelper()
	spec := map[string]any{}
	if said, ok := l.Unstructured(ctx).Object["spec"].(map[string]any); ok {
		maps.Copy(spec, said)
	}
	delete(spec, "suspend")
	return spec
}
