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
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshRoom", func() {
	It("is created with one request and two writes, and is deleted with its object", func(ctx SpecContext) {
		w := newWorld(ctx)
		operator := w.start(operatorOptions{})
		w.eventuallyReady(ctx, w.project(ctx))
		w.meshagent.ResetCalls()
		operator.writes.Store(0)

		support := room("support", withMetadata(`{"team": "support", "tier": 2}`))
		w.apply(ctx, support)
		w.eventuallyReady(ctx, support)

		Expect(w.calls()).To(Equal([]string{"POST rooms"}))
		Expect(operator.writes.Load()).To(BeNumerically("==", 2), "one for the finalizer, one for status")
		Expect(w.remoteRoom("support")).To(And(
			HaveKeyWithValue("id", support.Status.ID),
			HaveKeyWithValue("metadata", And(HaveKeyWithValue("team", "support"), HaveLen(2))),
			HaveKeyWithValue("annotations", HaveKeyWithValue(v1alpha1.OwnerAnnotation, "cluster-1/"+w.namespace+"/support")),
		))
		Expect(support.Status.ProjectID).To(Equal(w.meshagent.ProjectID()))
		Expect(appliedFields(&support.Status.CommonStatus)).To(Equal([]string{"metadata.team", "metadata.tier", "name"}))
		Eventually(w.events(ctx, support)).WithContext(ctx).Should(Equal([]string{"Created: support was created in MeshAgent"}))

		w.meshagent.ResetCalls()
		Expect(w.Delete(ctx, support)).To(Succeed())
		w.eventuallyGone(ctx, support)
		Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
		Expect(w.calls()).To(Equal([]string{"GET rooms/support", "DELETE rooms/" + support.Status.ID}))
	})

	It("looks when it is asked to, in however many words", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		support := room("support")
		support.Annotations = map[string]string{v1alpha1.ReconcileRequestedAtAnnotation: strings.Repeat("now ", 1000)}
		w.apply(ctx, support)
		w.eventuallyReady(ctx, support)
		Expect(support.Status.LastHandledReconcileAt).To(Equal(strings.Repeat("now ", 1000)))
	})

	It("follows its spec: changes, removed keys, a new name", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		support := room("support", withMetadata(`{"team": "support", "old": {"a": 1}}`))
		support.Spec.Annotations = map[string]string{"meshagent.storage.class": "standard", "gone.soon": "x"}
		w.apply(ctx, support)
		w.eventuallyReady(ctx, support)
		id := support.Status.ID
		w.meshagent.Edit("rooms", id, func(doc map[string]any) { doc["metadata"].(map[string]any)["theirs"] = true })

		w.meshagent.ResetCalls()
		w.edit(ctx, support, func() {
			withMetadata(`{"team": "care"}`)(support)
			support.Spec.Annotations = map[string]string{"meshagent.storage.class": "standard"}
			support.Spec.Name = "care"
		})
		w.eventuallyReady(ctx, support)
		Expect(support.Status.ID).To(Equal(id))
		Expect(support.Status.Name).To(Equal("care"))
		Expect(w.calls()).To(Equal([]string{"GET rooms/support", "PUT rooms/" + id, "GET rooms"}))
		remote := w.remoteRoom("care")
		Expect(remote).To(HaveKeyWithValue("metadata", And(HaveLen(2), HaveKeyWithValue("team", "care"), HaveKeyWithValue("theirs", true))))
		Expect(remote).To(HaveKeyWithValue("annotations", And(HaveLen(2), HaveKey("meshagent.storage.class"), HaveKey(v1alpha1.OwnerAnnotation))))
		Eventually(w.events(ctx, support)).WithContext(ctx).Should(ContainElement(
			`Updated: care was updated in MeshAgent: annotations["gone.soon"], metadata.old.a, metadata.team, name`))

		w.edit(ctx, support, func() { support.Spec.Metadata, support.Spec.Annotations = nil, nil })
		w.eventuallyReady(ctx, support)
		Expect(w.remoteRoom("care")).To(HaveKeyWithValue("metadata", HaveLen(1)), "what others set stays")
	})

	It("is set right when somebody changes it in MeshAgent, and costs nothing while nobody does", func(ctx SpecContext) {
		w := newWorld(ctx)
		operator := w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		support := room("support", withMetadata(`{"team": "support"}`))
		w.apply(ctx, support)
		w.eventuallyReady(ctx, support)
		id := support.Status.ID

		By("renaming it, and adding a key")
		w.meshagent.Edit("rooms", id, func(doc map[string]any) {
			doc["name"] = "renamed"
			doc["metadata"] = map[string]any{"team": "other", "theirs": 1}
		})
		Eventually(func() map[string]any { return w.remoteRoom("support") }).WithContext(ctx).Should(
			HaveKeyWithValue("metadata", And(HaveKeyWithValue("team", "support"), HaveKey("theirs"))))
		Eventually(w.events(ctx, support)).WithContext(ctx).Should(ContainElement("DriftCorrected: support differed in MeshAgent and was set right: metadata.team, name"))

		By("deleting it")
		w.meshagent.Remove("rooms", id)
		Eventually(func() map[string]any { return w.remoteRoom("support") }).WithContext(ctx).ShouldNot(BeNil())
		Eventually(w.events(ctx, support)).WithContext(ctx).Should(ContainElement(HavePrefix("Recreated: ")))
		Eventually(func() string { _, _ = w.state(ctx, support)(); return support.Status.ID }).WithContext(ctx).ShouldNot(Equal(id))
		w.eventuallyReady(ctx, support)

		By("leaving it alone")
		w.meshagent.ResetCalls()
		operator.writes.Store(0)
		Eventually(func() int { return len(w.calls()) }).WithContext(ctx).Should(BeNumerically(">=", 6))
		Expect(w.calls()).To(HaveEach(BeElementOf("GET rooms", "GET ", "GET /accounts/projects/"+w.meshagent.ProjectID(), "GET /config")))
		Expect(operator.writes.Load()).To(BeZero())
	})

	It("that is only observed is never written to", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		mine := room("support", withMetadata(`{"team": "support"}`), func(r *v1alpha1.MeshRoom) { r.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
		w.apply(ctx, mine)
		Eventually(w.state(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Synced=False Missing"), ContainSubstring("Ready=False Missing")))

		id := w.meshagent.Add("rooms", map[string]any{"name": "support", "metadata": map[string]any{"team": "other"}})
		Eventually(w.state(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Synced=False Drifted"), ContainSubstring("Ready=True")))
		Expect(mine.Status.Drift).To(Equal([]v1alpha1.Drift{{Path: "metadata.team", Desired: `"support"`, Actual: `"other"`}}))

		w.meshagent.Edit("rooms", id, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "support"} })
		w.eventuallyReady(ctx, mine)
		Expect(mine.Status.Drift).To(BeEmpty())
		Expect(mine.Status.AppliedFields).To(BeNil())

		By("enforcing what differs only as the adoption policy allows")
		w.meshagent.Edit("rooms", id, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "other"} })
		w.edit(ctx, mine, func() { mine.Spec.ReconcilePolicy = v1alpha1.ReconcileEnforce })
		Eventually(w.state(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Stalled=True AlreadyExists"))
		w.edit(ctx, mine, func() { mine.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })

		Eventually(w.state(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Synced=False Drifted"))
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.eventuallyGone(ctx, mine)
		Expect(w.meshagent.Documents("rooms")).To(HaveLen(1))
		Expect(w.written()).To(BeEmpty())
	})

	It("that is suspended is left alone, deletion included", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		support := room("support")
		w.apply(ctx, support)
		w.eventuallyReady(ctx, support)
		w.meshagent.ResetCalls()
		w.edit(ctx, support, func() {
			suspend := true
			support.Spec.Suspend = &suspend
			withMetadata(`{"team": "x"}`)(support)
		})
		Eventually(w.state(ctx, support)).WithContext(ctx).Should(And(ContainSubstring("Synced=Unknown Suspended"), ContainSubstring("Ready=True")))
		Expect(w.Delete(ctx, support)).To(Succeed())
		Consistently(w.state(ctx, support), "500ms").WithContext(ctx).Should(ContainSubstring("Suspended"))
		Expect(w.calls()).To(BeEmpty())
		w.edit(ctx, support, func() { support.Spec.Suspend = nil })
		w.eventuallyGone(ctx, support)
		Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
	})

	It("is left in MeshAgent, unmarked, if its object says so", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		support := room("support", func(r *v1alpha1.MeshRoom) { r.Spec.DeletionPolicy = v1alpha1.DeletionOrphan })
		w.apply(ctx, support)
		w.eventuallyReady(ctx, support)
		Expect(w.Delete(ctx, support)).To(Succeed())
		w.eventuallyGone(ctx, support)
		Expect(w.remoteRoom("support")).To(HaveKeyWithValue("annotations", BeEmpty()))
	})

	It("is looked at live when asked to, with a receipt", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		support := room("support")
		w.apply(ctx, support)
		w.eventuallyReady(ctx, support)
		w.meshagent.ResetCalls()
		w.look(ctx, support)
		Expect(w.calls()).To(Equal([]string{"GET rooms/support"}))
	})

	It("shares one list with all others, and 200 of them are created with 200 requests", func(ctx SpecContext) {
		const many = 200
		w := newWorld(ctx)
		operator := w.start(operatorOptions{driftInterval: 15 * time.Second})
		w.eventuallyReady(ctx, w.project(ctx))
		w.meshagent.ResetCalls()
		operator.writes.Store(0)
		var rooms []client.Object
		for i := range many {
			rooms = append(rooms, room(fmt.Sprintf("room-%03d", i)))
		}
		w.apply(ctx, rooms...)
		w.eventuallyReady(ctx, rooms...)
		Expect(w.written()).To(And(HaveLen(many), HaveEach("POST rooms")))
		Expect(operator.writes.Load()).To(BeNumerically("==", 2*many))

		By("checking all of them for drift")
		w.meshagent.ResetCalls()
		operator.writes.Store(0)
		Eventually(func() []string { return w.calls() }).WithContext(ctx).WithTimeout(40 * time.Second).Should(ContainElement("GET rooms"))
		w.meshagent.ResetCalls()
		Consistently(func() []string { return w.calls() }, "5s").WithContext(ctx).ShouldNot(ContainElement(ContainSubstring("rooms")), "all used the one list")
		Expect(operator.writes.Load()).To(BeZero())

		By("restarting: one list, no write")
		operator.stop()
		w.meshagent.ResetCalls()
		operator = w.start(operatorOptions{driftInterval: time.Hour})
		projectAndRooms := ConsistOf(HavePrefix("GET /accounts/projects/"), "GET /config", "GET rooms")
		Eventually(func() []string { return w.calls() }).WithContext(ctx).Should(projectAndRooms)
		Consistently(func() []string { return w.calls() }, "1s").WithContext(ctx).Should(projectAndRooms)
		Expect(operator.writes.Load()).To(BeZero())
	}, SpecTimeout(2*time.Minute))

	It("that MeshAgent refuses says why, and is tried again when its spec changes", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		w.meshagent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/rooms$", Times: 1, Status: 400, Body: "400: metadata.team is not known here"})
		support := room("support", withMetadata(`{"team": "x"}`))
		w.apply(ctx, support)
		Eventually(w.state(ctx, support)).WithContext(ctx).Should(And(
			ContainSubstring("Stalled=True Rejected: MeshAgent refuses this (400): metadata.team is not known here"), ContainSubstring("Ready=False")))
		w.edit(ctx, support, func() { withMetadata(`{"team": "y"}`)(support) })
		w.eventuallyReady(ctx, support)
	})

	It("that is to get a taken name says so, and stays as it is", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		w.meshagent.Add("rooms", map[string]any{"name": "taken", "metadata": map[string]any{}})
		support := room("support")
		w.apply(ctx, support)
		w.eventuallyReady(ctx, support)
		w.edit(ctx, support, func() { support.Spec.Name = "taken" })
		Eventually(w.state(ctx, support)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"), ContainSubstring(`"taken"`)))
		Expect(w.remoteRoom("support")).To(HaveKeyWithValue("id", support.Status.ID))
	})
})
