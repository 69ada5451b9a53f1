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
)

var _ = Describe("A MeshFile", func() {
	It("carries bytes, follows its ConfigMap, and leaves the file when it goes", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		source := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "logo"}, BinaryData: map[string][]byte{"logo.png": {0, 0xff, 1}}}
		file := &v1alpha1.MeshFile{ObjectMeta: metav1.ObjectMeta{Name: "logo"}}
		file.Spec.Path = "public/logo.png"
		file.Spec.Content.ConfigMapKeyRef = &v1alpha1.ConfigMapKeyReference{Name: "logo", Key: "logo.png"}
		w.CreateAll(ctx, file)
		Eventually(w.State(ctx, file)).WithContext(ctx).Should(ContainSubstring("Synced=False ReferenceNotFound"))
		w.CreateAll(ctx, source)
		w.ExpectReady(ctx, file)
		Expect(file.Status.Size).To(HaveValue(BeEquivalentTo(3)))
		content := func() any {
			files := w.MeshAgent.Documents("storage")
			Expect(files).To(HaveLen(1))
			return files[0]["data_base64"]
		}
		Expect(content()).To(Equal("AP8B"))

		w.Edit(ctx, source, func() { source.BinaryData["logo.png"] = []byte{0, 0xff, 2, 3} })
		Eventually(content).WithContext(ctx).Should(Equal("AP8CAw=="))

		By("naming a key that is not there")
		w.Edit(ctx, file, func() { file.Spec.Content.ConfigMapKeyRef.Key = "icon.png" })
		Eventually(w.State(ctx, file)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid"), ContainSubstring("logo.png")))
		w.Edit(ctx, file, func() { file.Spec.Content.ConfigMapKeyRef.Key = "logo.png" })
		w.ExpectReady(ctx, file)

		By("being deleted")
		events := w.Events(ctx, file)
		Expect(w.Delete(ctx, file)).To(Succeed())
		Eventually(events).WithContext(ctx).Should(ContainElement(HavePrefix("Left: ")))
		Expect(content()).To(Equal("AP8CAw=="))
	})
})
