// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("The cache", func() {
	It("has of Secrets and ConfigMaps what tells one version from another, and nothing else", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		operator := w.StartOperator(harness.OperatorOptions{Namespaces: []string{harness.NewEnv(ctx).Namespace}})
		applied := metav1.ObjectMeta{
			Name:        "applied",
			Labels:      map[string]string{"a": "b"},
			Annotations: map[string]string{corev1.LastAppliedConfigAnnotation: `{"stringData": {"password": "c4n4ry"}}`},
		}
		secret, configMap := &corev1.Secret{ObjectMeta: applied}, &corev1.ConfigMap{ObjectMeta: applied}
		w.CreateAll(ctx, secret, configMap)
		for kind, obj := range map[string]client.Object{"Secret": secret, "ConfigMap": configMap} {
			found := &metav1.PartialObjectMetadata{}
			found.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind))
			Eventually(func() error { return operator.Cache.Get(ctx, client.ObjectKeyFromObject(obj), found) }).WithContext(ctx).Should(Succeed())
			Expect(found.UID).To(Equal(obj.GetUID()))
			Expect(found.ResourceVersion).To(Equal(obj.GetResourceVersion()))
			Expect(fmt.Sprint(found)).NotTo(ContainSubstring("c4n4ry"))
			Expect(found.Labels).To(BeEmpty())
			Expect(found.ManagedFields).To(BeEmpty())
		}
	})
})
