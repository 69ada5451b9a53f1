// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"net/http"
	"regexp"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// What test/faults shows of all kinds and all troubles in memory, a few show here with a real API server, its watches and its queues.
var _ = Describe("While MeshAgent is in trouble", func() {
	for _, t := range []trouble{
		{"answers 403", simulator.Fault{Status: http.StatusForbidden}, "AccessDenied"},
		{"answers 503", simulator.Fault{Status: http.StatusServiceUnavailable}, "Unavailable"},
		{"loses its answers", simulator.Fault{Drop: simulator.DropAfter}, "Unavailable"},
	} {
		It("and "+t.name+", an object says so, and ends well afterwards", func(ctx SpecContext) {
			together(representatives(), func(s sample) { survives(ctx, s, t) })
		}, SpecTimeout(3*time.Minute))
	}
})

// trouble is what can go wrong with all requests for a collection, and the reason that users are told.
type trouble struct {
	name   string
	fault  simulator.Fault
	reason string
}

// survives lets a sample be created, changed and deleted while there is trouble, which ends each time.
func survives(ctx context.Context, s sample, t trouble) {
	w := newWorld(ctx)
	w.start(operatorOptions{driftInterval: time.Second})
	l := w.begin(ctx, s)
	l.follow(ctx)
	l.again(ctx)
	l.delete(ctx)

	during := func(do func()) {
		GinkgoHelper()
		var struck atomic.Int64
		fault := t.fault
		fault.Path = regexp.QuoteMeta("/"+l.route) + "(/|$)"
		fault.Hook = func(*http.Request) { struck.Add(1) }
		defer w.meshagent.Inject(fault)()
		do()
		Eventually(w.state(ctx, l.obj)).WithContext(ctx).Should(beOutOfSync(t.reason))
		Expect(struck.Load()).NotTo(BeZero(), "nothing was struck")
	}
	during(func() {
		l.obj = s.object()
		w.apply(ctx, l.obj)
	})
	w.eventuallyReady(ctx, l.obj)
	l.learn() // exactly one
	during(func() { l.patch(ctx, s.change()) })
	w.eventuallyReady(ctx, l.obj)
	l.learn()
	during(func() { Expect(w.Delete(ctx, l.obj)).To(Succeed()) })
	w.eventuallyGone(ctx, l.obj)
	Expect(w.names()).To(Equal(l.without))
}
