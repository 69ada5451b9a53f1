// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// counted is how much a metric of the process has grown since it was asked for the first time.
func counted(name, labels string) func() float64 {
	GinkgoHelper()
	before := harness.Series(metrics.Registry, name)[" "+labels]
	return func() float64 { return harness.Series(metrics.Registry, name)[" "+labels] - before }
}

var _ = Describe("The metrics", func() {
	var (
		w *harness.Env
		o *harness.Operator
	)
	begin := func(ctx context.Context, options harness.OperatorOptions) {
		w = harness.NewEnv(ctx)
		o = w.StartOperator(options)
	}
	// told is a metric that is looked up when it is asked for. The labels begin with the condition,
	// or the kind, and hold the namespace.
	told := func(name string) func() map[string]float64 {
		return func() map[string]float64 { return harness.Series(o.Metrics, name) }
	}

	It("count objects by condition, and leave out what is gone", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{})
		w.ApplyProject(ctx)
		asleep := harness.Room("asleep", func(room *v1alpha1.MeshRoom) { room.Spec.Suspend = new(true) })
		lost := harness.Room("lost", func(room *v1alpha1.MeshRoom) { room.Spec.ProjectRef.Name = "other" })
		awake := harness.Room("awake")
		w.CreateAll(ctx, asleep, lost, awake)
		w.ExpectReady(ctx, awake)
		Eventually(told("meshagent_operator_objects")).WithContext(ctx).Should(Equal(map[string]float64{
			" Ready MeshProject " + w.Namespace + " Available True":          1,
			" Synced MeshProject " + w.Namespace + " InSync True":            1,
			" APICompatible MeshProject " + w.Namespace + " Supported True":  1,
			" Ready MeshRoom " + w.Namespace + " Available True":             1,
			" Synced MeshRoom " + w.Namespace + " InSync True":               1,
			" Ready MeshRoom " + w.Namespace + " Suspended False":            1,
			" Synced MeshRoom " + w.Namespace + " Suspended Unknown":         1,
			" Ready MeshRoom " + w.Namespace + " ProjectNotFound False":      1,
			" Synced MeshRoom " + w.Namespace + " ProjectNotFound False":     1,
			" Reconciling MeshRoom " + w.Namespace + " ProjectNotFound True": 1,
		}))
		for _, gone := range []*v1alpha1.MeshRoom{asleep, lost} {
			w.Edit(ctx, gone, func() { gone.Spec.Suspend = nil })
			Expect(w.Delete(ctx, gone)).To(Succeed())
		}
		Eventually(told("meshagent_operator_objects")).WithContext(ctx).Should(HaveLen(5))
	})

	It("tell the rate limit of each MeshProject, and when MeshAgent was last compared with each kind", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{DriftInterval: 2 * time.Second})
		Expect(told("meshagent_operator_drift_interval_seconds")()).To(Or(BeEmpty(), Equal(map[string]float64{"": 2})))
		project := w.ApplyProject(ctx)
		one := harness.Room("one")
		began := time.Now()
		w.CreateAll(ctx, one)
		w.ExpectReady(ctx, one)
		Expect(told("meshagent_operator_api_rate_limit_remaining_requests")()).To(HaveKeyWithValue(" "+w.Namespace+"/default", BeNumerically("~", 1000, 100)))
		checked := func() float64 {
			return told("meshagent_operator_last_drift_check_timestamp_seconds")()[" MeshRoom "+w.Namespace+"/default"]
		}
		Eventually(checked).WithContext(ctx).Should(BeNumerically("~", float64(began.Unix()), 120)) // it follows status
		first := checked()
		Eventually(checked).WithContext(ctx).Should(BeNumerically(">", first))
		Expect(told("meshagent_operator_drift_interval_seconds")()).To(Equal(map[string]float64{"": 2}))

		By("leaving out objects that are suspended")
		w.Edit(ctx, one, func() { one.Spec.Suspend = new(true) })
		Eventually(func() []string {
			return slices.Collect(maps.Keys(told("meshagent_operator_last_drift_check_timestamp_seconds")()))
		}).WithContext(ctx).Should(Equal([]string{" MeshProject " + w.Namespace + "/default"}))
		w.Edit(ctx, one, func() { one.Spec.Suspend = nil })
		w.Edit(ctx, project, func() { project.Spec.Suspend = new(true) })
		Eventually(told("meshagent_operator_last_drift_check_timestamp_seconds")).WithContext(ctx).Should(BeEmpty())
	})

	It("count drift that was found, and that was corrected", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		of := func(name string) func() float64 {
			return func() float64 { return told("meshagent_operator_" + name)()[" MeshRoom "+w.Namespace] }
		}
		found, corrected := of("drift_found_total"), of("drift_corrected_total")
		kept := harness.Room("kept", harness.WithMetadata(`{"team": "support"}`))
		seen := harness.Room("seen", harness.WithMetadata(`{"team": "support"}`))
		w.CreateAll(ctx, kept, seen)
		w.ExpectReady(ctx, kept, seen)
		w.Edit(ctx, seen, func() { seen.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
		w.ExpectReady(ctx, seen)
		Expect(found()).To(BeZero())

		w.MeshAgent.Edit("rooms", kept.Status.ID, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "other"} })
		Eventually(corrected).WithContext(ctx).Should(Equal(1.0))
		Expect(found()).To(Equal(1.0))

		By("counting a resource that another user deleted")
		w.MeshAgent.Remove("rooms", kept.Status.ID)
		Eventually(corrected).WithContext(ctx).Should(Equal(2.0))
		Expect(found()).To(Equal(2.0))

		By("counting once, not at each look, what is only observed")
		w.MeshAgent.Edit("rooms", seen.Status.ID, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "other"} })
		Eventually(found).WithContext(ctx).Should(Equal(3.0))
		w.ExpectLists(ctx, 3)
		Expect(found()).To(Equal(3.0))
		Expect(corrected()).To(Equal(2.0))
	})

	It("count requests, adoptions, and objects by MeshProject, until the MeshProject is deleted", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{})
		project := w.ApplyProject(ctx)
		name := w.Namespace + "/default"
		w.MeshAgent.Add("rooms", map[string]any{"name": "theirs"})
		theirs := harness.Room("theirs", func(room *v1alpha1.MeshRoom) {
			room.Spec.AdoptionPolicy, room.Spec.DeletionPolicy = v1alpha1.AdoptIfUnowned, v1alpha1.DeletionDelete
		})
		seen := harness.Room("seen", func(room *v1alpha1.MeshRoom) { room.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
		asleep := harness.Room("asleep", func(room *v1alpha1.MeshRoom) { room.Spec.Suspend = new(true) })
		lost := harness.Room("lost", func(room *v1alpha1.MeshRoom) { room.Spec.ProjectRef.Name = "other" })
		w.CreateAll(ctx, theirs, seen, asleep, lost)
		w.ExpectReady(ctx, theirs)
		Eventually(told("meshagent_operator_project_objects")).WithContext(ctx).Should(Equal(map[string]float64{
			" MeshRoom " + name + " Enforce":   1,
			" MeshRoom " + name + " Observe":   1,
			" MeshRoom " + name + " Suspended": 1,
			" MeshRoom  Enforce":               1,
		}))
		Expect(told("meshagent_operator_adoptions_total")()).To(Equal(map[string]float64{" MeshRoom " + w.Namespace: 1}))
		Expect(told("meshagent_operator_project_info")()).To(HaveLen(1))
		requests := told("meshagent_operator_api_requests_total")
		Expect(requests()).To(And(HaveKeyWithValue(" 200 "+name, BeNumerically(">=", 3)), Not(HaveKey(" error "+name))))
		Expect(told("meshagent_operator_api_circuit_open")()).To(Equal(map[string]float64{" " + name: 0}))

		By("not being answered")
		restore := w.MeshAgent.Inject(simulator.Fault{Drop: simulator.DropBefore})
		w.Annotate(ctx, theirs, v1alpha1.ReconcileRequestedAtAnnotation, "now")
		Eventually(told("meshagent_operator_api_circuit_open")).WithContext(ctx).Should(Equal(map[string]float64{" " + name: 1}))
		Expect(requests()).To(HaveKeyWithValue(" error "+name, BeNumerically(">=", 3)))
		restore()
		Eventually(told("meshagent_operator_api_circuit_open")).WithContext(ctx).Should(Equal(map[string]float64{" " + name: 0}))

		By("deleting it")
		for _, obj := range []client.Object{theirs, seen, asleep, lost, project} {
			Expect(w.Delete(ctx, obj)).To(Succeed())
		}
		w.ExpectGone(ctx, project)
		Eventually(func() string {
			families, err := o.Metrics.Gather()
			Expect(err).NotTo(HaveOccurred())
			return fmt.Sprint(families)
		}).WithContext(ctx).ShouldNot(Or(ContainSubstring(name), ContainSubstring("MeshRoom")))
	})

	It("measure how long objects take to become Ready, once each", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{})
		took := counted("meshagent_operator_time_to_ready_seconds", "MeshRoom")
		one := harness.Room("one")
		w.CreateAll(ctx, one)
		Eventually(w.State(ctx, one)).WithContext(ctx).Should(ContainSubstring("ProjectNotFound"))
		Expect(took()).To(BeZero())
		w.ApplyProject(ctx)
		w.ExpectReady(ctx, one)
		Eventually(took).WithContext(ctx).Should(Equal(1.0))

		By("not measuring it again when it is Ready again")
		w.MeshAgent.Remove("rooms", one.Status.ID)
		w.Edit(ctx, one, func() { one.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
		Eventually(w.State(ctx, one)).WithContext(ctx).Should(ContainSubstring("Ready=False"))
		w.Edit(ctx, one, func() { one.Spec.ReconcilePolicy = v1alpha1.ReconcileEnforce })
		w.ExpectReady(ctx, one)
		o.Stop()
		o = w.StartOperator(harness.OperatorOptions{})
		w.RequestReconcile(ctx, one)
		Expect(took()).To(Equal(1.0))
	})

	It("measure how long changed Secrets take to be in MeshAgent", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{})
		w.ApplyProject(ctx)
		took := counted("meshagent_operator_secret_propagation_seconds", "MeshSecret")
		source := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "openai"}, StringData: map[string]string{"api-key": "first-c4n4ry"}}
		mine := &v1alpha1.MeshSecret{ObjectMeta: metav1.ObjectMeta{Name: "openai"}, Spec: v1alpha1.MeshSecretSpec{SecretRef: v1alpha1.LocalObjectReference{Name: "openai"}}}
		w.CreateAll(ctx, source)
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		before := took() // 1 if the Secret came to the operator's notice after the MeshSecret

		w.Edit(ctx, source, func() { source.StringData = map[string]string{"api-key": "second-c4n4ry"} })
		Eventually(took).WithContext(ctx).Should(Equal(before + 1))

		By("not measuring what changes nothing in MeshAgent")
		w.MeshAgent.ResetCalls()
		w.Edit(ctx, source, func() { source.Labels = map[string]string{"team": "support"} })
		Eventually(func() []string { return w.Calls() }).WithContext(ctx).ShouldNot(BeEmpty())
		w.Edit(ctx, mine, func() { mine.Spec.Name = "renamed" })
		w.ExpectReady(ctx, mine)
		Expect(took()).To(Equal(before + 1))
	})
})
