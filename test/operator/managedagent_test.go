// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshManagedAgent", func() {
	agent := func() *v1alpha1.MeshManagedAgent {
		made := &v1alpha1.MeshManagedAgent{ObjectMeta: metav1.ObjectMeta{Name: "scribe"}}
		made.Spec.AllowedModels = []v1alpha1.AllowedModel{{Provider: v1alpha1.ProviderOpenAI, Model: "gpt-5"}}
		return made
	}
	withServer := func() *v1alpha1.MeshManagedAgent {
		made := agent()
		made.Spec.Toolkits = []v1alpha1.AgentToolkit{{Type: v1alpha1.ToolkitMCP, MCP: &v1alpha1.MCPToolkit{Servers: []v1alpha1.AgentMCPServer{{
			Label: "tickets", URL: "https://tickets.example.com", Authorization: &v1alpha1.MCPAuthorization{
				Type: v1alpha1.AuthorizationBearer, Secret: v1alpha1.MCPSecret{AgentMeshSecretRef: &v1alpha1.IDReference{Name: "tickets"}},
			},
		}}}}}
		return made
	}
	tickets := func() *v1alpha1.MeshSecret {
		made := &v1alpha1.MeshSecret{ObjectMeta: metav1.ObjectMeta{Name: "tickets"}}
		made.Spec.AgentRef, made.Spec.SecretRef.Name = &v1alpha1.ResourceReference{Name: "scribe"}, "tickets"
		return made
	}

	It("and its secret need each other, and no interval", func(ctx SpecContext) {
		w := harness.NewEnv(ctx, simulator.WithBehavior(simulator.Behavior{CheckAgentSecrets: true}))
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		scribe, secret := withServer(), tickets()
		w.CreateAll(ctx, scribe)
		Eventually(w.State(ctx, scribe)).WithContext(ctx).Should(ContainSubstring("Ready=False ReferenceNotFound"))
		w.CreateAll(ctx, secret, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "tickets"}, StringData: map[string]string{"token": "x"}})
		w.ExpectReady(ctx, scribe, secret)
		Expect(w.Writes()).To(Equal([]string{"POST agents", "POST agents/" + scribe.Status.ID + "/secrets", "PUT agents/" + scribe.Status.ID}))

		By("coming again when MeshAgent lost the agent with its secrets")
		lost := scribe.Status.ID
		Expect(w.MeshAgent.Remove("agents", lost)).To(BeTrue())
		w.MeshAgent.ResetCalls()
		w.RequestReconcile(ctx, scribe)
		Eventually(w.Writes).WithContext(ctx).Should(HaveLen(3))
		w.ExpectReady(ctx, scribe, secret)
		Expect(scribe.Status.ID).NotTo(Equal(lost))
		Expect(w.Writes()).To(Equal([]string{"POST agents", "POST agents/" + scribe.Status.ID + "/secrets", "PUT agents/" + scribe.Status.ID}))

		By("going in any order")
		Expect(w.Delete(ctx, scribe)).To(Succeed())
		Expect(w.Delete(ctx, secret)).To(Succeed())
		w.ExpectGone(ctx, scribe, secret)
		Expect(w.MeshAgent.Documents("agents")).To(BeEmpty())
	})

	It("leaves an agent of that name to its owner, until the policy allows more", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.MeshAgent.Add("agents", managedAgent("scribe"))
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		scribe := agent()
		w.CreateAll(ctx, scribe)
		Eventually(w.State(ctx, scribe)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"), ContainSubstring("allowed_models")))
		Expect(w.MeshAgent.Documents("agents")).To(HaveLen(1))
		Expect(w.Calls("PUT")).To(BeEmpty())
		w.Edit(ctx, scribe, func() { scribe.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
		w.ExpectReady(ctx, scribe)
		Expect(w.MeshAgent.Documents("agents")).To(HaveLen(1))

		By("leaving it there, because it was not created for this object")
		Expect(w.Delete(ctx, scribe)).To(Succeed())
		w.ExpectGone(ctx, scribe)
		Expect(w.MeshAgent.Documents("agents")).To(HaveLen(1))
	})

	It("can be used by an invited user when the user has joined", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		grant := &v1alpha1.MeshAgentGrant{ObjectMeta: metav1.ObjectMeta{Name: "fresh"}}
		grant.Spec.AgentRef.Name, grant.Spec.Email, grant.Spec.InviteRedirectURL = "scribe", newcomer, "https://example.com/welcome"
		w.CreateAll(ctx, agent(), grant)
		Eventually(w.State(ctx, grant)).WithContext(ctx).Should(HavePrefix("Ready=False NotReady: "))
		invitations := w.MeshAgent.Documents("invitations")
		Expect(invitations).To(HaveLen(1))
		Expect(invitations[0]).To(HaveKeyWithValue("grant", HaveKeyWithValue("invite_redirect_url", "https://example.com/welcome")))
		w.Edit(ctx, grant, func() { grant.Spec.Admin = new(true) })

		Expect(w.MeshAgent.Accept(newcomer)).To(BeTrue())
		w.ExpectReady(ctx, grant)
		Expect(grant.Status.UserID).To(Equal(userWith(w, newcomer)))
		Expect(w.MeshAgent.Documents("agent-grants")[0]).To(HaveKeyWithValue("permissions", HaveKeyWithValue("admin", true)))
		Expect(w.Delete(ctx, grant)).To(Succeed())
		w.ExpectGone(ctx, grant)
		Expect(w.MeshAgent.Documents("agent-grants")).To(BeEmpty())
	})
})
