// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// ordeal is a sample in a world of its own, with a part of the troubles that it is to survive.
type ordeal struct {
	harness.Sample
	hits     strike
	troubles []trouble

	*harness.Fixture
	changed string       // the resource, after the change
	struck  atomic.Int64 // requests to MeshAgent
	written atomic.Int64 // requests to the API server that change the object
}

// ordeals are all troubles for all samples. Most of their time is waiting, which they can do together.
func ordeals() (all []*ordeal) {
	const most = 8
	for _, hits := range strikes {
		for some := range slices.Chunk(troubles, most) {
			for _, s := range harness.RemoteSamples() {
				all = append(all, &ordeal{Sample: s, hits: hits, troubles: some})
			}
		}
	}
	return all
}

// run has every act of a sample's life fail in several ways, one after the other.
func (o *ordeal) run(ctx context.Context) {
	w := harness.NewEnv(ctx)
	defer w.StartOperator(harness.OperatorOptions{DriftInterval: time.Second, Observe: func(_ *harness.Operator, r *http.Request, carriedOut bool) {
		if r.Method != http.MethodGet && !carriedOut && o.Concerns(r) {
			o.written.Add(1)
		}
	}}).Stop()
	o.Fixture = w.ApplySample(ctx, o.Sample)
	o.ApplyDependencies(ctx)
	o.Recreate(ctx)
	o.MergePatch(ctx, o.EditPatch())
	o.ExpectReady(ctx, o.Object)
	o.changed = o.Shape()
	o.DeleteObject(ctx)
	for _, t := range o.troubles {
		matrix.note(t, o.hits, o.Sample, o.survives(ctx, t))
	}
}

// survives lets a sample be created, changed and deleted while there is trouble, and the trouble end each time. It tells how the object
// was doing meanwhile.
func (o *ordeal) survives(ctx context.Context, t trouble) []string {
	at := fmt.Sprintf("%s: %s, to %s", o.Sample, t.name, o.hits)
	creating := o.during(ctx, t, http.MethodPost, at, func() {
		o.Object = o.Fresh()
		o.CreateAll(ctx, o.Object)
	})
	o.eventually(ctx).Should(harness.BeReady(), at)
	if t.credible && creating == ready {
		o.RequestReconcile(ctx, o.Object) // it was lied to
	}
	o.FindResource() // exactly one
	Expect(o.CommonStatus().IsAdopted()).To(BeFalse(), at)

	changing := o.during(ctx, t, http.MethodPut, at, func() { o.MergePatch(ctx, o.EditPatch()) })
	o.eventually(ctx).Should(harness.BeReady(), at)
	o.FindResource()
	Expect(o.Shape()).To(Equal(o.changed), at)

	deleting := o.during(ctx, t, http.MethodDelete, at, func() { Expect(o.Delete(ctx, o.Object)).To(Succeed()) })
	o.eventuallyGone(ctx, at)
	Expect(o.HeldNames()).To(Equal(o.HeldWithout), at)
	return []string{creating, changing, deleting}
}

// during does something for which requests of a method are necessary while there is trouble, and tells what the object came to.
func (o *ordeal) during(ctx context.Context, t trouble, method, at string, do func()) (outcome string) {
	GinkgoHelper()
	at += ": " + method
	reason := t.reasonFor(o.hits, method)
	if reason == "" {
		do()
		return none
	}
	o.struck.Store(0)
	fault := t.fault
	fault.Path = regexp.QuoteMeta("/"+o.Route) + "(/|$)"
	fault.Hook = func(*http.Request) {
		o.struck.Add(1)
		if t.quicker {
			o.MeshAgent.Remove(o.Resource.Path, o.Resource.ID)
		}
	}
	if o.hits == writes {
		fault.Method = method
	}
	if reason == copes {
		fault.Times = 1
	}
	defer o.MeshAgent.Inject(fault)()
	do()
	switch {
	case reason == copes && method == http.MethodDelete:
		o.eventuallyGone(ctx, at)
		outcome = gone
	case reason == copes:
		o.eventually(ctx).Should(harness.BeReady(), at)
		outcome = ready
	case t.credible && o.hits == writes:
		o.eventually(ctx).Should(Or(harness.BeReady(), harness.BeOutOfSync(reason)), at)
		outcome = inWords(o.Object, method)
	default:
		o.eventually(ctx).Should(harness.BeOutOfSync(reason), at)
		outcome = inWords(o.Object, method)
		if fault.Method == http.MethodPut {
			o.keepsStill(ctx, at)
		}
	}
	Expect(o.struck.Load()).NotTo(BeZero(), "%s: nothing was struck", at)
	return outcome
}

// eventually asks for the state of the object less often than usual: so many at once would keep the API server from all else.
func (o *ordeal) eventually(ctx context.Context) AsyncAssertion {
	return Eventually(o.State(ctx, o.Object)).WithContext(ctx).WithPolling(seldom)
}

func (o *ordeal) eventuallyGone(ctx context.Context, at string) {
	GinkgoHelper()
	Eventually(o.Exists).WithContext(ctx).WithPolling(seldom).Should(BeFalse(), at)
}

const seldom = time.Second / 5

// keepsStill sees to it that while a request goes on to fail, that is not written down again and again, be it in other words.
func (o *ordeal) keepsStill(ctx context.Context, at string) {
	GinkgoHelper()
	struck, written := o.struck.Load(), o.written.Load()
	Eventually(o.struck.Load).WithContext(ctx).Should(BeNumerically(">=", struck+3), at)
	Expect(o.written.Load()).To(Equal(written), "%s:\n%s", at, harness.ConditionsOf(o.Object))
}

// What an object can come to while there is trouble, besides a reason.
const (
	none  = "–" // the trouble cannot happen to it
	ready = "Ready"
	gone  = "gone"
)

var syncedReason = regexp.MustCompile(`Synced=False (\w+)`)

// inWords tells how an object is doing, in the words of docs/faults.md.
func inWords(obj client.Object, method string) string {
	text := harness.ConditionsOf(obj)
	synced := syncedReason.FindStringSubmatch(text)
	switch {
	case synced == nil:
		return ready
	case strings.Contains(text, "Stalled=True"):
		return synced[1] + " (Stalled)"
	case method == http.MethodPut && strings.HasPrefix(text, "Ready=False"):
		return synced[1] + " (not Ready)"
	}
	return synced[1]
}
