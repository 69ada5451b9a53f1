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
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("A user who can write objects in one namespace only", func() {
	// Both namespaces have a MeshProject of the same MeshAgent project. That of the host allows no
	// other namespace.
	begin := func(ctx context.Context) (host, guest *harness.Env, project *v1alpha1.MeshProject, operator *harness.Operator) {
		host, guest = harness.NewEnv(ctx), harness.NewEnv(ctx)
		guest.MeshAgent = host.MeshAgent
		operator = host.StartOperator(harness.OperatorOptions{Namespaces: []string{guest.Namespace}})
		project = host.ApplyProject(ctx)
		host.ExpectReady(ctx, project)
		return host, guest, project, operator
	}
	lead := func(ctx context.Context, w *harness.Env, obj *v1alpha1.MeshRoom, to string) {
		w.Edit(ctx, obj, func() { obj.Spec.ProjectRef = v1alpha1.ProjectReference{Namespace: to} })
		Eventually(w.State(ctx, obj)).WithContext(ctx).Should(ContainSubstring("Stalled=True ProjectNotAllowed"))
	}

	It("cannot have something deleted with the API key of another", func(ctx SpecContext) {
		host, guest, project, _ := begin(ctx)
		guest.ApplyProject(ctx)
		mine := harness.Room("mine")
		guest.CreateAll(ctx, mine)
		guest.ExpectReady(ctx, mine)
		lead(ctx, guest, mine, host.Namespace)
		Expect(guest.Delete(ctx, mine)).To(Succeed())
		Eventually(guest.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Ready=False Deleting"))
		Expect(harness.ConditionsOf(mine)).To(ContainSubstring("Synced=False ProjectNotAllowed: "))
		Expect(host.MeshAgent.Documents("rooms")).To(HaveLen(1))

		By("being admitted")
		host.Edit(ctx, project, func() { project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll} })
		guest.ExpectGone(ctx, mine)
		Expect(host.MeshAgent.Documents("rooms")).To(BeEmpty())
	})

	It("can delete what was admitted once", func(ctx SpecContext) {
		host, guest, project, _ := begin(ctx)
		host.Edit(ctx, project, func() { project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll} })
		visitor := harness.Room("visitor", func(r *v1alpha1.MeshRoom) { r.Spec.ProjectRef.Namespace = host.Namespace })
		guest.CreateAll(ctx, visitor)
		guest.ExpectReady(ctx, visitor)
		host.Edit(ctx, project, func() { project.Spec.AllowedNamespaces = nil })
		Eventually(guest.State(ctx, visitor)).WithContext(ctx).Should(ContainSubstring("Stalled=True ProjectNotAllowed"))
		Expect(guest.Delete(ctx, visitor)).To(Succeed())
		guest.ExpectGone(ctx, visitor)
		Expect(host.MeshAgent.Documents("rooms")).To(BeEmpty())
	})

	It("cannot hold the MeshProject of another", func(ctx SpecContext) {
		host, guest, project, _ := begin(ctx)
		guest.ApplyProject(ctx)
		never, mine := harness.Room("never", func(r *v1alpha1.MeshRoom) { r.Spec.ProjectRef.Namespace = host.Namespace }), harness.Room("mine")
		guest.CreateAll(ctx, never, mine)
		Eventually(guest.State(ctx, never)).WithContext(ctx).Should(ContainSubstring("Stalled=True ProjectNotAllowed"))
		guest.ExpectReady(ctx, mine)
		lead(ctx, guest, mine, host.Namespace)
		Expect(host.Delete(ctx, project)).To(Succeed())
		host.ExpectGone(ctx, project)
	})

	It("cannot get at the request budget of another", func(ctx SpecContext) {
		host, guest, _, operator := begin(ctx)
		forged := strings.TrimSuffix(simulator.DevelopmentKey, harness.SecretPart(simulator.DevelopmentKey)) + "forged" // its id and project can be known
		guest.CreateAll(ctx, harness.APIKeySecret(forged), &v1alpha1.MeshProject{
			ObjectMeta: metav1.ObjectMeta{Name: v1alpha1.DefaultProject},
			Spec: v1alpha1.MeshProjectSpec{
				APIKeySecretRef: v1alpha1.APIKeyReference{Name: "meshagent-api-key"}, RateLimit: &v1alpha1.RateLimit{RequestsPerSecond: 1, Burst: 1},
			},
		})
		left := func() map[string]float64 {
			return harness.Series(operator.Metrics, "meshagent_operator_api_rate_limit_remaining_requests")
		}
		Eventually(left).WithContext(ctx).Should(HaveKey(" " + guest.Namespace + "/default"))
		Expect(left()).To(HaveKeyWithValue(" "+host.Namespace+"/default", BeNumerically("~", 1000, 100)))
	})
})
