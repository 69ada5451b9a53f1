// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("A MeshScheduledTask", func() {
	It("tells of its last run, exchanges a message for a container, and is over when it ran once", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		room := harness.Room("support")
		again, once := task("again"), task("once")
		once.Spec.Once, once.Spec.ReconcilePolicy = new(true), v1alpha1.ReconcileCreateOnly
		w.CreateAll(ctx, room, again, once)
		w.ExpectReady(ctx, room, again, once)

		By("running, and failing")
		Expect(w.MeshAgent.Edit("scheduled-tasks", again.Status.ID, func(doc map[string]any) {
			doc["last_run_id"], doc["last_status"], doc["last_return_message"] = 17, "failed", "no such queue"
			doc["last_start_time"], doc["last_end_time"] = "2026-01-01T00:00:00.25Z", "2026-01-01T01:00:01+01:00"
		})).To(BeTrue())
		Eventually(func() *v1alpha1.ScheduledTaskRun {
			w.ExpectReady(ctx, again)
			return again.Status.LastRun
		}).WithContext(ctx).ShouldNot(BeNil())
		run := again.Status.LastRun
		Expect([]string{run.ID, run.Status, run.Message}).To(Equal([]string{"17", "failed", "no such queue"}))
		Expect(run.StartTime.UTC().Format("15:04:05") + run.EndTime.UTC().Format(" 15:04:05")).To(Equal("00:00:00 00:00:01"))

		By("starting a container in place of a message")
		id := again.Status.ID
		w.MeshAgent.ResetCalls()
		w.Edit(ctx, again, func() { again.Spec.Queue, again.Spec.Container = nil, &v1alpha1.ContainerSpec{Image: "cleanup:1"} })
		w.ExpectReady(ctx, again)
		Expect(again.Status.ID).To(Equal(id))
		Expect(w.Writes()).To(Equal([]string{"PUT scheduled-tasks/" + id}))

		By("being over")
		Expect(w.MeshAgent.Remove("scheduled-tasks", once.Status.ID)).To(BeTrue())
		Eventually(w.State(ctx, once)).WithContext(ctx).Should(And(ContainSubstring("Ready=True Completed"), ContainSubstring("Synced=True Completed")))
		Expect(w.MeshAgent.Documents("scheduled-tasks")).To(HaveLen(1))
		Expect(w.Delete(ctx, once)).To(Succeed())
		w.ExpectGone(ctx, once)
	})
})

func task(name string) *v1alpha1.MeshScheduledTask {
	made := &v1alpha1.MeshScheduledTask{ObjectMeta: metav1.ObjectMeta{Name: name}}
	made.Spec.RoomRef.Name, made.Spec.Schedule, made.Spec.Queue = "support", "1 hours", &v1alpha1.ScheduledTaskQueue{Name: "jobs"}
	return made
}
