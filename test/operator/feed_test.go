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
)

var _ = Describe("MeshFeed and MeshFeedSubscription", func() {
	feed := func(change ...func(*v1alpha1.MeshFeed)) *v1alpha1.MeshFeed {
		made := &v1alpha1.MeshFeed{ObjectMeta: metav1.ObjectMeta{Name: "orders"}}
		for _, change := range change {
			change(made)
		}
		return made
	}
	subscription := func() *v1alpha1.MeshFeedSubscription {
		return &v1alpha1.MeshFeedSubscription{
			ObjectMeta: metav1.ObjectMeta{Name: "orders"},
			Spec: v1alpha1.MeshFeedSubscriptionSpec{
				FeedRef: v1alpha1.IDReference{Name: "orders"}, RoomRef: v1alpha1.ResourceReference{Name: "support"}, Path: "feeds/orders/",
			},
		}
	}

	It("clears a schema and a format that leave the spec", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		orders := feed(func(f *v1alpha1.MeshFeed) {
			f.Spec.MessageSchema = &runtime.RawExtension{Raw: []byte(`{"type": "object"}`)}
		})
		mine := subscription()
		mine.Spec.FilenameFormat = "YYYY/MM"
		w.CreateAll(ctx, orders, mine, harness.Room("support"))
		w.ExpectReady(ctx, orders, mine)
		Expect(w.MeshAgent.Documents("feeds")[0]).To(HaveKeyWithValue("message_schema", HaveKeyWithValue("type", "object")))

		w.Edit(ctx, orders, func() { orders.Spec.MessageSchema = nil })
		w.Edit(ctx, mine, func() { mine.Spec.FilenameFormat = "" })
		w.ExpectReady(ctx, orders, mine)
		Expect(w.MeshAgent.Documents("feeds")[0]["message_schema"]).To(BeNil())
		Expect(w.MeshAgent.Documents("feeds/" + orders.Status.ID + "/subscriptions")[0]["filename_datetime_format"]).NotTo(Equal("YYYY/MM"))

		By("refusing a schema that is none")
		w.Edit(ctx, orders, func() { orders.Spec.MessageSchema = &runtime.RawExtension{Raw: []byte(`"text"`)} })
		Eventually(w.State(ctx, orders)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid"), ContainSubstring("spec.messageSchema")))
		w.Edit(ctx, orders, func() { orders.Spec.MessageSchema = &runtime.RawExtension{Raw: []byte(`true`)} })
		w.ExpectReady(ctx, orders)
		Expect(w.MeshAgent.Documents("feeds")[0]).To(HaveKeyWithValue("message_schema", true))
	})

	It("says that a paused feed rejects changes of subscriptions, and continues when the feed is resumed", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		orders := feed(func(f *v1alpha1.MeshFeed) { f.Spec.Paused = new(true) })
		mine := subscription()
		w.CreateAll(ctx, orders, harness.Room("support"))
		w.ExpectReady(ctx, orders)
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Rejected"), ContainSubstring("paused")))
		w.Edit(ctx, orders, func() { orders.Spec.Paused = new(false) })
		w.ExpectReady(ctx, mine)
	})

	It("does not take over a feed of another visibility, and says that it cannot be changed", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		w.MeshAgent.Add("feeds", map[string]any{"name": "orders", "visibility": "private"})
		orders := feed(func(f *v1alpha1.MeshFeed) {
			f.Spec.Visibility = v1alpha1.FeedPublic
			f.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned
		})
		w.CreateAll(ctx, orders)
		Eventually(w.State(ctx, orders)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Rejected"), ContainSubstring(`the visibility is "private" and cannot be changed to "public"`)))
		Expect(w.Calls("PUT", "DELETE")).To(BeEmpty())
	})

	It("may say or leave out the default visibility, which changes nothing", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		orders := feed()
		w.CreateAll(ctx, orders)
		w.ExpectReady(ctx, orders)
		for _, visibility := range []v1alpha1.FeedVisibility{v1alpha1.FeedPrivate, ""} {
			w.Edit(ctx, orders, func() { orders.Spec.Visibility = visibility })
			w.ExpectReady(ctx, orders)
		}
		Expect(w.Calls("PUT", "DELETE")).To(BeEmpty())
	})

	It("keeps a subscription when its room is renamed", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		orders, support, mine := feed(), harness.Room("support"), subscription()
		w.CreateAll(ctx, orders, support, mine)
		w.ExpectReady(ctx, orders, mine)
		id := mine.Status.ID
		w.Edit(ctx, support, func() { support.Spec.Name = "care" })
		w.ExpectReady(ctx, support)
		w.Edit(ctx, mine, func() { mine.Spec.Annotations = map[string]string{"a": "b"} })
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.ID).To(Equal(id))
		Expect(w.MeshAgent.Documents("feeds/" + orders.Status.ID + "/subscriptions")).To(HaveLen(1))

		By("deleting feed, room and subscription in the wrong order")
		Expect(w.Delete(ctx, orders)).To(Succeed())
		Expect(w.Delete(ctx, support)).To(Succeed())
		w.ExpectGone(ctx, orders, support)
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.ExpectGone(ctx, mine)
	})
})
