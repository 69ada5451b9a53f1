// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"

	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("An upgrade", func() {
	It("of the definitions keeps what was written under those before", func(ctx SpecContext) {
		plane, err := controlplane.Start(ctx, controlplane.Options{CRDPaths: []string{harness.ReleasedAndNew()}})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() { Expect(plane.Stop()).To(Succeed()) })
		older, err := client.New(plane.Config, client.Options{Scheme: harness.Scheme})
		Expect(err).NotTo(HaveOccurred())
		w := harness.NewEnvIn(ctx, plane, older)
		first := w.StartOperator(harness.OperatorOptions{})
		w.ApplySamples(ctx, func(obj client.Object) client.Object { return obj })
		var objects []client.Object
		for _, s := range harness.Samples() {
			obj := s.Fresh()
			obj.SetNamespace(w.Namespace)
			objects = append(objects, obj)
		}
		w.ExpectReady(ctx, objects...)
		first.Stop()
		written := map[string]map[string]any{}
		for _, obj := range objects {
			written[kindAndName(obj)] = contentOf(ctx, w, obj)
		}

		_, err = envtest.InstallCRDs(plane.Config, envtest.CRDInstallOptions{Paths: []string{harness.Definitions}})
		Expect(err).NotTo(HaveOccurred())
		for _, obj := range objects {
			Eventually(func() map[string]any { return contentOf(ctx, w, obj) }).WithContext(ctx).Should(Equal(written[kindAndName(obj)]), "nothing is lost")
			touch := client.RawPatch(types.MergePatchType, []byte(`{"metadata": {"annotations": {"touched": "yes"}}}`))
			Expect(w.Patch(ctx, obj, touch)).To(Succeed(), "it is still valid")
		}
		w.MeshAgent.ResetCalls()
		second := w.StartOperator(harness.OperatorOptions{DriftInterval: time.Second})
		w.ExpectReady(ctx, objects...)
		w.ExpectLists(ctx, 2)
		Expect(w.Writes()).To(BeEmpty())
		second.Stop()
		for _, obj := range objects {
			Expect(contentOf(ctx, w, obj)["spec"]).To(Equal(written[kindAndName(obj)]["spec"]))
		}
	}, SpecTimeout(3*time.Minute))
})

// contentOf is what is stored of an object: its spec and its status.
func contentOf(ctx context.Context, w *harness.Env, obj client.Object) map[string]any {
	GinkgoHelper()
	raw := &unstructured.Unstructured{}
	raw.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kindOf(obj)))
	Expect(w.Get(ctx, client.ObjectKeyFromObject(obj), raw)).To(Succeed())
	return map[string]any{"spec": raw.Object["spec"], "status": raw.Object["status"]}
}

func kindOf(obj client.Object) string {
	GinkgoHelper()
	kinds, _, err := harness.Scheme.ObjectKinds(obj)
	Expect(err).NotTo(HaveOccurred())
	return kinds[0].Kind
}

func kindAndName(obj client.Object) string { return kindOf(obj) + " " + obj.GetName() }
