// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// Every sample is walked through its whole life, all of them at the same time. Nothing here knows a kind: see sample for what little must
// be told. With -sample only some are walked, as in go test ./test/operator -ginkgo.focus 'Each sample' -sample MeshRoom.
var _ = Describe("Each sample", func() {
	It("begins with waiting, costs nothing while nothing happens, and ends clean although all it needs ends first", func(ctx SpecContext) {
		together(samples(), func(s sample) { waitsAndEnds(ctx, s) })
	})
	It("follows its spec, there and back", func(ctx SpecContext) {
		together(samples(), func(s sample) { followsItsSpec(ctx, s) })
	})
	It("goes on when its status is lost", func(ctx SpecContext) {
		together(samples(), func(s sample) { outlivesItsStatus(ctx, s) })
	})
	It("is restored when somebody changes or deletes it in MeshAgent", func(ctx SpecContext) {
		together(mirrors(), func(s sample) { isRestored(ctx, s) })
	})
	It("does not touch what somebody else manages", func(ctx SpecContext) {
		together(mirrors(), func(s sample) { respectsOwners(ctx, s) })
	})
})

func waitsAndEnds(ctx context.Context, s sample) {
	w := newWorld(ctx)
	operator := w.start(operatorOptions{driftInterval: time.Second})
	l := w.begin(ctx, s)

	By("waiting, and saying for what")
	Eventually(w.state(ctx, l.obj)).WithContext(ctx).Should(And(HavePrefix("Ready=False"), ContainSubstring("Synced=False"),
		ContainSubstring("Reconciling=True"), MatchRegexp(missing.String())))
	Expect(w.calls()).To(BeEmpty(), "there is nothing to ask MeshAgent yet")
	l.follow(ctx)
	l.again(ctx)

	By("having nothing to do when asked to look")
	w.meshagent.ResetCalls()
	operator.writes.Store(0)
	l.look(ctx, l.obj)
	Expect(conditions(l.obj)).To(beReady())
	Expect(w.written()).To(BeEmpty())
	Expect(operator.writes.Load()).To(BeNumerically("==", 1), "the receipt")

	By("having nothing to do at each interval")
	w.meshagent.ResetCalls()
	operator.writes.Store(0)
	Eventually(func() int { return len(w.looks(l.route)) }).WithContext(ctx).Should(BeNumerically(">=", 2))
	Expect(w.written()).To(BeEmpty())
	Expect(operator.writes.Load()).To(BeZero())

	By("deleting all it needs first, the project before all")
	for _, need := range l.needs {
		Expect(w.Delete(ctx, need)).To(Succeed())
	}
	for _, need := range l.needs {
		if _, isProject := need.(*v1alpha1.MeshProject); !isProject {
			w.eventuallyGone(ctx, need)
		}
	}
	l.delete(ctx)
	for _, need := range l.needs {
		w.eventuallyGone(ctx, need)
	}
	Expect(w.names()).To(Equal(l.nothing))
}

// looks lists the reads of a collection, or of the project if there is none.
func (w *world) looks(route string) []string {
	prefix := "GET " + route
	if route == "" {
		prefix = "GET /accounts/projects/"
	}
	return slices.DeleteFunc(w.calls(http.MethodGet), func(call string) bool { return !strings.HasPrefix(call, prefix) })
}

func followsItsSpec(ctx context.Context, s sample) {
	w := newWorld(ctx)
	w.start(operatorOptions{})
	l := w.begin(ctx, s)
	l.follow(ctx)
	l.again(ctx)
	spec, document := l.raw(ctx).Object["spec"], l.document()
	w.meshagent.ResetCalls()

	l.patch(ctx, s.change())
	w.eventuallyReady(ctx, l.obj)
	if s.mirrors() {
		Expect(w.written()).To(HaveLen(1), "one change, one write")
		Expect(l.document()).NotTo(Equal(document))
	}
	By("undoing it: what was added goes, what was removed comes back")
	l.overwrite(ctx, "spec", spec)
	w.eventuallyReady(ctx, l.obj)
	Expect(l.document()).To(Equal(document))
}

func outlivesItsStatus(ctx context.Context, s sample) {
	w := newWorld(ctx)
	w.start(operatorOptions{driftInterval: time.Second})
	l := w.begin(ctx, s)
	l.follow(ctx)
	l.again(ctx)
	before, names := l.raw(ctx).Object["status"], w.names()
	w.meshagent.ResetCalls()
	l.overwrite(ctx, "status", map[string]any{"observedGeneration": int64(-1)})
	w.eventuallyReady(ctx, l.obj)
	after := timeless(l.raw(ctx).Object["status"])
	if s.mirrors() && !l.marked() {
		// Only a mark could tell that it was not there before its object.
		delete(after, "adopted")
	}
	Expect(after).To(Equal(timeless(before)), "it is the same resource, and still our own")
	Expect(w.names()).To(Equal(names))
	Expect(w.calls(http.MethodPut, http.MethodDelete)).To(BeEmpty())
}

// timeless is a status without the times of its conditions.
func timeless(status any) map[string]any {
	m, _ := status.(map[string]any)
	m = maps.Clone(m)
	all, _ := m["conditions"].([]any)
	var conditions []any
	for _, one := range all {
		c, _ := one.(map[string]any)
		c = maps.Clone(c)
		delete(c, "lastTransitionTime")
		conditions = append(conditions, c)
	}
	m["conditions"] = conditions
	return m
}

func isRestored(ctx context.Context, s sample) {
	w := newWorld(ctx)
	w.start(operatorOptions{driftInterval: time.Second})
	l := w.begin(ctx, s)
	l.follow(ctx)
	l.again(ctx)
	document := l.document()

	changed := l.disturb()
	Eventually(l.document).WithContext(ctx).Should(Equal(document))
	Eventually(w.events(ctx, l.obj)).WithContext(ctx).Should(ContainElement(And(HavePrefix("DriftCorrected: "), HaveSuffix(": "+changed))))

	Expect(w.meshagent.Remove(l.resource.Path, l.resource.ID)).To(BeTrue())
	Eventually(w.events(ctx, l.obj)).WithContext(ctx).Should(ContainElement(HavePrefix("Recreated: ")))
	l.learn()
	restored := l.document()
	for _, theirs := range []string{"id", "created_at"} {
		if document[theirs] != nil {
			document[theirs] = restored[theirs]
		}
	}
	Expect(restored).To(Equal(document))
	w.eventuallyReady(ctx, l.obj)
}

func respectsOwners(ctx context.Context, s sample) {
	w := newWorld(ctx)
	w.start(operatorOptions{driftInterval: time.Second})
	l := w.begin(ctx, s)
	l.follow(ctx)
	l.again(ctx)
	if !l.marked() {
		By("having no place for a mark, which leaves nothing to respect")
		return
	}
	theirs := l.document()
	eachMark(theirs, func(holder map[string]any, name string) { holder[name] = "cluster-2/far/away" })
	l.delete(ctx)
	id := w.meshagent.Add(l.resource.Path, theirs)
	document := func() map[string]any { return l.documentOf(l.resource.Path, id) }
	theirs = document()

	l.obj = s.object()
	w.apply(ctx, l.obj)
	Eventually(w.state(ctx, l.obj)).WithContext(ctx).Should(And(HavePrefix("Ready=False"),
		ContainSubstring("Stalled=True OwnedElsewhere"), ContainSubstring("cluster-2/far/away")))
	Expect(document()).To(Equal(theirs))
	l.delete(ctx)
	Expect(document()).To(Equal(theirs))

	By("waiting until the other lets it go")
	l.obj = s.object()
	w.apply(ctx, l.obj)
	Eventually(w.state(ctx, l.obj)).WithContext(ctx).Should(ContainSubstring("Stalled=True OwnedElsewhere"))
	Expect(w.meshagent.Remove(l.resource.Path, id)).To(BeTrue())
	w.eventuallyReady(ctx, l.obj)
	l.learn()
	Expect(l.common().IsAdopted()).To(BeFalse())
}
