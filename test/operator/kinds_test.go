// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"net/http"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

// Every sample is walked through its whole life, all of them at the same time. Nothing here knows a
// kind: see sample for what little must be told. With -sample only some are walked, as in go test
// ./test/operator -ginkgo.focus 'Each sample' -sample MeshRoom.
var _ = Describe("Each sample", func() {
	It("begins with waiting, costs nothing while nothing happens, and ends clean although all it needs ends first", func(ctx SpecContext) {
		harness.InParallel(harness.Samples(), func(s harness.Sample) { waitsAndEnds(ctx, s) })
	})
	It("follows its spec, there and back", func(ctx SpecContext) {
		harness.InParallel(harness.Samples(), func(s harness.Sample) { followsItsSpec(ctx, s) })
	})
	It("continues when its status is lost", func(ctx SpecContext) {
		harness.InParallel(harness.Samples(), func(s harness.Sample) { outlivesItsStatus(ctx, s) })
	})
	It("is restored when another user changes or deletes it in MeshAgent", func(ctx SpecContext) {
		harness.InParallel(harness.RemoteSamples(), func(s harness.Sample) { isRestored(ctx, s) })
	})
	It("does not change what another object or operator manages", func(ctx SpecContext) {
		var respected atomic.Int64
		harness.InParallel(harness.RemoteSamples(), func(s harness.Sample) {
			if respectsOwners(ctx, s) {
				respected.Add(1)
			}
		})
		if *harness.OnlySamples == "" {
			Expect(respected.Load()).NotTo(BeZero(), "some kinds have a place for a mark")
		}
	})
})

func waitsAndEnds(ctx context.Context, s harness.Sample) {
	w := harness.NewEnv(ctx)
	operator := w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
	l := w.ApplySample(ctx, s)

	By("waiting, and saying for what")
	Eventually(w.State(ctx, l.Object)).WithContext(ctx).Should(And(HavePrefix("Ready=False"), ContainSubstring("Synced=False"),
		ContainSubstring("Reconciling=True"), MatchRegexp(harness.MissingDependency.String())))
	Expect(w.Calls()).To(BeEmpty(), "there is nothing to ask MeshAgent yet")
	l.ApplyDependencies(ctx)
	l.Recreate(ctx)

	By("having nothing to do when asked to look")
	w.MeshAgent.ResetCalls()
	operator.Writes.Store(0)
	l.RequestReconcile(ctx, l.Object)
	Expect(harness.ConditionsOf(l.Object)).To(harness.BeReady())
	Expect(w.Writes()).To(BeEmpty())
	Expect(operator.Writes.Load()).To(BeNumerically("==", 1), "the receipt")

	By("having nothing to do at each interval")
	w.MeshAgent.ResetCalls()
	operator.Writes.Store(0)
	looks := func() int { return len(w.Reads("")) } // of a MeshProject
	if s.HasRemote() {
		looks = l.Looks
	}
	Eventually(looks).WithContext(ctx).Should(BeNumerically(">=", 2))
	Expect(w.Writes()).To(BeEmpty())
	Expect(operator.Writes.Load()).To(BeZero())

	By("deleting all it needs first, the project before all")
	for _, need := range l.Dependencies {
		Expect(w.Delete(ctx, need)).To(Succeed())
	}
	for _, need := range l.Dependencies {
		if _, isProject := need.(*v1alpha1.MeshProject); !isProject {
			w.ExpectGone(ctx, need)
		}
	}
	l.DeleteObject(ctx)
	for _, need := range l.Dependencies {
		w.ExpectGone(ctx, need)
	}
	Expect(w.HeldNames()).To(Equal(l.HeldAtFirst))
}

func followsItsSpec(ctx context.Context, s harness.Sample) {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{})
	l := w.ApplySample(ctx, s)
	l.ApplyDependencies(ctx)
	l.Recreate(ctx)
	spec, document := l.Unstructured(ctx).Object["spec"], l.Document()
	w.MeshAgent.ResetCalls()

	l.MergePatch(ctx, s.EditPatch())
	w.ExpectReady(ctx, l.Object)
	if s.HasRemote() {
		Expect(l.Changes()).To(Equal(1), "one change, one write: %v", w.Writes())
		Expect(l.Document()).NotTo(Equal(document))
	}
	By("undoing it: what was added goes, what was removed comes back")
	l.Overwrite(ctx, "spec", spec)
	w.ExpectReady(ctx, l.Object)
	Expect(l.Document()).To(Equal(document))
}

func outlivesItsStatus(ctx context.Context, s harness.Sample) {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
	l := w.ApplySample(ctx, s)
	l.ApplyDependencies(ctx)
	l.Recreate(ctx)
	if own, ok := l.Object.(v1alpha1.Object); ok && s.HasRemote() && !l.HasOwner() && own.CommonStatus().WrittenSecrets != nil {
		// Without status, nothing tells that a value which is not shown is its own. Its user must allow to write it.
		l.MergePatch(ctx, `{"spec": {"adoptionPolicy": "IfUnowned"}}`)
		w.ExpectReady(ctx, l.Object)
	}
	before, names := l.Unstructured(ctx).Object["status"], w.HeldNames()
	w.MeshAgent.ResetCalls()
	l.Overwrite(ctx, "status", map[string]any{"observedGeneration": int64(-1)})
	w.ExpectReady(ctx, l.Object)
	after := harness.Timeless(l.Unstructured(ctx).Object["status"])
	if s.HasRemote() && !l.HasOwner() {
		// Only a mark could tell that it was not there before its object.
		delete(after, "adopted")
	}
	Expect(after).To(Equal(harness.Timeless(before)), "it is the same resource, and still our own")
	Expect(w.HeldNames()).To(Equal(names))
	written := 0
	if own, ok := l.Object.(v1alpha1.Object); ok && own.CommonStatus().WrittenSecrets != nil {
		written = 1 // only status tells which version of a Secret was written
	}
	Expect(w.Calls(http.MethodPut, http.MethodDelete)).To(HaveLen(written))
}

func isRestored(ctx context.Context, s harness.Sample) {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
	l := w.ApplySample(ctx, s)
	l.ApplyDependencies(ctx)
	l.Recreate(ctx)
	document, shape := l.Document(), l.Shape()

	changed := l.ChangeRemote()
	Eventually(l.Document).WithContext(ctx).Should(Equal(document))
	Eventually(w.Events(ctx, l.Object)).WithContext(ctx).Should(ContainElement(And(HavePrefix("DriftCorrected: "), HaveSuffix(": "+changed))))

	Expect(w.MeshAgent.Remove(l.Resource.Path, l.Resource.ID)).To(BeTrue())
	Eventually(w.Events(ctx, l.Object)).WithContext(ctx).Should(ContainElement(HavePrefix("Recreated: ")))
	l.FindResource()
	Eventually(l.Shape).WithContext(ctx).Should(Equal(shape)) // a creation may take two writes
	w.ExpectReady(ctx, l.Object)
}

// respectsOwners says whether the sample has a place for a mark of its owner. Where it has none,
// there is nothing to respect.
func respectsOwners(ctx context.Context, s harness.Sample) bool {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
	l := w.ApplySample(ctx, s)
	l.ApplyDependencies(ctx)
	l.Recreate(ctx)
	if !l.HasOwner() {
		return false
	}
	theirs, named := l.Document(), l.CommonStatus().Name != ""
	harness.EachOwnerAnnotation(theirs, func(replace func(string)) { replace("cluster-2/far/away") })
	l.DeleteObject(ctx)
	id := w.MeshAgent.Add(l.Resource.Path, theirs)
	document := func() map[string]any { return l.DocumentOf(l.Resource.Path, id) }
	theirs = document()

	fresh := func() client.Object {
		made := s.Fresh()
		if !named { // it is theirs only if the object says so
			made.(v1alpha1.Object).CommonSpec().AdoptionID = id
		}
		return made
	}
	l.Object = fresh()
	w.CreateAll(ctx, l.Object)
	Eventually(w.State(ctx, l.Object)).WithContext(ctx).Should(And(HavePrefix("Ready=False"),
		ContainSubstring("Stalled=True OwnedElsewhere"), ContainSubstring("cluster-2/far/away")))
	Expect(document()).To(Equal(theirs))
	l.DeleteObject(ctx)
	Expect(document()).To(Equal(theirs))

	By("waiting until the other owner releases it")
	l.Object = fresh()
	w.CreateAll(ctx, l.Object)
	Eventually(w.State(ctx, l.Object)).WithContext(ctx).Should(ContainSubstring("Stalled=True OwnedElsewhere"))
	Expect(w.MeshAgent.Remove(l.Resource.Path, id)).To(BeTrue())
	if !named {
		Eventually(w.State(ctx, l.Object)).WithContext(ctx).Should(ContainSubstring("Synced=False Missing"))
		l.MergePatch(ctx, `{"spec": {"adoptionID": null}}`)
	}
	w.ExpectReady(ctx, l.Object)
	l.FindResource()
	Expect(l.CommonStatus().IsAdopted()).To(BeFalse())
	return true
}
