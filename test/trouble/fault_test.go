// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// What test/faults shows of all kinds and all troubles in memory, a few show here with a real API
// server, its watches and its queues.
var _ = Describe("While MeshAgent is in trouble", func() {
	for _, t := range []trouble{
		{"answers 403", simulator.Fault{Status: http.StatusForbidden}, "Forbidden"},
		{"answers 503", simulator.Fault{Status: http.StatusServiceUnavailable}, "Unavailable"},
		{"loses its answers", simulator.Fault{Drop: simulator.DropAfter}, "Unavailable"},
	} {
		It("and "+t.name+", an object says so, and ends well afterwards", func(ctx SpecContext) {
			harness.InParallel(representatives(), func(s harness.Sample) { survives(ctx, s, t) })
		}, SpecTimeout(10*time.Minute))
	}
})

// trouble is what can go wrong with all requests for a collection, and the reason that users are
// told.
type trouble struct {
	name   string
	fault  simulator.Fault
	reason string
}

// survives lets a sample be created, changed and deleted while there is trouble, which ends each
// time.
func survives(ctx context.Context, s harness.Sample, t trouble) {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{DriftInterval: time.Second})
	l := w.ApplySample(ctx, s)
	l.ApplyDependencies(ctx)
	l.Recreate(ctx)
	l.DeleteObject(ctx)

	during := func(do func()) {
		GinkgoHelper()
		var struck atomic.Int64
		fault := t.fault
		fault.Path = l.About.Paths()
		fault.Hook = func(*http.Request) { struck.Add(1) }
		defer w.MeshAgent.Inject(fault)()
		do()
		Eventually(w.State(ctx, l.Object)).WithContext(ctx).Should(harness.BeOutOfSync(t.reason))
		Expect(struck.Load()).NotTo(BeZero(), "nothing was struck")
	}
	during(func() {
		l.Object = s.Fresh()
		w.CreateAll(ctx, l.Object)
	})
	w.ExpectReady(ctx, l.Object)
	l.FindResource() // exactly one
	during(func() { l.MergePatch(ctx, s.EditPatch()) })
	w.ExpectReady(ctx, l.Object)
	l.FindResource()
	during(func() { Expect(w.Delete(ctx, l.Object)).To(Succeed()) })
	w.ExpectGone(ctx, l.Object)
	Expect(w.HeldNames()).To(Equal(l.HeldWithout))
}
