// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("Whoever may write objects in one namespace only", func() {
	// Both namespaces have a MeshProject of the same MeshAgent project; that of the host admits nobody.
	begin := func(ctx context.Context) (host, guest *world, project *v1alpha1.MeshProject, operator *operator) {
		host, guest = newWorld(ctx), newWorld(ctx)
		guest.meshagent = host.meshagent
		operator = host.start(operatorOptions{namespaces: []string{guest.namespace}})
		project = host.project(ctx)
		host.eventuallyReady(ctx, project)
		return host, guest, project, operator
	}
	lead := func(ctx context.Context, w *world, obj *v1alpha1.MeshRoom, to string) {
		w.edit(ctx, obj, func() { obj.Spec.ProjectRef = v1alpha1.ProjectReference{Namespace: to} })
		Eventually(w.state(ctx, obj)).WithContext(ctx).Should(ContainSubstring("Stalled=True ProjectNotAllowed"))
	}

	It("cannot have something deleted with the API key of another", func(ctx SpecContext) {
		host, guest, project, _ := begin(ctx)
		guest.project(ctx)
		mine := room("mine")
		guest.apply(ctx, mine)
		guest.eventuallyReady(ctx, mine)
		lead(ctx, guest, mine, host.namespace)
		Expect(guest.Delete(ctx, mine)).To(Succeed())
		Eventually(guest.state(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Ready=False Deleting"))
		Expect(conditions(mine)).To(ContainSubstring("Synced=False ProjectNotAllowed: "))
		Expect(host.meshagent.Documents("rooms")).To(HaveLen(1))

		By("being admitted")
		host.edit(ctx, project, func() { project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll} })
		guest.eventuallyGone(ctx, mine)
		Expect(host.meshagent.Documents("rooms")).To(BeEmpty())
	})

	It("can delete what was admitted once", func(ctx SpecContext) {
		host, guest, project, _ := begin(ctx)
		host.edit(ctx, project, func() { project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll} })
		visitor := room("visitor", func(r *v1alpha1.MeshRoom) { r.Spec.ProjectRef.Namespace = host.namespace })
		guest.apply(ctx, visitor)
		guest.eventuallyReady(ctx, visitor)
		host.edit(ctx, project, func() { project.Spec.AllowedNamespaces = nil })
		Eventually(guest.state(ctx, visitor)).WithContext(ctx).Should(ContainSubstring("Stalled=True ProjectNotAllowed"))
		Expect(guest.Delete(ctx, visitor)).To(Succeed())
		guest.eventuallyGone(ctx, visitor)
		Expect(host.meshagent.Documents("rooms")).To(BeEmpty())
	})

	It("cannot hold the MeshProject of another", func(ctx SpecContext) {
		host, guest, project, _ := begin(ctx)
		guest.project(ctx)
		never, mine := room("never", func(r *v1alpha1.MeshRoom) { r.Spec.ProjectRef.Namespace = host.namespace }), room("mine")
		guest.apply(ctx, never, mine)
		Eventually(guest.state(ctx, never)).WithContext(ctx).Should(ContainSubstring("Stalled=True ProjectNotAllowed"))
		guest.eventuallyReady(ctx, mine)
		lead(ctx, guest, mine, host.namespace)
		Expect(host.Delete(ctx, project)).To(Succeed())
		host.eventuallyGone(ctx, project)
	})

	It("cannot get at the request budget of another", func(ctx SpecContext) {
		host, guest, _, operator := begin(ctx)
		forged := strings.TrimSuffix(simulator.DevelopmentKey, secretOf(simulator.DevelopmentKey)) + "forged" // its id and project can be known
		guest.apply(ctx, keySecret(forged), &v1alpha1.MeshProject{
			ObjectMeta: metav1.ObjectMeta{Name: v1alpha1.DefaultProject},
			Spec: v1alpha1.MeshProjectSpec{
				APIKeySecretRef: v1alpha1.SecretKeyReference{Name: "meshagent-api-key"}, RateLimit: &v1alpha1.RateLimit{RequestsPerSecond: 1, Burst: 1},
			},
		})
		left := func() map[string]float64 { return series(operator.metrics, "meshagent_api_budget_remaining_requests") }
		Eventually(left).WithContext(ctx).Should(HaveKey(" " + guest.namespace + " default"))
		Expect(left()).To(HaveKeyWithValue(" "+host.namespace+" default", BeNumerically("~", 1000, 100)))
	})
})
