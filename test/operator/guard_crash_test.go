// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

// So many rooms are in a MeshProject that lets so many be deleted in an hour.
const guardedCount, guardedMost = 4, 2

var _ = Describe("The deletion guard of an operator that is killed", func() {
	It("just after a deletion was counted, or carried out, does not let more be deleted", func(ctx SpecContext) {
		var moments []killing
		for n := range guardedMost {
			for _, method := range []string{http.MethodPatch, http.MethodDelete} {
				moments = append(moments, killing{method, int64(n)})
			}
		}
		harness.InParallel(moments, func(k killing) { isGuarded(ctx, k) })
	})
})

// killing is a moment to die: when requests of a method about the guard were carried out, so many before.
type killing struct {
	method string
	before int64
}

// isGuarded deletes more rooms than allowed under an operator that is killed in the midst of it, and runs again.
func isGuarded(ctx context.Context, k killing) {
	w := harness.NewEnv(ctx)
	first := w.StartOperator(harness.OperatorOptions{})
	project := w.ApplyProject(ctx)
	w.Edit(ctx, project, func() { project.Spec.DeletionGuard = &v1alpha1.DeletionGuard{MaxPerHour: new(int32(guardedMost))} })
	w.ApplyRooms(ctx, guardedCount)
	first.Stop()
	Expect(w.DeleteAllOf(ctx, &v1alpha1.MeshRoom{}, client.InNamespace(w.Namespace))).To(Succeed())

	var left atomic.Int64
	left.Store(k.before)
	second := w.StartOperator(harness.OperatorOptions{Observe: func(o *harness.Operator, r *http.Request, carriedOut bool) {
		counts := strings.HasSuffix(r.URL.Path, "/meshprojects/"+project.Name+"/status")
		deletes := strings.Contains(r.URL.Path, "/accounts/projects/")
		if carriedOut && r.Method == k.method && (counts || deletes) && left.Add(-1) == -1 {
			o.Kill()
		}
	}})
	Eventually(second.Dead.Load).WithContext(ctx).Should(BeTrue())
	second.Stop()
	counted := func() int {
		Expect(w.Get(ctx, client.ObjectKeyFromObject(project), project)).To(Succeed())
		return countedIn(project)
	}
	done := func() int { return guardedCount - len(w.MeshAgent.Documents("rooms")) }
	Expect(counted()).To(And(BeNumerically(">", k.before), BeNumerically(">=", done())))

	w.StartOperator(harness.OperatorOptions{})
	var rooms v1alpha1.MeshRoomList
	Eventually(func(g Gomega) {
		g.Expect(w.List(ctx, &rooms, client.InNamespace(w.Namespace))).To(Succeed())
		for _, one := range rooms.Items {
			g.Expect(harness.ConditionsOf(&one)).To(ContainSubstring("Synced=False DeletionHeld: "))
		}
	}).WithContext(ctx).Should(Succeed())
	Expect(rooms.Items).To(HaveLen(guardedCount-done()), "what is left is held")
	Expect(counted()).To(And(Equal(guardedMost), BeNumerically(">=", done())), "%d were deleted", done())
}
