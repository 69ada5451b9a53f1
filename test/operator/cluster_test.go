// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// isStatusWrite says that a request writes the status of one of our objects.
func isStatusWrite(r *http.Request) bool {
	return r.Method != http.MethodGet && strings.Contains(r.URL.Path, "/meshagent.com/") && strings.HasSuffix(r.URL.Path, "/status")
}

// isFinalizerWrite says that a request writes the object "support" itself.
func isFinalizerWrite(r *http.Request) bool {
	return r.Method != http.MethodGet && strings.HasSuffix(r.URL.Path, "/meshrooms/support")
}

// objectWrites are an operator's writes to our objects, such as "support/status".
type objectWrites struct {
	mu    sync.Mutex
	names []string
}

func (o *objectWrites) witness(_ *operator, r *http.Request, carriedOut bool) {
	if !carriedOut || r.Method == http.MethodGet || !strings.Contains(r.URL.Path, "/apis/meshagent.com/") {
		return
	}
	steps := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/apis/meshagent.com/v1alpha1/namespaces/"), "/", 3) // namespace, kind, name
	o.mu.Lock()
	defer o.mu.Unlock()
	o.names = append(o.names, steps[len(steps)-1])
}

func (o *objectWrites) all() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.names)
}

var _ = Describe("When Kubernetes", func() {
	DescribeTable("does not take what is written, nothing is made twice, and all is written in the end",
		// It strikes in these acts of a room's life; in the others the operator writes nothing of the kind.
		func(ctx SpecContext, code int, reason metav1.StatusReason, matches func(*http.Request) bool, strikes ...string) {
			w := newWorld(ctx)
			var left atomic.Int64
			w.start(operatorOptions{refuse: func(r *http.Request) (int, metav1.StatusReason) {
				if matches(r) && left.Add(-1) >= 0 {
					return code, reason
				}
				return 0, ""
			}})
			w.eventuallyReady(ctx, w.project(ctx))
			const refusals = 3
			mine := room("support")
			survive := func(act string, do func(), ended func(context.Context, ...client.Object)) {
				left.Store(refusals)
				do()
				ended(ctx, mine)
				if slices.Contains(strikes, act) {
					Expect(left.Load()).To(BeNumerically("<", 0), "%s: all were refused, and then one was not", act)
				}
			}
			survive("create", func() { w.apply(ctx, mine) }, w.eventuallyReady)
			survive("update", func() { w.edit(ctx, mine, func() { withMetadata(`{"a": 1}`)(mine) }) }, w.eventuallyReady)
			Expect(w.remoteRoom("support")).To(HaveKeyWithValue("metadata", HaveKey("a")))
			survive("delete", func() { Expect(w.Delete(ctx, mine)).To(Succeed()) }, w.eventuallyGone)
			Expect(w.calls(http.MethodPost)).To(HaveLen(1))
			Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
		},
		Entry("for every status meets a conflict", http.StatusConflict, metav1.StatusReasonConflict, isStatusWrite, "create", "update"),
		Entry("for every status is refused", http.StatusForbidden, metav1.StatusReasonForbidden, isStatusWrite, "create", "update"),
		Entry("for it fails", http.StatusInternalServerError, metav1.StatusReasonInternalError, isStatusWrite, "create", "update"),
		Entry("for every finalizer meets a conflict", http.StatusConflict, metav1.StatusReasonConflict, isFinalizerWrite, "create", "delete"),
	)

	It("takes no status for long, each room is made once and left alone until it does", func(ctx SpecContext) {
		w := newWorld(ctx)
		var refused atomic.Int64
		var refuses atomic.Bool
		w.start(operatorOptions{driftInterval: time.Second, refuse: func(r *http.Request) (int, metav1.StatusReason) {
			if refuses.Load() && isStatusWrite(r) {
				refused.Add(1)
				return http.StatusForbidden, metav1.StatusReasonForbidden
			}
			return 0, ""
		}})
		w.eventuallyReady(ctx, w.project(ctx))
		refuses.Store(true)
		mine := room("support", withMetadata(`{"a": 1}`))
		w.apply(ctx, mine)
		Eventually(refused.Load).WithContext(ctx).Should(BeNumerically(">=", 5))
		Expect(w.written()).To(Equal([]string{"POST rooms"}))
		refuses.Store(false)
		w.eventuallyReady(ctx, mine)
		Expect(mine.Status.IsAdopted()).To(BeFalse())
		Expect(w.written()).To(Equal([]string{"POST rooms"}))
	})

	It("breaks the watches, and answers no list for a while, what users did meanwhile follows and nothing else does", func(ctx SpecContext) {
		w := newWorld(ctx)
		var away atomic.Bool
		var lists, watches atomic.Int64 // of rooms, that were refused
		operator := w.start(operatorOptions{driftInterval: time.Second, refuse: func(r *http.Request) (int, metav1.StatusReason) {
			switch ours := strings.HasSuffix(r.URL.Path, "/meshrooms"); {
			case !away.Load() || r.Method != http.MethodGet:
				return 0, ""
			case isWatch(r) && !r.URL.Query().Has("sendInitialEvents"): // it goes on where it broke off
				if ours {
					watches.Add(1)
				}
				return http.StatusGone, metav1.StatusReasonExpired
			default:
				if ours {
					lists.Add(1)
				}
				return http.StatusInternalServerError, metav1.StatusReasonInternalError
			}
		}})
		project := w.project(ctx)
		rooms := w.manyRooms(ctx, 4)
		w.eventuallyReady(ctx, project)
		changed, deleted := rooms[0].(*v1alpha1.MeshRoom), rooms[1].(*v1alpha1.MeshRoom)
		w.meshagent.ResetCalls()
		operator.writes.Store(0)

		away.Store(true)
		operator.breakWatches()
		w.edit(ctx, changed, func() { withMetadata(`{"team": "care"}`)(changed) })
		Expect(w.Delete(ctx, deleted)).To(Succeed())
		late := room("late")
		w.apply(ctx, late)
		Eventually(watches.Load).WithContext(ctx).Should(BeNumerically(">=", 1))
		Eventually(lists.Load).WithContext(ctx).Should(BeNumerically(">=", 3))
		w.listedTimes(ctx, 2)
		Expect(w.written()).To(BeEmpty(), "drift is looked for meanwhile, and there is none")
		Expect(operator.writes.Load()).To(BeZero())

		away.Store(false)
		w.eventuallyGone(ctx, deleted)
		w.eventuallyReady(ctx, project, changed, late, rooms[2], rooms[3])
		Expect(w.written()).To(ConsistOf("PUT rooms/"+changed.Status.ID, "DELETE rooms/"+deleted.Status.ID, "POST rooms"))
		w.listedTimes(ctx, 2)
		Expect(w.written()).To(BeEmpty())
		Expect(operator.writes.Load()).To(BeNumerically("==", 4), "a status, two finalizers, and the status of the new room")
	})

	It("loses the finalizer by somebody's hand, it is set again", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		mine := room("support")
		w.apply(ctx, mine)
		w.eventuallyReady(ctx, mine)
		Expect(w.Patch(ctx, mine, client.RawPatch(types.MergePatchType, []byte(`{"metadata": {"finalizers": null}}`)))).To(Succeed())
		Eventually(func() ([]string, error) {
			err := w.Get(ctx, client.ObjectKeyFromObject(mine), mine)
			return mine.Finalizers, err
		}).WithContext(ctx).Should(ContainElement(v1alpha1.Finalizer))
		Expect(w.written()).To(HaveLen(1))
	})

	It("gets an object of the same name back while the old one is being deleted, each has its own resource", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		old := room("support", withMetadata(`{"a": 1}`))
		w.apply(ctx, old)
		w.eventuallyReady(ctx, old)
		id := old.Status.ID
		end := w.meshagent.Inject(simulator.Fault{Method: http.MethodDelete, Status: 503})
		Expect(w.Delete(ctx, old)).To(Succeed())
		Eventually(w.state(ctx, old)).WithContext(ctx).Should(ContainSubstring("Ready=False Deleting"))
		again := room("support", withMetadata(`{"b": 2}`))
		again.Namespace = w.namespace
		Expect(apierrors.IsAlreadyExists(w.Create(ctx, again))).To(BeTrue())

		By("removing the finalizer by hand, so that the old one goes at once and its room stays")
		Expect(w.Patch(ctx, old, client.RawPatch(types.MergePatchType, []byte(`{"metadata": {"finalizers": null}}`)))).To(Succeed())
		w.eventuallyGone(ctx, old)
		end()
		w.apply(ctx, again)
		w.eventuallyReady(ctx, again)
		Expect(again.Status.ID).To(Equal(id), "it bears the mark of this name")
		Expect(again.Status.IsAdopted()).To(BeFalse())
		Expect(w.Delete(ctx, again)).To(Succeed())
		w.eventuallyGone(ctx, again)
		Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
	})

	It("has two operators, one waits, takes over when the other is killed at work, and repeats nothing", func(ctx SpecContext) {
		w := newWorld(ctx)
		var deadly atomic.Bool
		first := w.start(operatorOptions{leaderElect: true, witness: func(o *operator, r *http.Request, carriedOut bool) {
			if carriedOut && deadly.Load() && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/rooms") {
				o.kill()
			}
		}})
		w.project(ctx)
		rooms := w.manyRooms(ctx, 5)
		writes := &objectWrites{}
		w.start(operatorOptions{leaderElect: true, witness: writes.witness})
		w.meshagent.ResetCalls()
		deadly.Store(true)
		late := room("late")
		w.apply(ctx, late)
		Eventually(first.dead.Load).WithContext(ctx).Should(BeTrue())
		w.eventuallyReady(ctx, late)
		Expect(late.Status.IsAdopted()).To(BeFalse())
		want := []string{"late/status"}
		for _, obj := range rooms {
			w.look(ctx, obj)
			want = append(want, obj.GetName()+"/status") // the receipt
		}
		Expect(w.written()).To(Equal([]string{"POST rooms"}))
		Expect(writes.all()).To(ConsistOf(want))
	})

	It("is two clusters that declare one room, the first keeps it", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{ownerID: "cluster-1"})
		w.project(ctx)
		mine := room("support", withMetadata(`{"team": "mine"}`))
		w.apply(ctx, mine)
		w.eventuallyReady(ctx, mine)

		other := newWorld(ctx)
		other.meshagent = w.meshagent
		other.start(operatorOptions{ownerID: "cluster-2", driftInterval: time.Second})
		other.project(ctx)
		theirs := room("support", withMetadata(`{"team": "theirs"}`))
		other.apply(ctx, theirs)
		Eventually(other.state(ctx, theirs)).WithContext(ctx).Should(ContainSubstring("Stalled=True OwnedElsewhere"))
		Expect(other.Delete(ctx, theirs)).To(Succeed())
		other.eventuallyGone(ctx, theirs)
		Expect(w.remoteRoom("support")).To(HaveKeyWithValue("metadata", HaveKeyWithValue("team", "mine")))
	})
})
