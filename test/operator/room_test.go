// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshRoom", func() {
	It("is created with one request and two writes, and is deleted with its object", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		operator := w.StartOperator(harness.OperatorOptions{})
		w.ExpectReady(ctx, w.ApplyProject(ctx))
		w.MeshAgent.ResetCalls()
		operator.Writes.Store(0)

		support := harness.Room("support", harness.WithMetadata(`{"team": "support", "tier": 2}`))
		w.CreateAll(ctx, support)
		w.ExpectReady(ctx, support)

		Expect(w.Calls()).To(Equal([]string{"POST rooms"}))
		Expect(operator.Writes.Load()).To(BeNumerically("==", 2), "one for the finalizer, one for status")
		Expect(w.RemoteRoom("support")).To(And(
			HaveKeyWithValue("id", support.Status.ID),
			HaveKeyWithValue("metadata", And(HaveKeyWithValue("team", "support"), HaveLen(2))),
			HaveKeyWithValue("annotations", HaveKeyWithValue(v1alpha1.OwnerAnnotation, "cluster-1/"+w.Namespace+"/support")),
		))
		Expect(support.Status.ProjectID).To(Equal(w.MeshAgent.ProjectID()))
		Expect(harness.AppliedFields(&support.Status.CommonStatus)).To(Equal([]string{"metadata.team", "metadata.tier", "name"}))
		Eventually(w.Events(ctx, support)).WithContext(ctx).Should(ConsistOf(And(HavePrefix("Created: "), ContainSubstring("support"))))

		w.MeshAgent.ResetCalls()
		Expect(w.Delete(ctx, support)).To(Succeed())
		w.ExpectGone(ctx, support)
		Expect(w.MeshAgent.Documents("rooms")).To(BeEmpty())
		Expect(w.Calls()).To(Equal([]string{"GET rooms/support", "DELETE rooms/" + support.Status.ID}))
	})

	It("looks when it is asked to, in however many words", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		support := harness.Room("support")
		support.Annotations = map[string]string{v1alpha1.ReconcileRequestedAtAnnotation: strings.Repeat("now ", 1000)}
		w.CreateAll(ctx, support)
		w.ExpectReady(ctx, support)
		Expect(support.Status.LastHandledReconcileAt).To(Equal(strings.Repeat("now ", 1000)))
	})

	It("follows its spec: changes, removed keys, a new name", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		support := harness.Room("support", harness.WithMetadata(`{"team": "support", "old": {"a": 1}}`))
		support.Spec.Annotations = map[string]string{"meshagent.storage.class": "standard", "gone.soon": "x"}
		w.CreateAll(ctx, support)
		w.ExpectReady(ctx, support)
		id := support.Status.ID
		w.MeshAgent.Edit("rooms", id, func(doc map[string]any) { doc["metadata"].(map[string]any)["theirs"] = true })

		w.MeshAgent.ResetCalls()
		w.Edit(ctx, support, func() {
			harness.WithMetadata(`{"team": "care"}`)(support)
			support.Spec.Annotations = map[string]string{"meshagent.storage.class": "standard"}
			support.Spec.Name = "care"
		})
		w.ExpectReady(ctx, support)
		Expect(support.Status.ID).To(Equal(id))
		Expect(support.Status.Name).To(Equal("care"))
		Expect(w.Calls()).To(Equal([]string{"GET rooms/support", "PUT rooms/" + id, "GET rooms"}))
		remote := w.RemoteRoom("care")
		Expect(remote).To(HaveKeyWithValue("metadata", And(HaveLen(2), HaveKeyWithValue("team", "care"), HaveKeyWithValue("theirs", true))))
		Expect(remote).To(HaveKeyWithValue("annotations", And(HaveLen(2), HaveKey("meshagent.storage.class"), HaveKey(v1alpha1.OwnerAnnotation))))
		Eventually(w.Events(ctx, support)).WithContext(ctx).Should(ContainElement(
			And(HavePrefix("Updated: "), HaveSuffix(`: annotations["gone.soon"], metadata.old.a, metadata.team, name`))))

		w.Edit(ctx, support, func() { support.Spec.Metadata, support.Spec.Annotations = nil, nil })
		w.ExpectReady(ctx, support)
		Expect(w.RemoteRoom("care")).To(HaveKeyWithValue("metadata", HaveLen(1)), "what others set stays")
	})

	It("gets its name back when another user renames it in MeshAgent, and keeps what that user added", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		support := harness.Room("support", harness.WithMetadata(`{"team": "support"}`))
		w.CreateAll(ctx, support)
		w.ExpectReady(ctx, support)
		w.MeshAgent.Edit("rooms", support.Status.ID, func(doc map[string]any) {
			doc["name"] = "renamed"
			doc["metadata"] = map[string]any{"team": "other", "theirs": 1}
		})
		Eventually(func() map[string]any { return w.RemoteRoom("support") }).WithContext(ctx).Should(
			HaveKeyWithValue("metadata", And(HaveKeyWithValue("team", "support"), HaveKey("theirs"))))
		Eventually(w.Events(ctx, support)).WithContext(ctx).Should(ContainElement(And(HavePrefix("DriftCorrected: "), HaveSuffix(": metadata.team, name"))))
	})

	It("that is only observed is never written to", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		mine := harness.Room("support", harness.WithMetadata(`{"team": "support"}`), func(r *v1alpha1.MeshRoom) { r.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Synced=False Missing"), ContainSubstring("Ready=False Missing")))

		id := w.MeshAgent.Add("rooms", map[string]any{"name": "support", "metadata": map[string]any{"team": "other"}})
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Synced=False Drifted"), ContainSubstring("Ready=True")))
		Expect(mine.Status.Drift).To(Equal([]v1alpha1.Drift{{Path: "metadata.team", Desired: `"support"`, Actual: `"other"`}}))

		w.MeshAgent.Edit("rooms", id, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "support"} })
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.Drift).To(BeEmpty())
		Expect(mine.Status.AppliedFields).To(BeNil())

		By("enforcing what differs only as the adoption policy allows")
		w.MeshAgent.Edit("rooms", id, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "other"} })
		w.Edit(ctx, mine, func() { mine.Spec.ReconcilePolicy = v1alpha1.ReconcileEnforce })
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Stalled=True AlreadyExists"))
		w.Edit(ctx, mine, func() { mine.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })

		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Synced=False Drifted"))
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.ExpectGone(ctx, mine)
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(1))
		Expect(w.Writes()).To(BeEmpty())
	})

	It("that is suspended is left alone, and stays in MeshAgent when its object is deleted", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		support := harness.Room("support")
		w.CreateAll(ctx, support)
		w.ExpectReady(ctx, support)
		w.MeshAgent.ResetCalls()
		w.Edit(ctx, support, func() {
			suspend := true
			support.Spec.Suspend = &suspend
			harness.WithMetadata(`{"team": "x"}`)(support)
		})
		Eventually(w.State(ctx, support)).WithContext(ctx).Should(And(ContainSubstring("Synced=Unknown Suspended"), ContainSubstring("Ready=True")))
		Expect(w.Delete(ctx, support)).To(Succeed())
		w.ExpectGone(ctx, support)
		Expect(w.Calls()).To(BeEmpty())
		Expect(w.RemoteRoom("support")).To(HaveKeyWithValue("annotations", HaveKey(v1alpha1.OwnerAnnotation)))
	})

	It("that is suspended waits to be deleted if its object insists, until that is resumed", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		support := harness.Room("support")
		w.CreateAll(ctx, support)
		w.ExpectReady(ctx, support)
		w.Edit(ctx, support, func() { support.Spec.Suspend, support.Spec.DeletionPolicy = new(true), v1alpha1.DeletionDelete })
		Eventually(w.State(ctx, support)).WithContext(ctx).Should(ContainSubstring("Synced=Unknown Suspended"))
		w.MeshAgent.ResetCalls()
		Expect(w.Delete(ctx, support)).To(Succeed())
		Eventually(w.State(ctx, support)).WithContext(ctx).Should(And(HavePrefix("Ready=False Deleting"), ContainSubstring("Synced=False Suspended")))
		Expect(w.Calls()).To(BeEmpty())
		w.Edit(ctx, support, func() { support.Spec.Suspend = nil })
		w.ExpectGone(ctx, support)
		Expect(w.MeshAgent.Documents("rooms")).To(BeEmpty())
	})

	It("is left in MeshAgent, unmarked, if its object says so", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		support := harness.Room("support", func(r *v1alpha1.MeshRoom) { r.Spec.DeletionPolicy = v1alpha1.DeletionOrphan })
		w.CreateAll(ctx, support)
		w.ExpectReady(ctx, support)
		Expect(w.Delete(ctx, support)).To(Succeed())
		w.ExpectGone(ctx, support)
		Expect(w.RemoteRoom("support")).To(HaveKeyWithValue("annotations", BeEmpty()))
	})

	It("shares one list with all others, and many are created with one request each", func(ctx SpecContext) {
		const many = 100
		w := harness.NewEnv(ctx)
		operator := w.StartOperator(harness.OperatorOptions{})
		w.ExpectReady(ctx, w.ApplyProject(ctx))
		w.MeshAgent.ResetCalls()
		operator.Writes.Store(0)
		var rooms []client.Object
		for i := range many {
			rooms = append(rooms, harness.Room(fmt.Sprintf("room-%03d", i)))
		}
		w.CreateAll(ctx, rooms...)
		w.ExpectReady(ctx, rooms...)
		Expect(w.Writes()).To(And(HaveLen(many), HaveEach("POST rooms")))
		Expect(operator.Writes.Load()).To(BeNumerically("==", 2*many))

		By("restarting, and checking all of them for drift at each interval: one list, no write")
		operator.Stop()
		w.MeshAgent.ResetCalls()
		operator = w.StartOperator(harness.OperatorOptions{DriftInterval: 2 * time.Second})
		lists := func() (count int) {
			for _, call := range w.Calls() {
				if call == "GET rooms" {
					count++
				}
			}
			return count
		}
		Eventually(lists).WithContext(ctx).Should(Equal(3))
		// Each interval has a list of all rooms, and four requests about the project.
		Expect(len(w.Calls())).To(BeNumerically("<=", 3+4*4))
		Expect(w.Calls()).To(HaveEach(BeElementOf("GET rooms", "GET /accounts/projects/"+w.MeshAgent.ProjectID(), "GET /config", "GET role", "GET status")))
		Expect(operator.Writes.Load()).To(BeZero())
	}, SpecTimeout(2*time.Minute))

	It("that MeshAgent refuses says why, and is tried again when its spec changes", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		w.MeshAgent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/rooms$", Times: 1, Status: 400, Body: "400: metadata.team is not known here"})
		support := harness.Room("support", harness.WithMetadata(`{"team": "x"}`))
		w.CreateAll(ctx, support)
		Eventually(w.State(ctx, support)).WithContext(ctx).Should(And(
			ContainSubstring("Stalled=True Rejected: "), ContainSubstring("metadata.team is not known here"), ContainSubstring("Ready=False")))
		w.Edit(ctx, support, func() { harness.WithMetadata(`{"team": "y"}`)(support) })
		w.ExpectReady(ctx, support)
	})

	It("that is to get a taken name says so, and stays as it is", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		w.MeshAgent.Add("rooms", map[string]any{"name": "taken", "metadata": map[string]any{}})
		support := harness.Room("support")
		w.CreateAll(ctx, support)
		w.ExpectReady(ctx, support)
		w.Edit(ctx, support, func() { support.Spec.Name = "taken" })
		Eventually(w.State(ctx, support)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"), ContainSubstring(`"taken"`)))
		Expect(w.RemoteRoom("support")).To(HaveKeyWithValue("id", support.Status.ID))
	})
})
