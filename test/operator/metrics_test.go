// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"maps"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// series are the values of a metric, by their labels in the order of their names; of a histogram, how much was observed.
func series(from prometheus.Gatherer, name string) map[string]float64 {
	GinkgoHelper()
	families, err := from.Gather()
	Expect(err).NotTo(HaveOccurred())
	values := map[string]float64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, one := range family.GetMetric() {
			key := ""
			for _, label := range one.GetLabel() {
				key += " " + label.GetValue()
			}
			values[key] = one.GetGauge().GetValue() + one.GetCounter().GetValue() + float64(one.GetHistogram().GetSampleCount())
		}
	}
	return values
}

// counted is how much a metric of the process has grown since it was asked for the first time.
func counted(name, labels string) func() float64 {
	GinkgoHelper()
	before := series(metrics.Registry, name)[" "+labels]
	return func() float64 { return series(metrics.Registry, name)[" "+labels] - before }
}

var _ = Describe("The metrics", func() {
	var (
		w *world
		o *operator
	)
	begin := func(ctx context.Context, options operatorOptions) {
		w = newWorld(ctx)
		o = w.start(options)
	}
	// told is a metric that is looked up when it is asked for. The labels begin with the condition, or the kind, and hold the namespace.
	told := func(name string) func() map[string]float64 {
		return func() map[string]float64 { return series(o.metrics, name) }
	}

	It("count objects by condition, and leave out what is gone", func(ctx SpecContext) {
		begin(ctx, operatorOptions{})
		w.project(ctx)
		asleep := room("asleep", func(room *v1alpha1.MeshRoom) { room.Spec.Suspend = new(true) })
		lost := room("lost", func(room *v1alpha1.MeshRoom) { room.Spec.ProjectRef.Name = "other" })
		awake := room("awake")
		w.apply(ctx, asleep, lost, awake)
		w.eventuallyReady(ctx, awake)
		Eventually(told("meshagent_objects")).WithContext(ctx).Should(Equal(map[string]float64{
			" Ready MeshProject " + w.namespace + " Available True":          1,
			" Synced MeshProject " + w.namespace + " InSync True":            1,
			" APICompatible MeshProject " + w.namespace + " Supported True":  1,
			" Ready MeshRoom " + w.namespace + " Available True":             1,
			" Synced MeshRoom " + w.namespace + " InSync True":               1,
			" Ready MeshRoom " + w.namespace + " Suspended False":            1,
			" Synced MeshRoom " + w.namespace + " Suspended Unknown":         1,
			" Ready MeshRoom " + w.namespace + " ProjectNotFound False":      1,
			" Synced MeshRoom " + w.namespace + " ProjectNotFound False":     1,
			" Reconciling MeshRoom " + w.namespace + " ProjectNotFound True": 1,
		}))
		for _, gone := range []*v1alpha1.MeshRoom{asleep, lost} {
			w.edit(ctx, gone, func() { gone.Spec.Suspend = nil })
			Expect(w.Delete(ctx, gone)).To(Succeed())
		}
		Eventually(told("meshagent_objects")).WithContext(ctx).Should(HaveLen(5))
	})

	It("tell the budget of each MeshProject, and when MeshAgent was last compared with each kind", func(ctx SpecContext) {
		begin(ctx, operatorOptions{driftInterval: 2 * time.Second})
		Expect(told("meshagent_drift_interval_seconds")()).To(Or(BeEmpty(), Equal(map[string]float64{"": 2})))
		w.project(ctx)
		one := room("one")
		began := time.Now()
		w.apply(ctx, one)
		w.eventuallyReady(ctx, one)
		Expect(told("meshagent_api_budget_remaining_requests")()).To(HaveKeyWithValue(" "+w.namespace+" default", BeNumerically("~", 1000, 100)))
		checked := func() float64 {
			return told("meshagent_last_drift_check_timestamp_seconds")()[" MeshRoom "+w.namespace+" default"]
		}
		first := checked()
		Expect(first).To(BeNumerically("~", float64(began.Unix()), 120))
		Eventually(checked).WithContext(ctx).Should(BeNumerically(">", first))
		Expect(told("meshagent_drift_interval_seconds")()).To(Equal(map[string]float64{"": 2}))

		By("not telling of what nobody wants to be compared")
		w.edit(ctx, one, func() { one.Spec.Suspend = new(true) })
		Eventually(func() []string {
			return slices.Collect(maps.Keys(told("meshagent_last_drift_check_timestamp_seconds")()))
		}).WithContext(ctx).Should(Equal([]string{" MeshProject " + w.namespace + " default"}))
	})

	It("count drift that was found, and that was corrected", func(ctx SpecContext) {
		begin(ctx, operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		found, corrected := counted("meshagent_drift_found_total", "MeshRoom"), counted("meshagent_drift_corrected_total", "MeshRoom")
		kept := room("kept", withMetadata(`{"team": "support"}`))
		seen := room("seen", withMetadata(`{"team": "support"}`))
		w.apply(ctx, kept, seen)
		w.eventuallyReady(ctx, kept, seen)
		w.edit(ctx, seen, func() { seen.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
		w.eventuallyReady(ctx, seen)
		Expect(found()).To(BeZero())

		w.meshagent.Edit("rooms", kept.Status.ID, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "other"} })
		Eventually(corrected).WithContext(ctx).Should(Equal(1.0))
		Expect(found()).To(Equal(1.0))

		By("counting a resource that somebody deleted")
		w.meshagent.Remove("rooms", kept.Status.ID)
		Eventually(corrected).WithContext(ctx).Should(Equal(2.0))
		Expect(found()).To(Equal(2.0))

		By("counting once, not at each look, what is only observed")
		w.meshagent.Edit("rooms", seen.Status.ID, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "other"} })
		Eventually(found).WithContext(ctx).Should(Equal(3.0))
		Consistently(found, "3s").WithContext(ctx).Should(Equal(3.0))
		Expect(corrected()).To(Equal(2.0))
	})

	It("measure how long objects take to become Ready, once each", func(ctx SpecContext) {
		begin(ctx, operatorOptions{})
		took := counted("meshagent_time_to_ready_seconds", "MeshRoom")
		one := room("one")
		w.apply(ctx, one)
		Eventually(w.state(ctx, one)).WithContext(ctx).Should(ContainSubstring("ProjectNotFound"))
		Expect(took()).To(BeZero())
		w.project(ctx)
		w.eventuallyReady(ctx, one)
		Eventually(took).WithContext(ctx).Should(Equal(1.0))

		By("not measuring it again when it is Ready again")
		w.meshagent.Remove("rooms", one.Status.ID)
		w.edit(ctx, one, func() { one.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
		Eventually(w.state(ctx, one)).WithContext(ctx).Should(ContainSubstring("Ready=False"))
		w.edit(ctx, one, func() { one.Spec.ReconcilePolicy = v1alpha1.ReconcileEnforce })
		w.eventuallyReady(ctx, one)
		o.stop()
		o = w.start(operatorOptions{})
		w.look(ctx, one)
		Expect(took()).To(Equal(1.0))
	})

	It("measure how long changed Secrets take to be in MeshAgent", func(ctx SpecContext) {
		begin(ctx, operatorOptions{})
		w.project(ctx)
		took := counted("meshagent_secret_propagation_seconds", "MeshSecret")
		source := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "openai"}, StringData: map[string]string{"api-key": "first-c4n4ry"}}
		mine := &v1alpha1.MeshSecret{ObjectMeta: metav1.ObjectMeta{Name: "openai"}, Spec: v1alpha1.MeshSecretSpec{SecretRef: v1alpha1.LocalSecretReference{Name: "openai"}}}
		w.apply(ctx, source)
		w.apply(ctx, mine)
		w.eventuallyReady(ctx, mine)
		before := took() // 1 if the Secret came to the operator's notice after the MeshSecret

		w.edit(ctx, source, func() { source.StringData = map[string]string{"api-key": "second-c4n4ry"} })
		Eventually(took).WithContext(ctx).Should(Equal(before + 1))

		By("not measuring what changes nothing in MeshAgent")
		w.meshagent.ResetCalls()
		w.edit(ctx, source, func() { source.Labels = map[string]string{"team": "support"} })
		Eventually(func() []string { return w.calls() }).WithContext(ctx).ShouldNot(BeEmpty())
		w.edit(ctx, mine, func() { mine.Spec.Name = "renamed" })
		w.eventuallyReady(ctx, mine)
		Expect(took()).To(Equal(before + 1))
	})
})
