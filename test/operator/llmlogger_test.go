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

var _ = Describe("MeshLLMLogger", func() {
	feed := func(name string) *v1alpha1.MeshFeed {
		return &v1alpha1.MeshFeed{ObjectMeta: metav1.ObjectMeta{Name: name}}
	}
	logger := func() *v1alpha1.MeshLLMLogger {
		return &v1alpha1.MeshLLMLogger{
			ObjectMeta: metav1.ObjectMeta{Name: "all"}, Spec: v1alpha1.MeshLLMLoggerSpec{FeedRef: v1alpha1.IDReference{Name: "first"}},
		}
	}

	It("writes to another feed, and drops its filter when that leaves the spec", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		first, second, mine := feed("first"), feed("second"), logger()
		mine.Spec.FilterExpression = new("provider == 'openai'")
		w.CreateAll(ctx, first, second, mine)
		w.ExpectReady(ctx, first, second, mine)
		id := mine.Status.ID
		Expect(w.MeshAgent.Documents("llm-loggers")).To(ConsistOf(And(
			HaveKeyWithValue("destination_feed_id", first.Status.ID), HaveKeyWithValue("filter_expression", "provider == 'openai'"), HaveKeyWithValue("paused", false))))

		w.Edit(ctx, mine, func() { mine.Spec.FeedRef.Name, mine.Spec.FilterExpression = "second", nil })
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.ID).To(Equal(id))
		Expect(w.MeshAgent.Documents("llm-loggers")).To(ConsistOf(And(
			HaveKeyWithValue("destination_feed_id", second.Status.ID), HaveKeyWithValue("filter_expression", ""))))
	})

	DescribeTable("whose feed is deleted first",
		func(ctx SpecContext, refuses bool) {
			w := harness.NewEnv(ctx, simulator.WithBehavior(simulator.Behavior{RefuseDeleteInUse: refuses}))
			w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
			w.ApplyProject(ctx)
			first, mine := feed("first"), logger()
			w.CreateAll(ctx, first, mine)
			w.ExpectReady(ctx, first, mine)
			Expect(w.Delete(ctx, first)).To(Succeed())
			if refuses {
				Eventually(w.State(ctx, first)).WithContext(ctx).Should(ContainSubstring("Synced=False Conflict"))
			} else {
				w.ExpectGone(ctx, first)
				Eventually(w.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Synced=False ReferenceNotFound"))
			}
			Expect(w.Delete(ctx, mine)).To(Succeed())
			w.ExpectGone(ctx, mine, first)
			Expect(w.MeshAgent.Documents("llm-loggers")).To(BeEmpty())
			Expect(w.MeshAgent.Documents("feeds")).To(BeEmpty())
		},
		Entry("goes with it, if MeshAgent deletes the loggers of a feed", false),
		Entry("goes before it, if MeshAgent keeps the feed of a logger", true),
	)
})
