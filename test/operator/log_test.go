// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"io"
	"maps"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
)

var _ = Describe("The log", func() {
	It("has a line for each write to MeshAgent, and none for a pass that finds all in order", func(ctx SpecContext) {
		log := &journal{}
		w := newWorld(ctx)
		logger := zap.New(zap.WriteTo(watched{io.MultiWriter(log, GinkgoWriter)})) // as in main.go: JSON, from level info on
		w.start(operatorOptions{driftInterval: time.Second, logger: logger})
		w.project(ctx)
		one := room("one", withMetadata(`{"team": "support"}`))
		w.apply(ctx, one)
		w.eventuallyReady(ctx, one)
		said := func() []any {
			var said []any
			for _, line := range log.lines() {
				said = append(said, line["msg"])
			}
			return said
		}
		Expect(said()).To(Equal([]any{"created"}))
		line := log.lines()[0]
		Expect(slices.Sorted(maps.Keys(line))).To(Equal([]string{
			"MeshRoom", "controller", "controllerGroup", "controllerKind", "id", "level", "msg", "name", "namespace", "project", "reconcileID", "resource", "ts",
		}))
		for key, value := range map[string]any{
			"level": "info", "controllerKind": "MeshRoom", "namespace": w.namespace, "name": "one", "resource": "one",
			"id": one.Status.ID, "project": w.meshagent.ProjectID(),
		} {
			Expect(line).To(HaveKeyWithValue(key, value))
		}

		By("looking on demand, and at each interval")
		w.meshagent.ResetCalls()
		w.look(ctx, one)
		Eventually(func() []string { return w.calls("GET") }).WithContext(ctx).Should(ContainElements("GET rooms/one", "GET rooms"))
		Expect(w.written()).To(BeEmpty())
		Expect(said()).To(HaveLen(1))

		By("writing")
		w.edit(ctx, one, func() { withMetadata(`{"team": "sales"}`)(one) })
		w.eventuallyReady(ctx, one)
		Expect(said()).To(Equal([]any{"created", "updated"}))
		Expect(log.lines()[1]).To(HaveKeyWithValue("fields", "metadata.team"))
		Expect(w.Delete(ctx, one)).To(Succeed())
		w.eventuallyGone(ctx, one)
		Expect(said()).To(Equal([]any{"created", "updated", "deleted"}))
	})
})
