// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"io"
	"maps"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("The log", func() {
	It("has a line for each write to MeshAgent, and none for a pass that finds all in order", func(ctx SpecContext) {
		log := &harness.LogRecorder{}
		w := harness.NewEnv(ctx)
		logger := zap.New(zap.WriteTo(harness.CheckedWriter(io.MultiWriter(log, GinkgoWriter)))) // as in main.go: JSON, from level info on
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval, Logger: logger})
		w.ApplyProject(ctx)
		one := harness.Room("one", harness.WithMetadata(`{"team": "support"}`))
		w.CreateAll(ctx, one)
		w.ExpectReady(ctx, one)
		said := func() []any {
			var said []any
			for _, line := range log.Lines() {
				said = append(said, line["msg"])
			}
			return said
		}
		Expect(said()).To(Equal([]any{"Created resource"}))
		line := log.Lines()[0]
		Expect(slices.Sorted(maps.Keys(line))).To(Equal([]string{
			"controller", "controllerKind", "durationMs", "level", "meshProject", "msg", "name", "namespace", "projectID", "reconcileID", "resourceID", "resourceName", "ts",
		}))
		for key, value := range map[string]any{
			"level": "info", "controllerKind": "MeshRoom", "namespace": w.Namespace, "name": "one", "resourceName": "one",
			"resourceID": one.Status.ID, "projectID": w.MeshAgent.ProjectID(), "meshProject": w.Namespace + "/default",
		} {
			Expect(line).To(HaveKeyWithValue(key, value))
		}

		By("looking on demand, and at each interval")
		w.MeshAgent.ResetCalls()
		w.RequestReconcile(ctx, one)
		Eventually(func() []string { return w.Calls("GET") }).WithContext(ctx).Should(ContainElements("GET rooms/one", "GET rooms"))
		Expect(w.Writes()).To(BeEmpty())
		Expect(said()).To(HaveLen(1))

		By("writing")
		w.Edit(ctx, one, func() { harness.WithMetadata(`{"team": "sales"}`)(one) })
		w.ExpectReady(ctx, one)
		Expect(said()).To(Equal([]any{"Created resource", "Updated resource"}))
		Expect(log.Lines()[1]).To(HaveKeyWithValue("fields", []any{"metadata.team"}))
		Expect(w.Delete(ctx, one)).To(Succeed())
		w.ExpectGone(ctx, one)
		Expect(said()).To(Equal([]any{"Created resource", "Updated resource", "Deleted resource"}))
	})
})
