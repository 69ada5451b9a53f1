// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

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
)

var _ = Describe("MeshProject in a namespace that is deleted", func() {
	deleteNamespace := func(ctx context.Context, w *world) {
		Expect(w.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: w.namespace}})).To(Succeed())
	}
	eventuallyDeleted := func(ctx context.Context, w *world) {
		Eventually(func() error {
			return w.Get(ctx, client.ObjectKey{Name: w.namespace}, &corev1.Namespace{})
		}).WithContext(ctx).WithTimeout(60 * time.Second).Should(MatchError(apierrors.IsNotFound, "not found"))
	}

	It("takes its rooms along, in MeshAgent too, although its Secret goes first", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		a, b := room("a"), room("b")
		w.apply(ctx, a, b)
		w.eventuallyReady(ctx, a, b)
		deleteNamespace(ctx, w)
		eventuallyDeleted(ctx, w)
		Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
	}, SpecTimeout(2*time.Minute))

	It("takes all along that is in it, whatever goes first", func(ctx SpecContext) {
		w := newWorld(ctx)
		before := w.names()
		w.start(operatorOptions{})
		w.applySamples(ctx, func(obj client.Object) client.Object { return obj })
		for _, one := range samples() {
			obj := one.object()
			obj.SetNamespace(w.namespace)
			w.eventuallyReady(ctx, obj)
		}
		Expect(len(w.names())).To(BeNumerically(">=", len(before)+len(mirrors())))
		deleteNamespace(ctx, w)
		eventuallyDeleted(ctx, w)
		Expect(w.names()).To(Equal(before))
	}, SpecTimeout(3*time.Minute))

	It("lets its rooms go if the credential is lost, and says what is left", func(ctx SpecContext) {
		w := newWorld(ctx)
		operator := w.start(operatorOptions{})
		w.project(ctx)
		a := room("a")
		w.apply(ctx, a)
		w.eventuallyReady(ctx, a)
		operator.stop()
		secret := keySecret("")
		secret.Namespace = w.namespace
		Expect(w.Delete(ctx, secret)).To(Succeed())
		log := &journal{}
		w.start(operatorOptions{logger: zap.New(zap.WriteTo(watched{io.MultiWriter(log, GinkgoWriter)}))})

		namespace := &corev1.Namespace{}
		Expect(w.Get(ctx, client.ObjectKey{Name: w.namespace}, namespace)).To(Succeed())

		By("waiting, as long as only the object is deleted")
		Expect(w.Delete(ctx, a)).To(Succeed())
		Eventually(w.state(ctx, a)).WithContext(ctx).Should(And(ContainSubstring("SecretNotFound"), ContainSubstring("meshagent-api-key")))
		deleteNamespace(ctx, w)
		eventuallyDeleted(ctx, w)
		Expect(w.meshagent.Documents("rooms")).To(HaveLen(1))
		left := `MeshRoom "a" with id ` + a.Status.ID + " in project " + w.meshagent.ProjectID()
		Expect(log.lines()).To(ContainElement(And(HaveKeyWithValue("msg", "abandoned"), HaveKeyWithValue("left", left))))
		Eventually(w.events(ctx, namespace)).WithContext(ctx).Should(ContainElement(And(HavePrefix("Abandoned: MeshRoom "+w.namespace+"/a "), HaveSuffix(left))))
	}, SpecTimeout(2*time.Minute))
})
