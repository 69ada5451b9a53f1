// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

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
)

// What test/faults shows of all kinds in memory, a few show here with a real API server, its watches and its cache: one kind whose resources
// bear a mark, and one whose resources do not.
var _ = Describe("An operator that is killed", func() {
	for _, a := range acts {
		It("at any moment of the "+a.name+" ends up where an undisturbed one does", func(ctx SpecContext) {
			together(representatives(), func(s sample) { isInterrupted(ctx, s, a) })
		}, SpecTimeout(5*time.Minute))
	}
})

// representatives are a room and a secret of the project.
func representatives() []sample {
	return slices.DeleteFunc(mirrors(), func(s sample) bool { return s.kind != "MeshRoom" && s.String() != "MeshSecret openai" })
}

// act is something that users do to an object, while the operator does not run. Then it runs and is killed at some moment; then it runs again.
type act struct {
	name   string
	exists bool // the object, before
	do     func(context.Context, *life)
}

var acts = []act{
	{name: "creation", do: applied},
	{name: "change", exists: true, do: changed},
	{name: "deletion", exists: true, do: deleted},
}

func applied(ctx context.Context, l *life) {
	l.obj = l.sample.object()
	l.apply(ctx, l.obj)
}

func changed(ctx context.Context, l *life) { l.patch(ctx, l.sample.change()) }

func deleted(ctx context.Context, l *life) {
	GinkgoHelper()
	Expect(client.IgnoreNotFound(l.Delete(ctx, l.obj))).To(Succeed())
}

// isInterrupted lets an act happen undisturbed, which shows of what moments it consists, and then again and again, with the operator killed
// at one moment after the other.
func isInterrupted(ctx context.Context, s sample, a act) {
	w := newWorld(ctx)
	l := w.begin(ctx, s)
	l.operator = w.start(operatorOptions{})
	l.follow(ctx)
	l.again(ctx)
	l.delete(ctx)

	var mu sync.Mutex
	var moments []string
	undisturbed := a.enact(ctx, l, func(_ *operator, r *http.Request, carriedOut bool) {
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

// enact lets an act happen under the eyes of a witness, tells what is there in the end, and then clears up.
func (a act) enact(ctx context.Context, l *life, witness func(*operator, *http.Request, bool), lives bool) string {
	GinkgoHelper()
	if a.exists {
		applied(ctx, l)
		l.eventuallyReady(ctx, l.obj)
	}
	l.operator.stop()

	a.do(ctx, l)
	watched := l.start(operatorOptions{witness: witness})
	Eventually(func() (bool, error) {
		settled, err := l.settled(ctx)
		return settled && lives || watched.dead.Load(), err
	}).WithContext(ctx).Should(BeTrue())
	watched.stop()
	l.operator = l.start(operatorOptions{})
	Eventually(func() (bool, error) { return l.settled(ctx) }).WithContext(ctx).Should(BeTrue())
	if l.exists(ctx) {
		l.meshagent.ResetCalls()
		l.look(ctx, l.obj)
		Expect(conditions(l.obj)).To(beReady())
		Expect(l.written()).To(BeEmpty(), "it was Ready")
	}
	end := map[string]any{"status": l.lastStatus(ctx), "held": l.remains(l.nothing)}

	deleted(ctx, l)
	l.eventuallyGone(ctx, l.obj)
	end["left"] = l.remains(l.without)
	for _, one := range l.held() {
		if !slices.Contains(l.without, one.Path+"/"+one.ID) {
			l.meshagent.Remove(one.Path, one.ID)
		}
	}
	text, err := json.MarshalIndent(end, "", " ")
	Expect(err).NotTo(HaveOccurred())
	return l.anonymous(string(text))
}

// settled says that an object is Ready, or gone if it is to go.
func (l *life) settled(ctx context.Context) (bool, error) {
	text, err := l.state(ctx, l.obj)()
	if err != nil {
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	}
	ready, err := beReady().Match(text)
	return ready && l.obj.GetDeletionTimestamp().IsZero(), err
}

// lastStatus is the status of the object, if there is one, but for what differs each time.
func (l *life) lastStatus(ctx context.Context) map[string]any {
	GinkgoHelper()
	if !l.exists(ctx) {
		return nil
	}
	status := timeless(l.raw(ctx).Object["status"])
	delete(status, "lastHandledReconcileAt")
	return status
}

// remains is what MeshAgent holds besides what was there before.
func (l *life) remains(before []string) []record {
	GinkgoHelper()
	return slices.DeleteFunc(l.held(), func(one record) bool { return slices.Contains(before, one.Path+"/"+one.ID) })
}

// isMoment says that here the operator may die with another outcome than at the moment before: a request to MeshAgent for the sample's
// resource, or a write to its object.
func isMoment(s sample, r *http.Request) bool {
	_, inProject, inMeshAgent := strings.Cut(r.URL.Path, "/accounts/projects/")
	if inMeshAgent {
		return strings.Contains(inProject, "/") // others are the MeshProject's own
	}
	return r.Method != http.MethodGet && s.concerns(r)
}

// killAt makes a witness that kills the operator at the n-th moment.
func killAt(s sample, n int) func(*operator, *http.Request, bool) {
	var left atomic.Int64
	left.Store(int64(n))
	return func(o *operator, r *http.Request, _ bool) {
		if isMoment(s, r) && left.Add(-1) == -1 {
			o.kill()
		}
	}
}
