// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshRoomGrant by e-mail", func() {
	var (
		w       *harness.Env
		support *v1alpha1.MeshRoom
	)
	begin := func(ctx SpecContext, behavior simulator.Behavior) {
		w, support, _ = beginGrants(ctx, behavior)
	}

	It("goes to the member who has the address", func(ctx SpecContext) {
		begin(ctx, simulator.Behavior{})
		user := userWith(w, simulator.MemberEmail)
		ops := grant("ops", "Ops@Example.com", queues, byEmail)
		w.CreateAll(ctx, ops)
		w.ExpectReady(ctx, ops)
		Expect(w.Writes()).To(Equal([]string{"POST room-grants"}))
		Expect(ops.Status.UserID).To(Equal(user))
		Expect(ops.Status.ID).To(Equal(support.Status.ID + "/" + user))
		Expect(ops.Status.IsAdopted()).To(BeFalse())

		By("staying with that user when the address changes")
		w.MeshAgent.Edit("users", user, func(doc map[string]any) { doc["email"] = "otis@example.com" })
		w.MeshAgent.Edit("room-grants", ops.Status.ID, func(doc map[string]any) { doc["permissions"] = map[string]any{} })
		Eventually(func() map[string]any { return permissionsGranted(w) }).WithContext(ctx).Should(And(HaveKey("queues"), HaveKey("llm")))
		w.ExpectReady(ctx, ops)
		Expect(ops.Status.UserID).To(Equal(user))

		Expect(w.Delete(ctx, ops)).To(Succeed())
		w.ExpectGone(ctx, ops)
		Expect(w.MeshAgent.Documents("room-grants")).To(BeEmpty())
	})

	It("invites a user who is not a member once, and is Ready when the user has joined", func(ctx SpecContext) {
		begin(ctx, simulator.Behavior{})
		fresh := grant("fresh", newcomer, queues, byEmail)
		fresh.Spec.InviteRedirectURL = "https://example.com/welcome"
		w.CreateAll(ctx, fresh)
		pending := And(HavePrefix("Ready=False NotReady: "), ContainSubstring("Reconciling=True"))
		Eventually(w.State(ctx, fresh)).WithContext(ctx).Should(pending)
		Expect(w.MeshAgent.Documents("room-grants")).To(BeEmpty())
		invitations := w.MeshAgent.Documents("invitations")
		Expect(invitations).To(HaveLen(1))
		Expect(invitations[0]).To(HaveKeyWithValue("grant", HaveKeyWithValue("invite_redirect_url", "https://example.com/welcome")))

		By("waiting, also when the spec changes, and an operator restarts")
		w.Edit(ctx, fresh, func() { fresh.Spec.Permissions.LLM = nil })
		Expect(w.Writes()).To(Equal([]string{"POST room-grants"}))
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.MeshAgent.ResetCalls()
		Eventually(func() int { return len(w.Reads("users")) }).WithContext(ctx).Should(BeNumerically(">=", 2), "members are looked for")
		Eventually(w.State(ctx, fresh)).WithContext(ctx).Should(pending)
		Expect(w.Writes()).To(BeEmpty())

		Expect(w.MeshAgent.Accept(newcomer)).To(BeTrue())
		w.ExpectReady(ctx, fresh)
		Expect(fresh.Status.UserID).To(Equal(userWith(w, newcomer)))
		Expect(fresh.Status.IsAdopted()).To(BeFalse())
		Expect(permissionsGranted(w)).To(And(HaveKey("queues"), Not(HaveKey("llm"))), "what was changed meanwhile")

		Expect(w.Delete(ctx, fresh)).To(Succeed())
		w.ExpectGone(ctx, fresh)
		Expect(w.MeshAgent.Documents("room-grants")).To(BeEmpty())
	})

	It("that was promised only can be deleted, also when someone has just joined", func(ctx SpecContext) {
		begin(ctx, simulator.Behavior{})
		fresh, other := grant("fresh", newcomer, queues, byEmail), grant("other", "other@example.com", queues, byEmail)
		w.CreateAll(ctx, fresh, other)
		for _, one := range []client.Object{fresh, other} {
			Eventually(w.State(ctx, one)).WithContext(ctx).Should(ContainSubstring("has not joined yet"))
		}
		Expect(w.MeshAgent.Accept(newcomer)).To(BeTrue())
		Expect(w.Delete(ctx, fresh)).To(Succeed())
		Expect(w.Delete(ctx, other)).To(Succeed())
		w.ExpectGone(ctx, fresh, other)
		Expect(w.MeshAgent.Documents("room-grants")).To(BeEmpty())
		Eventually(w.Events(ctx, fresh)).WithContext(ctx).Should(ContainElement(HavePrefix("Deleted: ")))
		Eventually(w.Events(ctx, other)).WithContext(ctx).Should(ContainElement(And(HavePrefix("Gone: "), ContainSubstring("other@example.com has not joined"))))
	})

	It("may be granted at once", func(ctx SpecContext) {
		begin(ctx, simulator.Behavior{ImmediateEmailGrants: true})
		fresh := grant("fresh", newcomer, queues, byEmail)
		w.CreateAll(ctx, fresh)
		w.ExpectReady(ctx, fresh)
		Expect(w.Writes()).To(Equal([]string{"POST room-grants"}))
		Expect(fresh.Status.UserID).To(Equal(userWith(w, newcomer)))
		Expect(fresh.Status.IsAdopted()).To(BeFalse())
	})

	It("costs one list of members for many", func(ctx SpecContext) {
		const many = 40
		begin(ctx, simulator.Behavior{})
		var grants []client.Object
		for i := range many {
			email := fmt.Sprintf("user-%02d@example.com", i)
			w.MeshAgent.Add("users", map[string]any{"email": email})
			grants = append(grants, grant(fmt.Sprintf("user-%02d", i), email, queues, byEmail))
		}
		w.CreateAll(ctx, grants...)
		w.ExpectReady(ctx, grants...)
		Expect(w.Writes()).To(And(HaveLen(many), HaveEach("POST room-grants")))
		Expect(len(w.Reads("users"))).To(BeNumerically("<", many/4))
		w.MeshAgent.ResetCalls()
		Eventually(func() int { return len(w.Reads("room-grants")) }).WithContext(ctx).Should(BeNumerically(">=", 6)) // pages
		Expect(len(w.Reads("users"))).To(BeNumerically("<=", 3), "no more than lists of grants")
	})
})
