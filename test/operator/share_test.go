// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshShare", func() {
	share := func(settings string) *v1alpha1.MeshShare {
		return &v1alpha1.MeshShare{
			ObjectMeta: metav1.ObjectMeta{Name: "support"}, Spec: v1alpha1.MeshShareSpec{Settings: &runtime.RawExtension{Raw: []byte(settings)}},
		}
	}

	It("keeps its ID and the settings of others, also when it is left", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		mine := share(`{"role": "viewer", "room": "support"}`)
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		id := mine.Status.ID
		w.MeshAgent.Edit("shares", id, func(doc map[string]any) {
			settings, _ := doc["settings"].(map[string]any)
			settings["expires"] = "never"
		})
		w.Edit(ctx, mine, func() {
			mine.Spec.Settings.Raw = []byte(`{"role": "editor"}`)
			mine.Spec.DeletionPolicy = v1alpha1.DeletionOrphan
		})
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.ID).To(Equal(id))
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.ExpectGone(ctx, mine)
		Expect(w.MeshAgent.Documents("shares")).To(ConsistOf(And(
			HaveKeyWithValue("id", id), HaveKeyWithValue("settings", Equal(map[string]any{"role": "editor", "expires": "never"})))))
	})

	It("says in MeshAgent's words that its ownership annotation is rejected", func(ctx SpecContext) {
		w := harness.NewEnv(ctx, simulator.WithBehavior(simulator.Behavior{PlainSettings: true}))
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		mine := share(`{"role": "viewer"}`)
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Rejected"), ContainSubstring(`"meshagent.com/owner" is not a setting`)))
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.ExpectGone(ctx, mine)
		Expect(w.MeshAgent.Documents("shares")).To(BeEmpty())
	})

	It("cannot set the ownership annotation itself", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		mine := share(`{"meshagent.com/owner": "someone"}`)
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid"), ContainSubstring("meshagent.com/owner")))
		Expect(w.Writes()).To(BeEmpty())
	})
})
