// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
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
				FeedRef: v1alpha1.ResourceReference{Name: "orders"}, RoomRef: v1alpha1.ResourceReference{Name: "support"}, Path: "feeds/orders/",
			},
		}
	}

	It("clears a schema and a format that leave the spec", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		orders := feed(func(f *v1alpha1.MeshFeed) {
			f.Spec.MessageSchema = &runtime.RawExtension{Raw: []byte(`{"type": "object"}`)}
		})
		mine := subscription()
		mine.Spec.FilenameDatetimeFormat = "YYYY/MM"
		w.apply(ctx, orders, mine, room("support"))
		w.eventuallyReady(ctx, orders, mine)
		Expect(w.meshagent.Documents("feeds")[0]).To(HaveKeyWithValue("message_schema", HaveKeyWithValue("type", "object")))

		w.edit(ctx, orders, func() { orders.Spec.MessageSchema = nil })
		w.edit(ctx, mine, func() { mine.Spec.FilenameDatetimeFormat = "" })
		w.eventuallyReady(ctx, orders, mine)
		Expect(w.meshagent.Documents("feeds")[0]["message_schema"]).To(BeNil())
		Expect(w.meshagent.Documents("feeds/" + orders.Status.ID + "/subscriptions")[0]["filename_datetime_format"]).NotTo(Equal("YYYY/MM"))

		By("refusing a schema that is none")
		w.edit(ctx, orders, func() { orders.Spec.MessageSchema = &runtime.RawExtension{Raw: []byte(`"text"`)} })
		Eventually(w.state(ctx, orders)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid"), ContainSubstring("spec.messageSchema")))
		w.edit(ctx, orders, func() { orders.Spec.MessageSchema = &runtime.RawExtension{Raw: []byte(`true`)} })
		w.eventuallyReady(ctx, orders)
		Expect(w.meshagent.Documents("feeds")[0]).To(HaveKeyWithValue("message_schema", true))
	})

	It("says that a paused feed refuses changes of subscriptions, and goes on when it is resumed", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		orders := feed(func(f *v1alpha1.MeshFeed) { f.Spec.Paused = new(true) })
		mine := subscription()
		w.apply(ctx, orders, room("support"))
		w.eventuallyReady(ctx, orders)
		w.apply(ctx, mine)
		Eventually(w.state(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Rejected"), ContainSubstring("paused")))
		w.edit(ctx, orders, func() { orders.Spec.Paused = new(false) })
		w.eventuallyReady(ctx, mine)
	})

	It("does not take over a feed of another visibility, and says that it cannot be changed", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		w.meshagent.Add("feeds", map[string]any{"name": "orders", "visibility": "private"})
		orders := feed(func(f *v1alpha1.MeshFeed) {
			f.Spec.Visibility = "public"
			f.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned
		})
		w.apply(ctx, orders)
		Eventually(w.state(ctx, orders)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Rejected"), ContainSubstring(`the visibility is "private" and cannot be changed to "public"`)))
		Expect(w.calls("PUT", "DELETE")).To(BeEmpty())
	})

	It("may say or leave out the default visibility, which changes nothing", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		orders := feed()
		w.apply(ctx, orders)
		w.eventuallyReady(ctx, orders)
		for _, visibility := range []v1alpha1.FeedVisibility{"private", ""} {
			w.edit(ctx, orders, func() { orders.Spec.Visibility = visibility })
			w.eventuallyReady(ctx, orders)
		}
		Expect(w.calls("PUT", "DELETE")).To(BeEmpty())
	})

	It("keeps a subscription when its room is renamed", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		orders, support, mine := feed(), room("support"), subscription()
		w.apply(ctx, orders, support, mine)
		w.eventuallyReady(ctx, orders, mine)
		id := mine.Status.ID
		w.edit(ctx, support, func() { support.Spec.Name = "care" })
		w.eventuallyReady(ctx, support)
		w.edit(ctx, mine, func() { mine.Spec.Annotations = map[string]string{"a": "b"} })
		w.eventuallyReady(ctx, mine)
		Expect(mine.Status.ID).To(Equal(id))
		Expect(w.meshagent.Documents("feeds/" + orders.Status.ID + "/subscriptions")).To(HaveLen(1))

		By("deleting feed, room and subscription in an order that nobody would choose")
		Expect(w.Delete(ctx, orders)).To(Succeed())
		Expect(w.Delete(ctx, support)).To(Succeed())
		w.eventuallyGone(ctx, orders, support)
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.eventuallyGone(ctx, mine)
	})
})
