// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"maps"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// act does with the sample what Argo CD does when somebody chooses an action, which must be on offer.
func (l *life) act(ctx context.Context, action string) {
	GinkgoHelper()
	before := l.raw(ctx)
	Expect(l.offered(ctx)).To(HaveKeyWithValue(action, true))
	after, ok := inLua(customizations()[l.sample.kind].actions[action], before.Object).(map[string]any)
	Expect(ok).To(BeTrue())
	Expect(l.Patch(ctx, &unstructured.Unstructured{Object: after}, client.MergeFrom(before))).To(Succeed())
}

// offered are the actions in Argo CD's menu, and whether they can be chosen.
func (l *life) offered(ctx context.Context) map[string]bool {
	GinkgoHelper()
	found, ok := inLua(customizations()[l.sample.kind].discovery, l.raw(ctx).Object).(map[string]any)
	Expect(ok).To(BeTrue())
	offered := map[string]bool{}
	for name, about := range found {
		disabled, _ := about.(map[string]any)["disabled"].(bool)
		offered[name] = !disabled
	}
	return offered
}

var _ = Describe("Argo CD", func() {
	It("is told about every kind, and nothing else", func() {
		var kinds []string
		for kind, one := range customizations() {
			kinds = append(kinds, kind)
			Expect(one.health).NotTo(BeEmpty(), kind)
			Expect(one.discovery).NotTo(BeEmpty(), kind)
		}
		samples := map[string]bool{}
		for _, kind := range kindsOf(readSamples().own) {
			samples[kind] = true
		}
		Expect(kinds).To(HaveLen(len(samples)))
		for kind := range samples {
			Expect(kinds).To(ContainElement(kind))
		}
	})

	It("can look, suspend and resume each sample, and changes nothing else in it", func(ctx SpecContext) {
		bare := sample{kind: "MeshRoom", name: "bare", made: room("bare")} // it has no spec
		together(append(samples(), bare), func(s sample) { obeysArgoCD(ctx, s) })
	})
})

func obeysArgoCD(ctx context.Context, s sample) {
	w := newWorld(ctx)
	w.start(operatorOptions{})
	l := w.begin(ctx, s)
	l.follow(ctx)
	spec := l.specNow(ctx)
	idle := map[string]bool{"reconcile": true}
	if s.mirrors() {
		idle["suspend"], idle["resume"] = true, false
	}
	Expect(l.offered(ctx)).To(Equal(idle))

	l.act(ctx, "reconcile")
	Eventually(func() string {
		_, err := l.state(ctx, l.obj)()
		Expect(err).NotTo(HaveOccurred())
		return statusOf(l.obj).LastHandledReconcileAt
	}).WithContext(ctx).Should(MatchRegexp(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`))
	Expect(l.specNow(ctx)).To(Equal(spec))
	if !s.mirrors() {
		return
	}

	l.act(ctx, "suspend")
	Eventually(w.state(ctx, l.obj)).WithContext(ctx).Should(And(HavePrefix("Ready=True"), ContainSubstring("Synced=Unknown Suspended")))
	Expect(l.offered(ctx)).To(Equal(map[string]bool{"reconcile": false, "suspend": false, "resume": true}))

	l.act(ctx, "resume")
	w.eventuallyReady(ctx, l.obj)
	Expect(l.offered(ctx)).To(Equal(idle))
	Expect(l.specNow(ctx)).To(Equal(spec))
}

// specNow is what the sample says, whether it is suspended aside.
func (l *life) specNow(ctx context.Context) map[string]any {
	GinkgoHelper()
	spec := map[string]any{}
	if said, ok := l.raw(ctx).Object["spec"].(map[string]any); ok {
		maps.Copy(spec, said)
	}
	delete(spec, "suspend")
	return spec
}
