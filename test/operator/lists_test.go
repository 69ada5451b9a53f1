// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("A list that is wrong", func() {
	It("because it is old leads to no write, and to no second room", func(ctx SpecContext) {
		w := newWorld(ctx)
		operator := w.start(operatorOptions{driftInterval: time.Second})
		w.eventuallyReady(ctx, w.project(ctx))
		w.meshagent.FreezeLists("rooms") // the rooms that follow are never in it
		rooms := w.manyRooms(ctx, 3)
		ids := w.names()
		operator.writes.Store(0)
		w.listedTimes(ctx, 2)
		Expect(w.written()).To(BeEmpty())
		Expect(w.names()).To(Equal(ids))
		Expect(operator.writes.Load()).To(BeZero(), "and nobody is alarmed")

		By("showing the old content of what was changed")
		w.meshagent.FreezeLists("rooms")
		mine := rooms[0]
		Expect(w.Patch(ctx, mine, client.RawPatch(types.MergePatchType, []byte(`{"spec": {"metadata": {"team": "care"}}}`)))).To(Succeed())
		w.eventuallyReady(ctx, mine)
		operator.writes.Store(0)
		w.listedTimes(ctx, 2)
		Expect(w.written()).To(BeEmpty())
		Expect(operator.writes.Load()).To(BeZero())
		Expect(w.events(ctx, mine)()).NotTo(ContainElement(HavePrefix("DriftCorrected")))

		By("losing the answer of a create, so that only the room itself tells that it is there")
		w.meshagent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/rooms$", Times: 1, Drop: simulator.DropAfter})
		late := room("late")
		w.apply(ctx, late)
		w.eventuallyReady(ctx, late)
		Expect(late.Status.IsAdopted()).To(BeFalse())
		Expect(w.meshagent.Documents("rooms")).To(HaveLen(4))
	})

	It("because it is old, and shows the old name of what was renamed, leads to no write", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		renamed := room("old")
		w.apply(ctx, renamed)
		w.eventuallyReady(ctx, renamed)
		w.meshagent.FreezeLists("rooms")
		w.edit(ctx, renamed, func() { renamed.Spec.Name = "new" })
		w.eventuallyReady(ctx, renamed)
		w.listedTimes(ctx, 2)
		Expect(w.written()).To(BeEmpty(), "GET by the name in status would have told that all is well")
		Expect(w.events(ctx, renamed)()).NotTo(ContainElement(HavePrefix("DriftCorrected")))
	})

	It("because it is old hides nothing that was created just before a kill from the deletion that follows", func(ctx SpecContext) {
		w := newWorld(ctx)
		first := w.start(operatorOptions{})
		w.eventuallyReady(ctx, w.project(ctx))
		first.stop()
		w.meshagent.FreezeLists("rooms")
		mine := room("support")
		w.apply(ctx, mine)
		second := w.start(operatorOptions{witness: func(o *operator, r *http.Request, carriedOut bool) {
			if carriedOut && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/rooms") {
				o.kill()
			}
		}})
		Eventually(second.dead.Load).WithContext(ctx).Should(BeTrue())
		second.stop()
		Expect(w.meshagent.Documents("rooms")).To(HaveLen(1))
		Expect(w.Get(ctx, client.ObjectKeyFromObject(mine), mine)).To(Succeed())
		Expect(mine.Status.ID).To(BeEmpty(), "nothing but its name, and the mark, tells that there is one")
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.start(operatorOptions{})
		w.eventuallyGone(ctx, mine)
		Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
	})

	It("because it does not end is given up, and said to be wrong", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		rooms := w.manyRooms(ctx, 3)
		full := make([]map[string]any, 500) // whatever page is asked for
		for i := range full {
			full[i] = map[string]any{"id": fmt.Sprint("id-", i), "name": fmt.Sprint("other-", i), "metadata": map[string]any{}}
		}
		page, err := json.Marshal(map[string]any{"rooms": full})
		Expect(err).NotTo(HaveOccurred())
		w.meshagent.ResetCalls()
		mend := w.meshagent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/rooms$", Status: http.StatusOK, ContentType: "application/json", Body: string(page)})
		Eventually(w.state(ctx, rooms[0])).WithContext(ctx).Should(And(HavePrefix("Ready=True"),
			ContainSubstring("Synced=False Unavailable: MeshAgent cannot be reached: GET /accounts/projects/{project_id}/rooms: the list does not end")))
		mend()
		w.eventuallyReady(ctx, rooms...)
		Expect(w.written()).To(BeEmpty())
	})

	It("because rooms come and go while it is paged leads to no write", func(ctx SpecContext) {
		w := newWorld(ctx, simulator.WithMaxPage(2))
		operator := w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		// Lists are in the order of names. One room before all others comes and goes between the pages: each time, another
		// row moves across the border between them, and would be listed twice, or not at all.
		w.manyRooms(ctx, 5)
		shift := ""
		w.meshagent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/rooms$", Hook: func(r *http.Request) {
			switch {
			case r.URL.Query().Get("offset") != "2":
			case shift == "":
				shift = w.meshagent.Add("rooms", map[string]any{"name": "a-room", "metadata": map[string]any{}})
			default:
				w.meshagent.Remove("rooms", shift)
				shift = ""
			}
		}})
		operator.writes.Store(0)
		w.listedTimes(ctx, 3)
		Expect(w.written()).To(BeEmpty())
		Expect(operator.writes.Load()).To(BeZero())
		Expect(w.calls(http.MethodGet)).NotTo(ContainElement(HavePrefix("GET rooms/room-")), "a list shows all that stays")
	})
})
