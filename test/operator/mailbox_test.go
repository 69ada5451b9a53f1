// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshMailbox", func() {
	const address = "support@mail.example.com"
	mailbox := func() *v1alpha1.MeshMailbox {
		return &v1alpha1.MeshMailbox{
			ObjectMeta: metav1.ObjectMeta{Name: "support"},
			Spec:       v1alpha1.MeshMailboxSpec{Address: address, RoomRef: v1alpha1.ResourceReference{Name: "support"}, Queue: "mail"},
		}
	}
	begin := func(ctx context.Context, options ...simulator.Option) *harness.Env {
		w := harness.NewEnv(ctx, options...)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		w.CreateAll(ctx, harness.Room("support"), harness.Room("sales"))
		return w
	}

	It("moves to another room, and stays with a room that is renamed", func(ctx SpecContext) {
		w := begin(ctx, simulator.WithBehavior(simulator.Behavior{KeepOldNames: true}))
		mine, support := mailbox(), harness.Room("support")
		support.Namespace = w.Namespace
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine, support)
		w.MeshAgent.ResetCalls()
		w.Edit(ctx, support, func() { support.Spec.Name = "care" })
		w.ExpectReady(ctx, support)
		w.RequestReconcile(ctx, mine)
		w.ExpectReady(ctx, mine)
		Expect(w.Calls("PUT")).To(HaveLen(1), "only the room was written")

		w.Edit(ctx, mine, func() { mine.Spec.RoomRef.Name = "sales" })
		w.ExpectReady(ctx, mine)
		Expect(w.MeshAgent.Documents("mailboxes")).To(ConsistOf(And(HaveKeyWithValue("address", address), HaveKeyWithValue("room", "sales"))))
	})

	It("moves a mailbox that another user made, or makes it private, only if that is allowed", func(ctx SpecContext) {
		w := begin(ctx)
		sales := harness.Room("sales")
		sales.Namespace = w.Namespace
		w.ExpectReady(ctx, sales)
		w.MeshAgent.Add("mailboxes", map[string]any{"address": address, "room": "sales", "queue": "mail", "public": true})
		mine := mailbox()
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"), ContainSubstring("public, room")))
		Expect(w.Calls("PUT", "DELETE")).To(BeEmpty())
		w.Edit(ctx, mine, func() { mine.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
		w.ExpectReady(ctx, mine)
		Expect(w.MeshAgent.Documents("mailboxes")).To(ConsistOf(And(HaveKeyWithValue("room", "support"), HaveKeyWithValue("public", false))))
	})
})
