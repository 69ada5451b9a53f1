// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"encoding/json"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshProjectSettings", func() {
	settings := func(name, content string, change ...func(*v1alpha1.MeshProjectSettings)) *v1alpha1.MeshProjectSettings {
		made := &v1alpha1.MeshProjectSettings{ObjectMeta: metav1.ObjectMeta{Name: name}}
		made.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned
		if content != "" {
			made.Spec.Settings = &runtime.RawExtension{Raw: []byte(content)}
		}
		for _, change := range change {
			change(made)
		}
		return made
	}
	held := func(w *harness.Env) map[string]any {
		return withoutNulls(w.MeshAgent.Settings()).(map[string]any)
	}

	for name, behavior := range map[string]simulator.Behavior{"replaces": {}, "merges": {MergeSettings: true}} {
		It("leaves other keys, and removes its own, if MeshAgent "+name+" settings", func(ctx SpecContext) {
			w := harness.NewEnv(ctx, simulator.WithBehavior(behavior))
			w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
			w.ApplyProject(ctx)
			w.MeshAgent.SetSettings(map[string]any{"theirs": 1.50, "router": map[string]any{"region": "eu"}})
			first, second := settings("first", `{"router": {"model": "gpt-5"}, "otel": {"endpoint": "https://a"}}`), settings("second", `{"admission": {"open": false}}`)
			w.CreateAll(ctx, first, second)
			w.ExpectReady(ctx, first, second)
			Expect(held(w)).To(Equal(map[string]any{
				"theirs": 1.50, "router": map[string]any{"region": "eu", "model": "gpt-5"},
				"otel": map[string]any{"endpoint": "https://a"}, "admission": map[string]any{"open": false},
			}))

			w.Edit(ctx, first, func() { first.Spec.Settings.Raw = []byte(`{"router": {"model": "gpt-6"}}`) })
			w.ExpectReady(ctx, first, second)
			Expect(held(w)).To(Equal(map[string]any{
				"theirs": 1.50, "router": map[string]any{"region": "eu", "model": "gpt-6"}, "admission": map[string]any{"open": false},
			}))

			By("resting")
			w.MeshAgent.ResetCalls()
			w.RequestReconcile(ctx, first)
			w.RequestReconcile(ctx, second)
			Expect(w.Writes()).To(BeEmpty())

			By("staying when the objects are deleted")
			before := held(w)
			Expect(w.Delete(ctx, first)).To(Succeed())
			Expect(w.Delete(ctx, second)).To(Succeed())
			w.ExpectGone(ctx, first, second)
			Expect(held(w)).To(Equal(before))
		})

		It("writes values of Secrets, and removes what leaves the spec, if MeshAgent "+name+" settings", func(ctx SpecContext) {
			w := harness.NewEnv(ctx, simulator.WithBehavior(behavior))
			w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
			w.ApplyProject(ctx)
			secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "provider"}, StringData: map[string]string{"api-key": "hush-c4n4ry"}}
			mine := settings("mine", "", func(s *v1alpha1.MeshProjectSettings) {
				s.Spec.SettingsFrom = []v1alpha1.SettingFromSecret{
					{Path: "openai.api_key", SecretKeyRef: v1alpha1.SecretKeyReference{Name: "provider", Key: "api-key"}},
					{Path: "openai.other", SecretKeyRef: v1alpha1.SecretKeyReference{Name: "provider", Key: "api-key"}},
				}
			})
			w.CreateAll(ctx, secret, mine)
			w.ExpectReady(ctx, mine)
			Expect(held(w)).To(HaveKeyWithValue("openai", map[string]any{"api_key": "hush-c4n4ry", "other": "hush-c4n4ry"}))
			w.Edit(ctx, mine, func() { mine.Spec.SettingsFrom = mine.Spec.SettingsFrom[:1] })
			w.ExpectReady(ctx, mine)
			Expect(held(w)).To(HaveKeyWithValue("openai", map[string]any{"api_key": "hush-c4n4ry"}))
			w.Edit(ctx, secret, func() { secret.StringData = map[string]string{"api-key": "hush-2-c4n4ry"} })
			Eventually(func() any { return held(w)["openai"] }).WithContext(ctx).Should(Equal(map[string]any{"api_key": "hush-2-c4n4ry"}))
			w.Edit(ctx, mine, func() { mine.Spec.SettingsFrom, mine.Spec.Settings = nil, &runtime.RawExtension{Raw: []byte(`{}`)} })
			w.ExpectReady(ctx, mine)
			Expect(held(w)["openai"]).To(BeEmpty())
			text, err := json.Marshal(mine)
			Expect(err).NotTo(HaveOccurred())
			Expect(string(text)).NotTo(ContainSubstring("hush-c4n4ry"))
		})
	}

	It("only confirms settings that match, unless it may change them", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		mine := settings("mine", `{"router": {"model": "gpt-5"}}`, func(s *v1alpha1.MeshProjectSettings) { s.Spec.AdoptionPolicy = "" })
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"), Not(ContainSubstring("gpt-5"))))
		Expect(w.Writes()).To(BeEmpty())
		w.MeshAgent.SetSettings(map[string]any{"router": map[string]any{"model": "gpt-5"}})
		w.RequestReconcile(ctx, mine)
		w.ExpectReady(ctx, mine)
		Expect(w.Writes()).To(BeEmpty())
	})

	It("sets recharge apart from settings, and switches no money by omission", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		number := func(text string) *intstr.IntOrString { return new(intstr.Parse(text)) }
		mine := settings("mine", "", func(s *v1alpha1.MeshProjectSettings) {
			s.Spec.AutoRecharge = &v1alpha1.AutoRecharge{Enabled: new(true), Amount: number("25"), Threshold: number("5.50"), MonthlyBudget: number("100")}
		})
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		Expect(w.Writes()).To(ConsistOf("POST recharge"))
		Expect(mine.Status.AutoRecharge).NotTo(BeNil())
		balance := func() any { return w.MeshAgent.Documents("billing") }
		Expect(balance()).To(ConsistOf(And(
			HaveKeyWithValue("auto_recharge_amount", 25.0), HaveKeyWithValue("auto_recharge_threshold", 5.50),
			HaveKeyWithValue("monthly_budget", 100.0))))

		w.MeshAgent.ResetCalls()
		w.Edit(ctx, mine, func() { mine.Spec.AutoRecharge.MonthlyBudget = nil })
		w.ExpectReady(ctx, mine)
		w.Edit(ctx, mine, func() {
			mine.Spec.AutoRecharge, mine.Spec.Settings = nil, &runtime.RawExtension{Raw: []byte(`{"a": 1}`)}
		})
		w.ExpectReady(ctx, mine)
		Expect(w.Writes()).To(ConsistOf("PUT settings"))
		Expect(mine.Status.AutoRecharge).To(BeNil())

		w.Edit(ctx, mine, func() { mine.Spec.AutoRecharge = &v1alpha1.AutoRecharge{Enabled: new(false), Amount: number("30")} })
		w.ExpectReady(ctx, mine)
		Expect(balance()).To(ConsistOf(HaveKeyWithValue("auto_recharge_amount", BeNil())))
	})
})

// withoutNulls is a value without the members that are null, which are as good as absent.
func withoutNulls(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	kept := map[string]any{}
	for name, inner := range object {
		if inner != nil {
			kept[name] = withoutNulls(inner)
		}
	}
	return kept
}
