// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("A MeshProject", func() {
	It("wakes its objects when its defaults change, or when it is suspended and resumed", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.MeshAgent.Add("rooms", map[string]any{"name": "support", "metadata": map[string]any{"team": "other"}})
		project := w.ApplyProject(ctx)
		support, desk := harness.Room("support", harness.WithMetadata(`{"team": "support"}`)), harness.Room("desk")
		w.CreateAll(ctx, support, desk)
		w.ExpectReady(ctx, desk)
		Eventually(w.State(ctx, support)).WithContext(ctx).Should(ContainSubstring("Stalled=True AlreadyExists"))
		w.MeshAgent.ResetCalls()

		By("observing")
		w.Edit(ctx, project, func() {
			project.Spec.Defaults = &v1alpha1.PolicyDefaults{ReconcilePolicy: v1alpha1.ReconcileObserve}
		})
		Eventually(w.State(ctx, support)).WithContext(ctx).Should(ContainSubstring("Synced=False Drifted"))
		Expect(support.Status.Drift).To(ConsistOf(HaveField("Path", "metadata.team")))

		By("being suspended")
		w.Edit(ctx, project, func() { project.Spec.Suspend = new(true) })
		for _, room := range []*v1alpha1.MeshRoom{support, desk} {
			Eventually(w.State(ctx, room)).WithContext(ctx).Should(And(HavePrefix("Ready=True"), ContainSubstring("Synced=Unknown Suspended"),
				ContainSubstring(`MeshProject "default"`)))
		}
		Eventually(w.State(ctx, project)).WithContext(ctx).Should(And(HavePrefix("Ready=True"), ContainSubstring("Synced=Unknown Suspended")))
		for _, call := range w.MeshAgent.Calls() {
			Expect(call.Method).To(Equal(http.MethodGet), call.Path)
		}
		w.MeshAgent.ResetCalls()
		Expect(w.Delete(ctx, desk)).To(Succeed())
		w.ExpectGone(ctx, desk)
		Expect(w.Calls()).To(BeEmpty())
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(2))

		By("being resumed, and taking over what is there")
		w.Edit(ctx, project, func() {
			project.Spec.Suspend, project.Spec.Defaults = nil, &v1alpha1.PolicyDefaults{AdoptionPolicy: v1alpha1.AdoptIfUnowned}
		})
		w.ExpectReady(ctx, project, support)
		Expect(support.Status.Drift).To(BeEmpty())
		Expect(w.RemoteRoom("support")).To(HaveKeyWithValue("metadata", HaveKeyWithValue("team", "support")))
	})

	It("follows the ConfigMap with its CA certificates", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		project := w.ApplyProject(ctx)
		w.Edit(ctx, project, func() {
			project.Spec.CABundle = &v1alpha1.CABundle{ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: "ca", Key: "ca.crt"}}
		})
		Eventually(w.State(ctx, project)).WithContext(ctx).Should(And(ContainSubstring("Synced=False ReferenceNotFound"), ContainSubstring(`"ca"`)))
		source := &corev1.ConfigMap{Data: map[string]string{"ca.crt": "soon"}}
		source.Name = "ca"
		w.CreateAll(ctx, source)
		Eventually(w.State(ctx, project)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid"), ContainSubstring(`"ca.crt"`)))
		source.Data["ca.crt"] = newCertificate()
		Expect(w.Update(ctx, source)).To(Succeed())
		w.ExpectReady(ctx, project)
	})
})

// newCertificate is a certificate of no known CA.
func newCertificate() string {
	GinkgoHelper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	Expect(err).NotTo(HaveOccurred())
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made}))
}
