// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("MeshRoom that exists already", func() {
	var (
		w    *harness.Env
		id   string
		mine *v1alpha1.MeshRoom
	)
	exists := func(ctx SpecContext, document map[string]any) {
		w = harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		id = w.MeshAgent.Add("rooms", document)
		mine = harness.Room("support", harness.WithMetadata(`{"team": "support"}`))
	}

	It("is adopted if that changes nothing, and then survives its object", func(ctx SpecContext) {
		exists(ctx, map[string]any{"name": "support", "metadata": map[string]any{"team": "support", "theirs": 1}})
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.ID).To(Equal(id))
		Expect(mine.Status.IsAdopted()).To(BeTrue())
		Expect(w.RemoteRoom("support")).To(HaveKeyWithValue("annotations", And(HaveKey(v1alpha1.OwnerAnnotation), HaveKey(v1alpha1.AdoptedAnnotation))))
		Eventually(w.Events(ctx, mine)).WithContext(ctx).Should(ContainElement(HavePrefix("Adopted: ")))

		By("losing the status, as in a restore from a backup")
		mine.Status.CommonStatus = v1alpha1.CommonStatus{ObjectStatus: v1alpha1.ObjectStatus{ObservedGeneration: -1}}
		Expect(w.Status().Update(ctx, mine)).To(Succeed())
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.ID).To(Equal(id))
		Expect(mine.Status.IsAdopted()).To(BeTrue())

		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.ExpectGone(ctx, mine)
		Expect(w.RemoteRoom("support")).To(And(HaveKeyWithValue("id", id), HaveKeyWithValue("metadata", HaveLen(2)), HaveKeyWithValue("annotations", BeEmpty())))
	})

	It("is left alone if it differs, until the policy allows to take it", func(ctx SpecContext) {
		exists(ctx, map[string]any{"name": "support", "metadata": map[string]any{"team": "other"}})
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"), ContainSubstring("Ready=False"),
			ContainSubstring("metadata.team"), ContainSubstring("IfUnowned")))
		Expect(mine.Status.Drift).To(ConsistOf(HaveField("Path", "metadata.team")))
		Expect(w.RemoteRoom("support")).To(HaveKeyWithValue("metadata", HaveKeyWithValue("team", "other")))

		w.Edit(ctx, mine, func() { mine.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.IsAdopted()).To(BeTrue())
		Expect(w.RemoteRoom("support")).To(HaveKeyWithValue("metadata", HaveKeyWithValue("team", "support")))

		By("deleting it on demand")
		w.Edit(ctx, mine, func() { mine.Spec.DeletionPolicy = v1alpha1.DeletionDelete })
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.ExpectGone(ctx, mine)
		Expect(w.MeshAgent.Documents("rooms")).To(BeEmpty())
	})

	It("is left alone if another user manages it, even if it is equal", func(ctx SpecContext) {
		exists(ctx, map[string]any{"name": "support", "metadata": map[string]any{"team": "support"}, "annotations": map[string]any{v1alpha1.OwnerAnnotation: "cluster-2/a/b"}})
		mine.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True OwnedElsewhere"), ContainSubstring("cluster-2/a/b"), ContainSubstring("Always")))

		By("letting the object go without touching the room")
		other := harness.Room("other", func(r *v1alpha1.MeshRoom) { r.Spec.Name = "support" })
		w.CreateAll(ctx, other)
		Eventually(w.State(ctx, other)).WithContext(ctx).Should(ContainSubstring("OwnedElsewhere"))
		Expect(w.Delete(ctx, other)).To(Succeed())
		w.ExpectGone(ctx, other)
		Expect(w.RemoteRoom("support")).To(HaveKeyWithValue("annotations", HaveKeyWithValue(v1alpha1.OwnerAnnotation, "cluster-2/a/b")))

		w.Edit(ctx, mine, func() { mine.Spec.AdoptionPolicy = v1alpha1.AdoptAlways })
		w.ExpectReady(ctx, mine)
		Expect(w.RemoteRoom("support")).To(HaveKeyWithValue("annotations", HaveKeyWithValue(v1alpha1.OwnerAnnotation, "cluster-1/"+w.Namespace+"/support")))

		By("losing it to the other again")
		w.Edit(ctx, mine, func() { mine.Spec.AdoptionPolicy = "" })
		w.ExpectReady(ctx, mine)
		w.MeshAgent.Edit("rooms", id, func(doc map[string]any) {
			doc["annotations"] = map[string]any{v1alpha1.OwnerAnnotation: "cluster-2/a/b"}
		})
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Stalled=True OwnedElsewhere"))
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.ExpectGone(ctx, mine)
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(1))
	})
})
