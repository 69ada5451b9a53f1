// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("When MeshAgent", func() {
	It("is away, rooms stay Ready and say why they are not Synced, and drift is corrected when it is back", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		project := w.ApplyProject(ctx)
		rooms := w.ApplyRooms(ctx, 3)
		end := w.MeshAgent.Inject(simulator.Fault{Drop: simulator.DropBefore})
		for _, obj := range append(rooms, project) {
			Eventually(w.State(ctx, obj)).WithContext(ctx).Should(And(HavePrefix("Ready=True"), ContainSubstring("Synced=False Unavailable"),
				Not(ContainSubstring("Stalled"))))
		}

		By("being changed, deleted and made meanwhile")
		w.MeshAgent.Edit("rooms", fmt.Sprint(w.RemoteRoom("room-0")["id"]), func(doc map[string]any) {
			doc["metadata"] = map[string]any{"team": "other"}
		})
		Expect(w.Delete(ctx, rooms[1])).To(Succeed())
		Eventually(w.State(ctx, rooms[1])).WithContext(ctx).Should(ContainSubstring("Ready=False Deleting"))
		late := harness.Room("late")
		w.CreateAll(ctx, late)
		Eventually(w.State(ctx, late)).WithContext(ctx).Should(And(HavePrefix("Ready=False Unavailable"), ContainSubstring("Reconciling=True")))

		end()
		w.ExpectReady(ctx, rooms[0], rooms[2], late, project)
		w.ExpectGone(ctx, rooms[1])
		Expect(w.RemoteRoom("room-0")).To(HaveKeyWithValue("metadata", HaveKeyWithValue("team", "support")))
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(3))
	})
})
