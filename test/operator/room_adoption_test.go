// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

var _ = Describe("MeshRoom that exists already", func() {
	var (
		w    *world
		id   string
		mine *v1alpha1.MeshRoom
	)
	exists := func(ctx SpecContext, document map[string]any) {
		w = newWorld(ctx)
		w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		id = w.meshagent.Add("rooms", document)
		mine = room("support", withMetadata(`{"team": "support"}`))
	}

	It("is adopted if that changes nothing, and then survives its object", func(ctx SpecContext) {
		exists(ctx, map[string]any{"name": "support", "metadata": map[string]any{"team": "support", "theirs": 1}})
		w.apply(ctx, mine)
		w.eventuallyReady(ctx, mine)
		Expect(mine.Status.ID).To(Equal(id))
		Expect(mine.Status.IsAdopted()).To(BeTrue())
		Expect(w.remoteRoom("support")).To(HaveKeyWithValue("annotations", And(HaveKey(v1alpha1.OwnerAnnotation), HaveKey(v1alpha1.AdoptedAnnotation))))
		Eventually(w.events(ctx, mine)).WithContext(ctx).Should(ContainElement(HavePrefix("Adopted: ")))

		By("losing the status, as in a restore from a backup")
		mine.Status.CommonStatus = v1alpha1.CommonStatus{ObjectStatus: v1alpha1.ObjectStatus{ObservedGeneration: -1}}
		Expect(w.Status().Update(ctx, mine)).To(Succeed())
		w.eventuallyReady(ctx, mine)
		Expect(mine.Status.ID).To(Equal(id))
		Expect(mine.Status.IsAdopted()).To(BeTrue())

		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.eventuallyGone(ctx, mine)
		Expect(w.remoteRoom("support")).To(And(HaveKeyWithValue("id", id), HaveKeyWithValue("metadata", HaveLen(2)), HaveKeyWithValue("annotations", BeEmpty())))
	})

	It("is left alone if it differs, until the policy allows to take it", func(ctx SpecContext) {
		exists(ctx, map[string]any{"name": "support", "metadata": map[string]any{"team": "other"}})
		w.apply(ctx, mine)
		Eventually(w.state(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"), ContainSubstring("Ready=False"),
			ContainSubstring("metadata.team"), ContainSubstring("IfUnowned")))
		Expect(w.remoteRoom("support")).To(HaveKeyWithValue("metadata", HaveKeyWithValue("team", "other")))

		w.edit(ctx, mine, func() { mine.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
		w.eventuallyReady(ctx, mine)
		Expect(mine.Status.IsAdopted()).To(BeTrue())
		Expect(w.remoteRoom("support")).To(HaveKeyWithValue("metadata", HaveKeyWithValue("team", "support")))

		By("deleting it on demand")
		w.edit(ctx, mine, func() { mine.Spec.DeletionPolicy = v1alpha1.DeletionDelete })
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.eventuallyGone(ctx, mine)
		Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
	})

	It("is left alone if another user manages it, even if it is equal", func(ctx SpecContext) {
		exists(ctx, map[string]any{"name": "support", "metadata": map[string]any{"team": "support"}, "annotations": map[string]any{v1alpha1.OwnerAnnotation: "cluster-2/a/b"}})
		mine.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned
		w.apply(ctx, mine)
		Eventually(w.state(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True OwnedElsewhere"), ContainSubstring("cluster-2/a/b"), ContainSubstring("Always")))

		By("letting the object go without touching the room")
		other := room("other", func(r *v1alpha1.MeshRoom) { r.Spec.Name = "support" })
		w.apply(ctx, other)
		Eventually(w.state(ctx, other)).WithContext(ctx).Should(ContainSubstring("OwnedElsewhere"))
		Expect(w.Delete(ctx, other)).To(Succeed())
		w.eventuallyGone(ctx, other)
		Expect(w.remoteRoom("support")).To(HaveKeyWithValue("annotations", HaveKeyWithValue(v1alpha1.OwnerAnnotation, "cluster-2/a/b")))

		w.edit(ctx, mine, func() { mine.Spec.AdoptionPolicy = v1alpha1.AdoptAlways })
		w.eventuallyReady(ctx, mine)
		Expect(w.remoteRoom("support")).To(HaveKeyWithValue("annotations", HaveKeyWithValue(v1alpha1.OwnerAnnotation, "cluster-1/"+w.namespace+"/support")))

		By("losing it to the other again")
		w.edit(ctx, mine, func() { mine.Spec.AdoptionPolicy = "" })
		w.eventuallyReady(ctx, mine)
		w.meshagent.Edit("rooms", id, func(doc map[string]any) {
			doc["annotations"] = map[string]any{v1alpha1.OwnerAnnotation: "cluster-2/a/b"}
		})
		Eventually(w.state(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Stalled=True OwnedElsewhere"))
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.eventuallyGone(ctx, mine)
		Expect(w.meshagent.Documents("rooms")).To(HaveLen(1))
	})
})
