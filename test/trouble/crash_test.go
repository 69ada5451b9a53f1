// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// What test/faults shows of all kinds in memory, a few show here with a real API server, its
// watches and its cache: one kind whose resources have an ownership annotation, and one whose resources do not.
var _ = Describe("An operator that is killed", func() {
	for _, a := range acts {
		It("at any moment of the "+a.name+" ends up where an undisturbed one does", func(ctx SpecContext) {
			harness.InParallel(representatives(), func(s harness.Sample) { isInterrupted(ctx, s, a) })
		}, SpecTimeout(10*time.Minute))
	}
})

// representatives are a room and a secret of the project.
func representatives() []harness.Sample {
	return slices.DeleteFunc(harness.RemoteSamples(), func(s harness.Sample) bool { return s.Kind != "MeshRoom" && s.String() != "MeshSecret openai" })
}

// act is something that users do to an object, while the operator does not run. Then it runs and is
// killed at some moment; then it runs again.
type act struct {
	name   string
	exists bool // the object, before
	do     func(context.Context, *interrupted)
}

// interrupted is a sample whose operator is killed.
type interrupted struct {
	*harness.Fixture
	operator *harness.Operator // the one that runs
}

var acts = []act{
	{name: "creation", do: applied},
	{name: "change", exists: true, do: changed},
	{name: "deletion", exists: true, do: deleted},
}

func applied(ctx context.Context, l *interrupted) {
	l.Object = l.Sample.Fresh()
	l.CreateAll(ctx, l.Object)
}

func changed(ctx context.Context, l *interrupted) { l.MergePatch(ctx, l.Sample.EditPatch()) }

func deleted(ctx context.Context, l *interrupted) {
	GinkgoHelper()
	Expect(client.IgnoreNotFound(l.Delete(ctx, l.Object))).To(Succeed())
}

// isInterrupted lets an act happen undisturbed, which shows of what moments it consists, and then
// again and again, with the operator killed at one moment after the other.
func isInterrupted(ctx context.Context, s harness.Sample, a act) {
	w := harness.NewEnv(ctx)
	l := &interrupted{Fixture: w.ApplySample(ctx, s)}
	l.operator = w.StartOperator(harness.OperatorOptions{})
	l.ApplyDependencies(ctx)
	l.Recreate(ctx)
	l.DeleteObject(ctx)

	var mu sync.Mutex
	var moments []string
	undisturbed := a.enact(ctx, l, func(_ *harness.Operator, r *http.Request, carriedOut bool) {
		mu.Lock()
		defer mu.Unlock()
		if isMoment(s, r) {
			moments = append(moments, fmt.Sprintf("%s %s, carried out: %t", r.Method, r.URL.Path, carriedOut))
		}
	}, true)
	Expect(moments).NotTo(BeEmpty())
	for i, moment := range moments {
		Expect(a.enact(ctx, l, killAt(s, i), false)).To(Equal(undisturbed), "%s of %s: killed at moment %d of %d: %s", a.name, s, i, len(moments), moment)
	}
}

// enact lets an act happen under the eyes of a witness, tells what is there in the end, and then
// clears up.
func (a act) enact(ctx context.Context, l *interrupted, witness func(*harness.Operator, *http.Request, bool), lives bool) string {
	GinkgoHelper()
	if a.exists {
		applied(ctx, l)
		l.ExpectReady(ctx, l.Object)
	}
	l.operator.Stop()

	a.do(ctx, l)
	watched := l.StartOperator(harness.OperatorOptions{Observe: witness})
	Eventually(func() (bool, error) {
		settled, err := settled(ctx, l)
		return settled && lives || watched.Dead.Load(), err
	}).WithContext(ctx).Should(BeTrue())
	watched.Stop()
	l.operator = l.StartOperator(harness.OperatorOptions{})
	Eventually(func() (bool, error) { return settled(ctx, l) }).WithContext(ctx).Should(BeTrue())
	if l.Exists(ctx) {
		l.MeshAgent.ResetCalls()
		l.RequestReconcile(ctx, l.Object)
		Expect(harness.ConditionsOf(l.Object)).To(harness.BeReady())
		Expect(l.Writes()).To(BeEmpty(), "it was Ready")
	}
	end := map[string]any{"status": lastStatus(ctx, l), "held": remains(l, l.HeldAtFirst)}

	deleted(ctx, l)
	l.ExpectGone(ctx, l.Object)
	end["left"] = remains(l, l.HeldWithout)
	for _, one := range l.Held() {
		if !slices.Contains(l.HeldWithout, one.Path+"/"+one.ID) {
			l.MeshAgent.Remove(one.Path, one.ID)
		}
	}
	text, err := json.MarshalIndent(end, "", " ")
	Expect(err).NotTo(HaveOccurred())
	return l.Anonymize(string(text))
}

// settled says that an object is Ready, or gone if it is to go.
func settled(ctx context.Context, l *interrupted) (bool, error) {
	text, err := l.State(ctx, l.Object)()
	if err != nil {
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	}
	ready, err := harness.BeReady().Match(text)
	return ready && l.Object.GetDeletionTimestamp().IsZero(), err
}

// lastStatus is the status of the object, if there is one, but for what differs each time.
func lastStatus(ctx context.Context, l *interrupted) map[string]any {
	GinkgoHelper()
	if !l.Exists(ctx) {
		return nil
	}
	status := harness.Timeless(l.Unstructured(ctx).Object["status"])
	delete(status, "lastHandledReconcileAt")
	return status
}

// remains is what MeshAgent holds besides what was there before.
func remains(l *interrupted, before []string) []harness.Record {
	GinkgoHelper()
	return slices.DeleteFunc(l.Held(), func(one harness.Record) bool { return slices.Contains(before, one.Path+"/"+one.ID) })
}

// isMoment says that here the operator may die with another outcome than at the moment before: a
// request to MeshAgent for the sample's resource, or a write to its object.
func isMoment(s harness.Sample, r *http.Request) bool {
	_, inProject, inMeshAgent := strings.Cut(r.URL.Path, "/accounts/projects/")
	if inMeshAgent {
		return strings.Contains(inProject, "/") // others are the MeshProject's own
	}
	return r.Method != http.MethodGet && s.Concerns(r)
}

// killAt makes a witness that kills the operator at the n-th moment.
func killAt(s harness.Sample, n int) func(*harness.Operator, *http.Request, bool) {
	var left atomic.Int64
	left.Store(int64(n))
	return func(o *harness.Operator, r *http.Request, _ bool) {
		if isMoment(s, r) && left.Add(-1) == -1 {
			o.Kill()
		}
	}
}
