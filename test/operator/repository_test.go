// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshRepository", func() {
	repository := func() *v1alpha1.MeshRepository {
		return &v1alpha1.MeshRepository{ObjectMeta: metav1.ObjectMeta{Name: "agent"}}
	}

	It("says the name of its images, and keeps its ID when it is renamed", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		mine := repository()
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		id := mine.Status.ID
		Expect(mine.Status.Image).To(Equal("registry.meshagent.example/dev/agent"))
		w.Edit(ctx, mine, func() { mine.Spec.Name = "apps/agent" })
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.Image).To(Equal("registry.meshagent.example/dev/apps/agent"))
		Expect(mine.Status.ID).To(Equal(id))
	})

	DescribeTable("with images in it",
		func(ctx SpecContext, refuses bool) {
			w := harness.NewEnv(ctx, simulator.WithBehavior(simulator.Behavior{RefuseDeleteInUse: refuses}))
			w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
			w.ApplyProject(ctx)
			mine := repository()
			w.CreateAll(ctx, mine)
			w.ExpectReady(ctx, mine)
			images := "repositories/" + mine.Status.ID + "/images"
			image := w.MeshAgent.Add(images, map[string]any{"tag": "1"})
			Expect(w.Delete(ctx, mine)).To(Succeed())
			if refuses {
				Eventually(w.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Synced=False Conflict"))
				Expect(w.MeshAgent.Documents(images)).To(HaveLen(1))
				w.MeshAgent.Remove(images, image)
			}
			w.ExpectGone(ctx, mine)
			Expect(w.MeshAgent.Documents("repositories")).To(BeEmpty())
		},
		Entry("goes with them, if MeshAgent deletes them", false),
		Entry("waits until they are gone, if MeshAgent keeps them", true),
	)
})
