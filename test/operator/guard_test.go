// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// guardedRooms makes rooms in a project that lets so many resources an hour be deleted, and deletes
// them all.
func guardedRooms(ctx SpecContext, most int32, count int) (*harness.Env, *harness.Operator, *v1alpha1.MeshProject, []client.Object) {
	GinkgoHelper()
	w := harness.NewEnv(ctx)
	operator := w.StartOperator(harness.OperatorOptions{})
	project := w.ApplyProject(ctx)
	w.Edit(ctx, project, func() { project.Spec.DeletionGuard = &v1alpha1.DeletionGuard{MaxPerHour: &most} })
	w.ExpectReady(ctx, project)
	rooms := w.ApplyRooms(ctx, count)
	Expect(w.DeleteAllOf(ctx, &v1alpha1.MeshRoom{}, client.InNamespace(w.Namespace))).To(Succeed())
	return w, operator, project, rooms
}

// countedIn is how many deletions the status of a MeshProject counts.
func countedIn(project *v1alpha1.MeshProject) (total int) {
	for _, one := range project.Status.Deletions {
		total += int(one.Count)
	}
	return total
}

var _ = Describe("The deletion guard", func() {
	It("holds the deletions that exceed it, also after a restart, until a user allows them", func(ctx SpecContext) {
		w, operator, project, _ := guardedRooms(ctx, 2, 5)
		left := w.ExpectHeldRooms(ctx, 3)
		held := func(count float64) {
			GinkgoHelper()
			Eventually(operator.DeletionsHeld).WithContext(ctx).Should(Equal(map[string]float64{" " + w.Namespace + "/default": count}))
		}
		held(3)
		Eventually(w.Events(ctx, &left[0])).WithContext(ctx).Should(ContainElement(HavePrefix("DeletionHeld: ")))
		Eventually(w.State(ctx, project)).WithContext(ctx).Should(And(HavePrefix("Ready=True"), ContainSubstring("DeletionsHeld=True DeletionHeld: ")))
		Eventually(w.Events(ctx, project)).WithContext(ctx).Should(ContainElement(HavePrefix("DeletionsHeld: ")))

		By("being restarted")
		operator.Stop()
		operator = w.StartOperator(harness.OperatorOptions{})
		late := harness.Room("late")
		w.CreateAll(ctx, late)
		w.ExpectReady(ctx, late)
		Expect(w.Delete(ctx, late)).To(Succeed())
		w.ExpectHeldRooms(ctx, 4)
		held(4)

		By("being released with a value that is not a time")
		w.Annotate(ctx, project, v1alpha1.AllowDeletionsUntilAnnotation, "tomorrow")
		Eventually(w.State(ctx, late)).WithContext(ctx).Should(ContainSubstring(`"tomorrow"`))
		w.Annotate(ctx, project, v1alpha1.AllowDeletionsUntilAnnotation, time.Now().Add(-time.Minute).Format(time.RFC3339))
		Eventually(w.State(ctx, late)).WithContext(ctx).ShouldNot(ContainSubstring("tomorrow"))
		w.ExpectHeldRooms(ctx, 4)

		By("being released")
		w.Annotate(ctx, project, v1alpha1.AllowDeletionsUntilAnnotation, time.Now().Add(time.Hour).Format(time.RFC3339))
		w.ExpectHeldRooms(ctx, 0)
		held(0)
		Eventually(w.State(ctx, project)).WithContext(ctx).ShouldNot(ContainSubstring("DeletionsHeld"))
	})

	It("holds everything if it says so, and nothing when it is taken away", func(ctx SpecContext) {
		w, _, project, _ := guardedRooms(ctx, 0, 2)
		w.ExpectHeldRooms(ctx, 2)
		w.Edit(ctx, project, func() { project.Spec.DeletionGuard.MaxPerHour = new(int32(1)) })
		w.ExpectHeldRooms(ctx, 1)
		w.Edit(ctx, project, func() { project.Spec.DeletionGuard = nil })
		w.ExpectHeldRooms(ctx, 0)
		Eventually(w.State(ctx, project)).WithContext(ctx).ShouldNot(ContainSubstring("DeletionsHeld"))
		Expect(project.Status.Deletions).To(BeEmpty())
	})

	It("releases objects whose policy becomes Orphan, without counting them", func(ctx SpecContext) {
		w, _, project, rooms := guardedRooms(ctx, 1, 4)
		w.ExpectHeldRooms(ctx, 3)
		w.Edit(ctx, project, func() { project.Spec.DeletionGuard.MaxPerHour = new(int32(0)) })
		for _, held := range w.ExpectHeldRooms(ctx, 3) {
			w.Edit(ctx, &held, func() { held.Spec.DeletionPolicy = v1alpha1.DeletionOrphan })
		}
		w.ExpectGone(ctx, rooms...)
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(3))
		Expect(w.Get(ctx, client.ObjectKeyFromObject(project), project)).To(Succeed())
		Expect(countedIn(project)).To(Equal(1))
		Eventually(w.State(ctx, project)).WithContext(ctx).ShouldNot(ContainSubstring("DeletionsHeld"))
	})

	It("continues when the earlier deletions are more than an hour old", func(ctx SpecContext) {
		w, operator, project, _ := guardedRooms(ctx, 1, 3)
		w.ExpectHeldRooms(ctx, 2)
		operator.Stop()
		Expect(w.Get(ctx, client.ObjectKeyFromObject(project), project)).To(Succeed())
		Expect(countedIn(project)).To(Equal(1))
		project.Status.Deletions[0].Minute.Time = time.Now().Add(-62 * time.Minute)
		Expect(w.Status().Update(ctx, project)).To(Succeed())
		w.StartOperator(harness.OperatorOptions{})
		w.ExpectHeldRooms(ctx, 1)
	})

	It("counts a deletion once, however often it is tried, and nothing that stays in MeshAgent", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		project := w.ApplyProject(ctx)
		w.Edit(ctx, project, func() { project.Spec.DeletionGuard = &v1alpha1.DeletionGuard{MaxPerHour: new(int32(1))} })
		rooms := w.ApplyRooms(ctx, 2)
		w.Edit(ctx, rooms[0], func() { rooms[0].(*v1alpha1.MeshRoom).Spec.DeletionPolicy = v1alpha1.DeletionOrphan })
		Expect(w.Delete(ctx, rooms[0])).To(Succeed())
		w.ExpectGone(ctx, rooms[0])

		end := w.MeshAgent.Inject(simulator.Fault{Method: "DELETE", Status: 500})
		Expect(w.Delete(ctx, rooms[1])).To(Succeed())
		Eventually(func() int { return len(w.Calls("DELETE")) }).WithContext(ctx).Should(BeNumerically(">=", 2))
		end()
		w.ExpectGone(ctx, rooms[1])
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(1), "the orphan")
		Expect(w.Get(ctx, client.ObjectKeyFromObject(project), project)).To(Succeed())
		Expect(countedIn(project)).To(Equal(1))
	})
})
