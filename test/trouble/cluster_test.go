// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
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

func (o *objectWrites) witness(_ *harness.Operator, r *http.Request, carriedOut bool) {
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
	harness.DescribeRows("does not take what is written, nothing is made twice, and all is written in the end",
		// It strikes in these acts of a room's life; in the others the operator writes nothing of
		// the kind.
		func(ctx SpecContext, code int, reason metav1.StatusReason, matches func(*http.Request) bool, strikes ...string) {
			w := harness.NewEnv(ctx)
			var left atomic.Int64
			w.StartOperator(harness.OperatorOptions{Refuse: func(r *http.Request) (int, metav1.StatusReason) {
				if matches(r) && left.Add(-1) >= 0 {
					return code, reason
				}
				return 0, ""
			}})
			w.ExpectReady(ctx, w.ApplyProject(ctx))
			const refusals = 3
			mine := harness.Room("support")
			survive := func(act string, do func(), ended func(context.Context, ...client.Object)) {
				left.Store(refusals)
				do()
				ended(ctx, mine)
				if slices.Contains(strikes, act) {
					Expect(left.Load()).To(BeNumerically("<", 0), "%s: all were refused, and then one was not", act)
				}
			}
			survive("create", func() { w.CreateAll(ctx, mine) }, w.ExpectReady)
			survive("update", func() { w.Edit(ctx, mine, func() { harness.WithMetadata(`{"a": 1}`)(mine) }) }, w.ExpectReady)
			Expect(w.RemoteRoom("support")).To(HaveKeyWithValue("metadata", HaveKey("a")))
			survive("delete", func() { Expect(w.Delete(ctx, mine)).To(Succeed()) }, w.ExpectGone)
			Expect(w.Calls(http.MethodPost)).To(HaveLen(1))
			Expect(w.MeshAgent.Documents("rooms")).To(BeEmpty())
		},
		harness.Row("for every status meets a conflict", http.StatusConflict, metav1.StatusReasonConflict, isStatusWrite, "create", "update"),
		harness.Row("for every status is refused", http.StatusForbidden, metav1.StatusReasonForbidden, isStatusWrite, "create", "update"),
		harness.Row("for it fails", http.StatusInternalServerError, metav1.StatusReasonInternalError, isStatusWrite, "create", "update"),
		harness.Row("for every finalizer meets a conflict", http.StatusConflict, metav1.StatusReasonConflict, isFinalizerWrite, "create", "delete"),
	)

	It("takes no status for long, each room is made once and left alone until it does", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		var refused atomic.Int64
		var refuses atomic.Bool
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval, Refuse: func(r *http.Request) (int, metav1.StatusReason) {
			if refuses.Load() && isStatusWrite(r) {
				refused.Add(1)
				return http.StatusForbidden, metav1.StatusReasonForbidden
			}
			return 0, ""
		}})
		w.ExpectReady(ctx, w.ApplyProject(ctx))
		refuses.Store(true)
		mine := harness.Room("support", harness.WithMetadata(`{"a": 1}`))
		w.CreateAll(ctx, mine)
		Eventually(refused.Load).WithContext(ctx).Should(BeNumerically(">=", 3))
		Expect(w.Writes()).To(Equal([]string{"POST rooms"}))
		refuses.Store(false)
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.IsAdopted()).To(BeFalse())
		Expect(w.Writes()).To(Equal([]string{"POST rooms"}))
	})

	It("breaks the watches, and answers no list for a while, what users did meanwhile follows and nothing else does", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		var away atomic.Bool
		var lists, watches atomic.Int64 // of rooms, that were refused
		operator := w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval, Refuse: func(r *http.Request) (int, metav1.StatusReason) {
			switch ours := strings.HasSuffix(r.URL.Path, "/meshrooms"); {
			case !away.Load() || r.Method != http.MethodGet:
				return 0, ""
			case harness.IsWatch(r) && !r.URL.Query().Has("sendInitialEvents"): // it continues where it broke off
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
		project := w.ApplyProject(ctx)
		rooms := w.ApplyRooms(ctx, 4)
		w.ExpectReady(ctx, project)
		changed, deleted := rooms[0].(*v1alpha1.MeshRoom), rooms[1].(*v1alpha1.MeshRoom)
		w.MeshAgent.ResetCalls()
		operator.Writes.Store(0)

		away.Store(true)
		operator.BreakWatches()
		w.Edit(ctx, changed, func() { harness.WithMetadata(`{"team": "care"}`)(changed) })
		Expect(w.Delete(ctx, deleted)).To(Succeed())
		late := harness.Room("late")
		w.CreateAll(ctx, late)
		Eventually(watches.Load).WithContext(ctx).Should(BeNumerically(">=", 1))
		Eventually(lists.Load).WithContext(ctx).Should(BeNumerically(">=", 2))
		w.ExpectLists(ctx, 2)
		Expect(w.Writes()).To(BeEmpty(), "drift is looked for meanwhile, and there is none")
		Expect(operator.Writes.Load()).To(BeZero())

		away.Store(false)
		w.ExpectGone(ctx, deleted)
		w.ExpectReady(ctx, project, changed, late, rooms[2], rooms[3])
		Expect(w.Writes()).To(ConsistOf("PUT rooms/"+changed.Status.ID, "DELETE rooms/"+deleted.Status.ID, "POST rooms"))
		w.ExpectLists(ctx, 2)
		Expect(w.Writes()).To(BeEmpty())
		Expect(operator.Writes.Load()).To(BeNumerically("==", 4), "a status, two finalizers, and the status of the new room")
	})

	It("loses the finalizer because a user removes it, the operator adds it again", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		mine := harness.Room("support")
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		Expect(w.Patch(ctx, mine, client.RawPatch(types.MergePatchType, []byte(`{"metadata": {"finalizers": null}}`)))).To(Succeed())
		Eventually(func() ([]string, error) {
			err := w.Get(ctx, client.ObjectKeyFromObject(mine), mine)
			return mine.Finalizers, err
		}).WithContext(ctx).Should(ContainElement(v1alpha1.Finalizer))
		Expect(w.Writes()).To(HaveLen(1))
	})

	It("gets an object of the same name back while the old one is being deleted, each has its own resource", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		old := harness.Room("support", harness.WithMetadata(`{"a": 1}`))
		w.CreateAll(ctx, old)
		w.ExpectReady(ctx, old)
		id := old.Status.ID
		end := w.MeshAgent.Inject(simulator.Fault{Method: http.MethodDelete, Status: 503})
		Expect(w.Delete(ctx, old)).To(Succeed())
		Eventually(w.State(ctx, old)).WithContext(ctx).Should(ContainSubstring("Ready=False Deleting"))
		again := harness.Room("support", harness.WithMetadata(`{"b": 2}`))
		again.Namespace = w.Namespace
		Expect(apierrors.IsAlreadyExists(w.Create(ctx, again))).To(BeTrue())

		By("removing the finalizer by hand, so that the old one goes at once and its room stays")
		Expect(w.Patch(ctx, old, client.RawPatch(types.MergePatchType, []byte(`{"metadata": {"finalizers": null}}`)))).To(Succeed())
		w.ExpectGone(ctx, old)
		end()
		w.CreateAll(ctx, again)
		w.ExpectReady(ctx, again)
		Expect(again.Status.ID).To(Equal(id), "it has the ownership annotation of this name")
		Expect(again.Status.IsAdopted()).To(BeFalse())
		Expect(w.Delete(ctx, again)).To(Succeed())
		w.ExpectGone(ctx, again)
		Expect(w.MeshAgent.Documents("rooms")).To(BeEmpty())
	})

	It("has two operators, one waits, takes over when the other is killed at work, and repeats nothing", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		var deadly atomic.Bool
		first := w.StartOperator(harness.OperatorOptions{LeaderElect: true, Observe: func(o *harness.Operator, r *http.Request, carriedOut bool) {
			if carriedOut && deadly.Load() && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/rooms") {
				o.Kill()
			}
		}})
		w.ApplyProject(ctx)
		rooms := w.ApplyRooms(ctx, 5)
		writes := &objectWrites{}
		w.StartOperator(harness.OperatorOptions{LeaderElect: true, Observe: writes.witness})
		w.MeshAgent.ResetCalls()
		deadly.Store(true)
		late := harness.Room("late")
		w.CreateAll(ctx, late)
		Eventually(first.Dead.Load).WithContext(ctx).Should(BeTrue())
		w.ExpectReady(ctx, late)
		Expect(late.Status.IsAdopted()).To(BeFalse())
		want := []string{"late/status"}
		for _, obj := range rooms {
			w.RequestReconcile(ctx, obj)
			want = append(want, obj.GetName()+"/status") // the receipt
		}
		Expect(w.Writes()).To(Equal([]string{"POST rooms"}))
		Eventually(writes.all).WithContext(ctx).Should(ConsistOf(want)) // the witness sees an answer after the operator has it
	})
})
