// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("A list that is wrong", func() {
	It("because it is old leads to no write, and to no second room", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		operator := w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ExpectReady(ctx, w.ApplyProject(ctx))
		w.MeshAgent.FreezeLists("rooms") // the rooms that follow are never in it
		rooms := w.ApplyRooms(ctx, 3)
		ids := w.HeldNames()
		operator.Writes.Store(0)
		w.ExpectLists(ctx, 2)
		Expect(w.Writes()).To(BeEmpty())
		Expect(w.HeldNames()).To(Equal(ids))
		Expect(operator.Writes.Load()).To(BeZero(), "no status may change")

		By("showing the old content of what was changed")
		w.MeshAgent.FreezeLists("rooms")
		mine := rooms[0]
		Expect(w.Patch(ctx, mine, client.RawPatch(types.MergePatchType, []byte(`{"spec": {"metadata": {"team": "care"}}}`)))).To(Succeed())
		w.ExpectReady(ctx, mine)
		operator.Writes.Store(0)
		w.ExpectLists(ctx, 2)
		Expect(w.Writes()).To(BeEmpty())
		Expect(operator.Writes.Load()).To(BeZero())
		Expect(w.Events(ctx, mine)()).NotTo(ContainElement(HavePrefix("DriftCorrected")))

		By("losing the answer of a create, so that only the room itself tells that it is there")
		w.MeshAgent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/rooms$", Times: 1, Drop: simulator.DropAfter})
		late := harness.Room("late")
		w.CreateAll(ctx, late)
		w.ExpectReady(ctx, late)
		Expect(late.Status.IsAdopted()).To(BeFalse())
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(4))
	})

	It("because it is old, and shows the old name of what was renamed, leads to no write", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		renamed := harness.Room("old")
		w.CreateAll(ctx, renamed)
		w.ExpectReady(ctx, renamed)
		w.MeshAgent.FreezeLists("rooms")
		w.Edit(ctx, renamed, func() { renamed.Spec.Name = "new" })
		w.ExpectReady(ctx, renamed)
		w.ExpectLists(ctx, 2)
		Expect(w.Writes()).To(BeEmpty(), "GET by the name in status would have told that all is well")
		Expect(w.Events(ctx, renamed)()).NotTo(ContainElement(HavePrefix("DriftCorrected")))
	})

	It("because it is old hides nothing that was created just before a kill from the deletion that follows", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		first := w.StartOperator(harness.OperatorOptions{})
		w.ExpectReady(ctx, w.ApplyProject(ctx))
		first.Stop()
		w.MeshAgent.FreezeLists("rooms")
		mine := harness.Room("support")
		w.CreateAll(ctx, mine)
		second := w.StartOperator(harness.OperatorOptions{Observe: func(o *harness.Operator, r *http.Request, carriedOut bool) {
			if carriedOut && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/rooms") {
				o.Kill()
			}
		}})
		Eventually(second.Dead.Load).WithContext(ctx).Should(BeTrue())
		second.Stop()
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(1))
		Expect(w.Get(ctx, client.ObjectKeyFromObject(mine), mine)).To(Succeed())
		Expect(mine.Status.ID).To(BeEmpty(), "nothing but its name, and the mark, tells that there is one")
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.StartOperator(harness.OperatorOptions{})
		w.ExpectGone(ctx, mine)
		Expect(w.MeshAgent.Documents("rooms")).To(BeEmpty())
	})

	It("because it does not end is given up, and said to be wrong", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		rooms := w.ApplyRooms(ctx, 3)
		full := make([]map[string]any, 500) // whatever page is asked for
		for i := range full {
			full[i] = map[string]any{"id": fmt.Sprint("id-", i), "name": fmt.Sprint("other-", i), "metadata": map[string]any{}}
		}
		page, err := json.Marshal(map[string]any{"rooms": full})
		Expect(err).NotTo(HaveOccurred())
		w.MeshAgent.ResetCalls()
		mend := w.MeshAgent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/rooms$", Status: http.StatusOK, ContentType: "application/json", Body: string(page)})
		Eventually(w.State(ctx, rooms[0])).WithContext(ctx).Should(And(HavePrefix("Ready=True"),
			ContainSubstring("Synced=False Unavailable: "), ContainSubstring("GET /accounts/projects/{project_id}/rooms: the list does not end")))
		mend()
		w.ExpectReady(ctx, rooms...)
		Expect(w.Writes()).To(BeEmpty())
	})

	It("because rooms come and go while it is paged leads to no write", func(ctx SpecContext) {
		w := harness.NewEnv(ctx, simulator.WithMaxPage(2))
		operator := w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		// Lists are in the order of names. One room before all others comes and goes between the
		// pages: each time, another row moves across the border between them, and would be listed
		// twice, or not at all.
		w.ApplyRooms(ctx, 5)
		shift := ""
		w.MeshAgent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/rooms$", Hook: func(r *http.Request) {
			switch {
			case r.URL.Query().Get("offset") != "2":
			case shift == "":
				shift = w.MeshAgent.Add("rooms", map[string]any{"name": "a-room", "metadata": map[string]any{}})
			default:
				w.MeshAgent.Remove("rooms", shift)
				shift = ""
			}
		}})
		operator.Writes.Store(0)
		w.ExpectLists(ctx, 3)
		Expect(w.Writes()).To(BeEmpty())
		Expect(operator.Writes.Load()).To(BeZero())
		Expect(w.Calls(http.MethodGet)).NotTo(ContainElement(HavePrefix("GET rooms/room-")), "a list shows all that stays")
	})
})
