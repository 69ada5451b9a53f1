// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"context"
	"io"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("MeshProject in a namespace that is deleted", func() {
	deleteNamespace := func(ctx context.Context, w *harness.Env) {
		Expect(w.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: w.Namespace}})).To(Succeed())
	}
	eventuallyDeleted := func(ctx context.Context, w *harness.Env) {
		Eventually(func() error {
			return w.Get(ctx, client.ObjectKey{Name: w.Namespace}, &corev1.Namespace{})
		}).WithContext(ctx).WithTimeout(3 * time.Minute).Should(MatchError(apierrors.IsNotFound, "not found"))
	}

	takesAllAlong := func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		before := w.HeldNames()
		w.StartOperator(harness.OperatorOptions{})
		w.ApplySamples(ctx, func(obj client.Object) client.Object { return obj })
		var all []client.Object
		for _, one := range harness.Samples() {
			obj := one.Fresh()
			obj.SetNamespace(w.Namespace)
			w.ExpectReady(ctx, obj)
			all = append(all, obj)
		}
		Expect(len(w.HeldNames())).To(BeNumerically(">=", len(before)+len(harness.RemoteSamples())))
		deleteNamespace(ctx, w)
		eventuallyDeleted(ctx, w)
		w.ExpectGone(ctx, all...)
		Expect(w.HeldNames()).To(Equal(before))
	}

	letsGo := func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		operator := w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		a := harness.Room("a")
		w.CreateAll(ctx, a)
		w.ExpectReady(ctx, a)
		operator.Stop()
		secret := harness.APIKeySecret("")
		secret.Namespace = w.Namespace
		Expect(w.Delete(ctx, secret)).To(Succeed())
		log := &harness.LogRecorder{}
		w.StartOperator(harness.OperatorOptions{Logger: zap.New(zap.WriteTo(harness.CheckedWriter(io.MultiWriter(log, GinkgoWriter))))})

		namespace := &corev1.Namespace{}
		Expect(w.Get(ctx, client.ObjectKey{Name: w.Namespace}, namespace)).To(Succeed())

		By("waiting, as long as only the object is deleted")
		Expect(w.Delete(ctx, a)).To(Succeed())
		Eventually(w.State(ctx, a)).WithContext(ctx).Should(And(ContainSubstring("SecretNotFound"), ContainSubstring("meshagent-api-key")))
		deleteNamespace(ctx, w)
		eventuallyDeleted(ctx, w)
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(1))
		left := `MeshRoom "a" with ID ` + a.Status.ID + " in project " + w.MeshAgent.ProjectID()
		Expect(log.Lines()).To(ContainElement(And(HaveKeyWithValue("msg", "Abandoned resource"), HaveKeyWithValue("left", left))))
		Eventually(w.Events(ctx, namespace)).WithContext(ctx).Should(ContainElement(And(HavePrefix("Abandoned: "), ContainSubstring("MeshRoom "+w.Namespace+"/a "), HaveSuffix(left))))
	}

	// Kubernetes takes its time for each.
	harness.DescribeRows("ends well", func(ctx SpecContext, check func(SpecContext)) { check(ctx) },
		harness.Row("taking all along that is in it, whatever goes first", takesAllAlong),
		harness.Row("letting its rooms go if the credential is lost, and saying what is left", letsGo),
	)
})
