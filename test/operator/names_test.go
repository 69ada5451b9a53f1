// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

// The drift interval is an hour: nothing here waits for it.
var _ = Describe("A name in MeshAgent", func() {
	It("goes to the object that waits for it when the object that has it is deleted", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		before, after := harness.Room("desk"), harness.Room("desk-new")
		after.Spec.Name = "desk"
		w.CreateAll(ctx, before)
		w.ExpectReady(ctx, before)
		w.CreateAll(ctx, after)
		Eventually(w.State(ctx, after)).WithContext(ctx).Should(ContainSubstring("Stalled=True OwnedElsewhere"))
		Expect(w.Delete(ctx, before)).To(Succeed())
		w.ExpectReady(ctx, after)
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(1))
	})

	It("continues through a chain of renames", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		first, second := harness.Room("first"), harness.Room("second")
		first.Spec.Name, second.Spec.Name = "x", "y"
		w.CreateAll(ctx, first, second)
		w.ExpectReady(ctx, first, second)
		w.Edit(ctx, first, func() { first.Spec.Name = "y" })
		Eventually(w.State(ctx, first)).WithContext(ctx).Should(ContainSubstring("Stalled=True AlreadyExists"))
		w.Edit(ctx, second, func() { second.Spec.Name = "z" })
		w.ExpectReady(ctx, first, second)
		Expect(w.MeshAgent.Documents("rooms")).To(ConsistOf(HaveKeyWithValue("name", "y"), HaveKeyWithValue("name", "z")))
	})

	It("of one secret goes to the older of two objects, and to the other one after it", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		var objects []*v1alpha1.MeshSecret
		for _, name := range []string{"older", "newer"} {
			w.CreateAll(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, StringData: map[string]string{"KEY": "value"}})
			made := &v1alpha1.MeshSecret{ObjectMeta: metav1.ObjectMeta{Name: name}}
			made.Spec.Name, made.Spec.SecretRef.Name = "shared", v1alpha1.ObjectName(name)
			w.CreateAll(ctx, made)
			objects = append(objects, made)
			if name == "older" {
				w.ExpectReady(ctx, made)
			}
		}
		older, newer := objects[0], objects[1]
		Eventually(w.State(ctx, newer)).WithContext(ctx).Should(ContainSubstring("Stalled=True OwnedElsewhere"))
		Expect(w.Delete(ctx, older)).To(Succeed())
		w.ExpectReady(ctx, newer)
		Expect(w.MeshAgent.Documents("secrets")).To(HaveLen(1))
	})

	It("is the one that people know in events", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		support := harness.Room("support")
		grant := &v1alpha1.MeshRoomGrant{ObjectMeta: metav1.ObjectMeta{Name: "ops"}}
		grant.Spec.RoomRef.Name, grant.Spec.Email = "support", "ops@example.com"
		grant.Spec.Permissions = &v1alpha1.APIScope{LLM: &v1alpha1.LLMGrant{Models: v1alpha1.AllowList{v1alpha1.All}}}
		w.CreateAll(ctx, support, grant)
		Eventually(func(g Gomega) {
			var events eventsv1.EventList
			g.Expect(w.List(ctx, &events, client.InNamespace(w.Namespace))).To(Succeed())
			g.Expect(events.Items).To(ContainElement(And(HaveField("Regarding.Name", "ops"), HaveField("Reason", "Created"))))
			for _, event := range events.Items {
				if event.Regarding.Name == "ops" {
					g.Expect(event.Note).NotTo(ContainSubstring("//"))
				}
			}
		}).WithContext(ctx).Should(Succeed())
	})
})
