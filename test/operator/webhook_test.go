// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshWebhook", func() {
	webhook := func(change ...func(*v1alpha1.MeshWebhook)) *v1alpha1.MeshWebhook {
		made := &v1alpha1.MeshWebhook{
			ObjectMeta: metav1.ObjectMeta{Name: "tickets"},
			Spec:       v1alpha1.MeshWebhookSpec{URL: "https://hooks.example.com", Events: []string{"room.started"}},
		}
		for _, change := range change {
			change(made)
		}
		return made
	}
	signed := func(w *v1alpha1.MeshWebhook) {
		w.Spec.SecretRef = &v1alpha1.SecretKeyReference{Name: "webhook", Key: "secret"}
	}
	secret := func() *corev1.Secret {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "webhook"}, StringData: map[string]string{"secret": "hush-c4n4ry"}}
	}

	for name, behavior := range map[string]simulator.Behavior{
		"shows the webhook and its secret": {},
		"shows only the id, and masks":     {WebhookAnswers: simulator.OnlyID, WebhookSecrets: simulator.Masked},
		"shows nothing, and no secrets":    {WebhookAnswers: simulator.EmptyAnswer, WebhookSecrets: simulator.Absent, NullClearsSecrets: true},
	} {
		It("is created, and then gets its secret, if MeshAgent "+name, func(ctx SpecContext) {
			w := harness.NewEnv(ctx, simulator.WithBehavior(behavior))
			w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
			w.ApplyProject(ctx)
			mine := webhook(signed)
			w.CreateAll(ctx, secret(), mine)
			w.ExpectReady(ctx, mine)
			Expect(w.Calls("POST", "PUT")).To(HaveLen(2))
			Expect(w.MeshAgent.Documents("webhooks")).To(ConsistOf(HaveKeyWithValue("secret", "hush-c4n4ry")))

			By("keeping the secret when something else changes")
			w.Edit(ctx, mine, func() { mine.Spec.Events = []string{"*"} })
			w.ExpectReady(ctx, mine)
			Expect(w.MeshAgent.Documents("webhooks")).To(ConsistOf(And(
				HaveKeyWithValue("secret", "hush-c4n4ry"), HaveKeyWithValue("events", ConsistOf("*")))))
		})
	}

	It("keeps its mark at the end of the description, and adds it again", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		mine := webhook(func(w *v1alpha1.MeshWebhook) { w.Spec.Description = new("Tickets") })
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		marked := "Tickets [meshagent.com/owner=cluster-1/" + w.Namespace + "/tickets]"
		description := func() any { return w.MeshAgent.Documents("webhooks")[0]["description"] }
		Expect(description()).To(Equal(marked))
		w.MeshAgent.Edit("webhooks", mine.Status.ID, func(doc map[string]any) { doc["description"] = "Tickets" })
		Eventually(description).WithContext(ctx).Should(Equal(marked))
	})

	It("says in MeshAgent's words that a description has no room for the mark", func(ctx SpecContext) {
		w := harness.NewEnv(ctx, simulator.WithBehavior(simulator.Behavior{ShortDescriptions: true}))
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		mine := webhook(signed, func(w *v1alpha1.MeshWebhook) { w.Spec.Description = new(strings.Repeat("x", 60)) })
		w.CreateAll(ctx, secret(), mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Rejected"), ContainSubstring("has more than 64 characters")))
		Expect(w.MeshAgent.Documents("webhooks")).To(BeEmpty())
	})

	It("takes the one of two twins that adoptionID names", func(ctx SpecContext) {
		w := harness.NewEnv(ctx, simulator.WithBehavior(simulator.Behavior{DuplicateNames: true}))
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		theirs := map[string]any{"name": "tickets", "url": "https://hooks.example.com", "events": []any{"room.started"}}
		w.MeshAgent.Add("webhooks", theirs)
		second := w.MeshAgent.Add("webhooks", theirs)
		mine := webhook()
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Stalled=True Ambiguous"))
		w.Edit(ctx, mine, func() { mine.Spec.AdoptionID = second })
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.ID).To(Equal(second))
		Expect(w.MeshAgent.Documents("webhooks")).To(HaveLen(2))
	})
})
