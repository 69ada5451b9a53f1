// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"io"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/hostilevalue"
)

// What is admitted, test/api shows; that all kinds bring it to MeshAgent or refuse it, a test of
// the engine in memory. These are a few that go through a real API server and a real log.
var _ = Describe("A hostile value", func() {
	It("in all strings of a room arrives in MeshAgent as it is, and breaks no line of the log", func(ctx SpecContext) {
		log := &harness.LogRecorder{}
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{Logger: zap.New(zap.WriteTo(harness.CheckedWriter(io.MultiWriter(log, GinkgoWriter))))})
		l := w.ApplySample(ctx, harness.FirstSample("MeshRoom"))
		l.ApplyDependencies(ctx)
		l.Recreate(ctx)
		l.DeleteObject(ctx)
		for _, value := range hostilevalue.All {
			arrives(ctx, l, value)
		}
		Expect(log.Lines()).NotTo(BeEmpty())
		for _, line := range log.Lines() { // each is JSON
			Expect(line).To(HaveKey("level"))
		}
	})
})

// arrives puts a value into all strings of the sample.
func arrives(ctx context.Context, l *harness.Fixture, value string) {
	GinkgoHelper()
	manifest := l.Sample.Manifest(l.Namespace)
	var places []hostilevalue.Place
	for i, path := range l.Sample.Strings() {
		place := hostilevalue.At(path, i, value)
		hostilevalue.Put(manifest.Object, path, place.Value)
		places = append(places, place)
	}
	l.Object = l.Sample.Fresh()
	Expect(runtime.DefaultUnstructuredConverter.FromUnstructured(manifest.Object, l.Object)).To(Succeed())
	Expect(l.Create(ctx, l.Object)).To(Succeed())
	l.ExpectReady(ctx, l.Object)
	l.FindResource()
	texts := hostilevalue.Texts(l.Document())
	for _, place := range places {
		var arrived bool
		texts, arrived = place.ArrivedIn(texts)
		Expect(arrived).To(BeTrue(), "%q: %v did not arrive in %q", value, place, texts)
	}
	l.DeleteObject(ctx)
}
