// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshExternalOAuth", func() {
	registration := func(change ...func(*v1alpha1.MeshExternalOAuth)) *v1alpha1.MeshExternalOAuth {
		made := &v1alpha1.MeshExternalOAuth{ObjectMeta: metav1.ObjectMeta{Name: "github"}, Spec: v1alpha1.MeshExternalOAuthSpec{
			ClientID: "c", OAuth: v1alpha1.ExternalOAuthProvider{TokenEndpoint: "https://a"}, Connector: &v1alpha1.OAuthConnector{ServerURL: "https://mcp"},
		}}
		for _, change := range change {
			change(made)
		}
		return made
	}
	confidential := func(r *v1alpha1.MeshExternalOAuth) {
		r.Spec.ClientSecretRef = &v1alpha1.SecretKeyReference{Name: "oauth", Key: "secret"}
	}
	secret := func() *corev1.Secret {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "oauth"}, StringData: map[string]string{"secret": "hush-c4n4ry"}}
	}
	theirs := map[string]any{
		"client_id": "c", "oauth": map[string]any{"token_endpoint": "https://a"}, "connector": map[string]any{"server_url": "https://mcp"},
	}

	for name, behavior := range map[string]simulator.Behavior{
		"shows secrets":         {},
		"masks secrets":         {ExternalOAuthSecrets: simulator.Masked},
		"omits secrets":         {ExternalOAuthSecrets: simulator.Absent},
		"fills in the delegate": {FillDelegate: true},
	} {
		It("writes the client and its secret in both places, and keeps them, if MeshAgent "+name, func(ctx SpecContext) {
			w := harness.NewEnv(ctx, simulator.WithBehavior(behavior))
			w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
			w.ApplyProject(ctx)
			mine := registration(confidential)
			w.CreateAll(ctx, secret(), mine)
			w.ExpectReady(ctx, mine)
			for range 2 {
				Expect(w.MeshAgent.Documents("external-oauth")).To(ConsistOf(And(
					HaveKeyWithValue("client_id", "c"), HaveKeyWithValue("client_secret", "hush-c4n4ry"),
					HaveKeyWithValue("oauth", And(HaveKeyWithValue("client_id", "c"), HaveKeyWithValue("client_secret", "hush-c4n4ry"))))))
				w.Edit(ctx, mine, func() { mine.Spec.OAuth.PKCE = v1alpha1.PKCEDisabled })
				w.ExpectReady(ctx, mine)
			}
			Expect(w.Calls("POST", "PUT")).To(HaveLen(2))
		})
	}

	It("does not delete a secret that it does not name", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		other := map[string]any{"client_id": "c", "client_secret": "hush-c4n4ry", "oauth": map[string]any{}, "connector": map[string]any{"server_url": "https://mcp"}}
		w.MeshAgent.Add("external-oauth", other)
		mine := registration(func(r *v1alpha1.MeshExternalOAuth) { r.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
		w.CreateAll(ctx, secret(), mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid"), ContainSubstring("client_secret"), Not(ContainSubstring("hush-c4n4ry"))))
		Expect(w.Writes()).To(BeEmpty())
		w.Edit(ctx, mine, func() { confidential(mine) })
		w.ExpectReady(ctx, mine)
	})

	It("takes the one of two of one key that adoptionID names", func(ctx SpecContext) {
		w := harness.NewEnv(ctx, simulator.WithBehavior(simulator.Behavior{DuplicateNames: true}))
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		w.MeshAgent.Add("external-oauth", theirs)
		second := w.MeshAgent.Add("external-oauth", theirs)
		mine := registration()
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Stalled=True Ambiguous"))
		w.Edit(ctx, mine, func() { mine.Spec.AdoptionID = second })
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.ID).To(Equal(second))
	})

	It("is asked for, and deleted, as the participant that it is delegated to", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		mine := registration(func(r *v1alpha1.MeshExternalOAuth) {
			r.Spec.DelegatedTo = "scribe"
			r.Spec.RoomRef = &v1alpha1.ResourceReference{Name: "support"}
		})
		support := harness.Room("support")
		w.CreateAll(ctx, support, mine)
		w.ExpectReady(ctx, support, mine)
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.ExpectGone(ctx, mine)
		for _, call := range w.MeshAgent.Calls() {
			if call.Method == http.MethodDelete {
				Expect(call.Query).To(Equal("delegated_to=scribe"))
			}
		}
		Expect(w.Calls("DELETE")).To(ConsistOf(HavePrefix("DELETE rooms/support/external-oauth/")))
	})
})
