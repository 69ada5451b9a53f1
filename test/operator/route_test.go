// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshRoute", func() {
	const domain = "support.meshagent.app"
	route := func() *v1alpha1.MeshRoute {
		return &v1alpha1.MeshRoute{
			ObjectMeta: metav1.ObjectMeta{Name: "support"},
			Spec: v1alpha1.MeshRouteSpec{
				Domain:  domain,
				Backend: v1alpha1.MeshRouteBackend{RoomRef: &v1alpha1.ResourceReference{Name: "support"}},
				Paths:   []v1alpha1.MeshRoutePath{{Path: "/", TargetPort: intstr.FromInt32(8000)}},
			},
		}
	}
	backend := func(w *harness.Env) map[string]any {
		GinkgoHelper()
		Expect(w.MeshAgent.Documents("routes")).To(HaveLen(1))
		spec, _ := w.MeshAgent.Documents("routes")[0]["spec"].(map[string]any)
		backend, _ := spec["backend"].(map[string]any)
		return backend
	}
	begin := func(ctx context.Context, options ...simulator.Option) *harness.Env {
		w := harness.NewEnv(ctx, options...)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		w.CreateAll(ctx, harness.Room("support"))
		return w
	}

	It("follows its room's new name, moves to an agent and back", func(ctx SpecContext) {
		w := begin(ctx)
		mine, support := route(), harness.Room("support")
		support.Namespace = w.Namespace
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine, support)
		w.Edit(ctx, support, func() { support.Spec.Name = "care" })
		Eventually(func() map[string]any { return backend(w) }).WithContext(ctx).Should(HaveKeyWithValue("room", HaveKeyWithValue("name", "care")))

		w.MeshAgent.Add("agents", managedAgent("helper"))
		w.Edit(ctx, mine, func() {
			mine.Spec.Backend = v1alpha1.MeshRouteBackend{AgentRef: &v1alpha1.ResourceReference{ExternalName: "helper"}}
			mine.Spec.Paths = nil
		})
		w.ExpectReady(ctx, mine)
		Expect(backend(w)).To(And(HaveKeyWithValue("agent", HaveKeyWithValue("name", "helper")), Or(Not(HaveKey("room")), HaveKeyWithValue("room", BeNil()))))

		w.Edit(ctx, mine, func() { mine.Spec.Backend, mine.Spec.Paths = route().Spec.Backend, route().Spec.Paths })
		w.ExpectReady(ctx, mine)
		Expect(backend(w)).To(HaveKeyWithValue("room", HaveKeyWithValue("name", "care")))
	})

	It("that leads to another room already is moved only if the policy allows it", func(ctx SpecContext) {
		w := begin(ctx)
		w.MeshAgent.Add("rooms", map[string]any{"name": "other", "metadata": map[string]any{}})
		w.MeshAgent.Add("routes", map[string]any{"domain": domain, "spec": map[string]any{
			"version": "v1", "kind": "Route", "metadata": map[string]any{"name": domain}, "domain": domain,
			"backend": map[string]any{"room": map[string]any{"name": "other"}}, "paths": []any{map[string]any{"path": "/", "targetPort": "8000"}},
		}})
		mine := route()
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"), ContainSubstring("backend.room.name")))
		Expect(backend(w)).To(HaveKeyWithValue("room", HaveKeyWithValue("name", "other")))
		w.Edit(ctx, mine, func() { mine.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
		w.ExpectReady(ctx, mine)
		Expect(backend(w)).To(HaveKeyWithValue("room", HaveKeyWithValue("name", "support")))
	})

	It("is understood in the flat shape of old deployments", func(ctx SpecContext) {
		w := begin(ctx, simulator.WithBehavior(simulator.Behavior{LegacyRoutes: true}))
		mine := route()
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		w.MeshAgent.ResetCalls()
		Eventually(func() []string { return w.Calls() }).WithContext(ctx).Should(ContainElement("GET routes"))
		Expect(w.Writes()).To(BeEmpty())
	})
})
