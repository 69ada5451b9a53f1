// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

// keepsObjects upgrades the definitions from those of the last release, while objects of an
// operator exist.
func (n *node) keepsObjects(ctx context.Context) {
	GinkgoHelper()
	n.forgetDefinitions(ctx)
	n.installDefinitions(harness.ReleasedAndNew())
	w := harness.NewEnvIn(ctx, n.plane, n.cluster)
	first := w.StartOperator(harness.OperatorOptions{})
	var objects []client.Object
	w.ApplySamples(ctx, func(obj client.Object) client.Object {
		if _, ours := obj.(v1alpha1.Object); !ours {
			return obj
		}
		tried, _ := obj.DeepCopyObject().(client.Object)
		tried.SetNamespace(w.Namespace)
		if apierrors.IsInvalid(w.Create(ctx, tried, client.DryRunAll)) {
			return nil // only the new definitions take it
		}
		objects = append(objects, obj)
		return obj
	})
	Expect(len(objects)).To(BeNumerically(">", len(harness.RemoteSamples())-5), "most samples are as old as the definitions")
	project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Name: v1alpha1.DefaultProject, Namespace: w.Namespace}}
	objects = append(objects, project)
	w.ExpectReady(ctx, objects...)
	first.Stop()
	written := map[string]map[string]any{}
	for _, obj := range objects {
		written[kindAndName(obj)] = contentOf(ctx, w, obj)
	}

	n.installDefinitions(harness.Definitions)
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
}

func (n *node) installDefinitions(folder string) {
	GinkgoHelper()
	_, err := envtest.InstallCRDs(n.plane.Config, envtest.CRDInstallOptions{Paths: []string{folder}})
	Expect(err).NotTo(HaveOccurred())
}

// contentOf returns the stored spec and status of an object.
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
