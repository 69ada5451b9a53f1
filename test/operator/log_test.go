// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
)

// journal is a log as JSON, one line an entry.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// lines are the entries about objects.
func (j *journal) lines() []map[string]any {
	GinkgoHelper()
	j.mu.Lock()
	defer j.mu.Unlock()
	var lines []map[string]any
	for line := range bytes.Lines(j.text.Bytes()) {
		var entry map[string]any
		Expect(json.Unmarshal(line, &entry)).To(Succeed(), "%s", line)
		checkKeys(line)
		if entry["name"] != nil {
			lines = append(lines, entry)
		}
	}
	return lines
}

// checkKeys says that no key is there twice: what reads the log would see only one of them.
func checkKeys(line []byte) {
	GinkgoHelper()
	keys := map[json.Token]bool{}
	decoder := json.NewDecoder(bytes.NewReader(line))
	_, err := decoder.Token() // {
	Expect(err).NotTo(HaveOccurred())
	for decoder.More() {
		key, err := decoder.Token()
		Expect(err).NotTo(HaveOccurred())
		Expect(decoder.Decode(new(json.RawMessage))).To(Succeed())
		Expect(keys).NotTo(HaveKey(key), "%s", line)
		keys[key] = true
	}
}

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
