// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// withText makes it a MeshService with a template instead.
func withText(text string, values map[string]string) func(*v1alpha1.MeshServiceSpec) {
	return func(spec *v1alpha1.MeshServiceSpec) {
		spec.Container, spec.Template = nil, &v1alpha1.ServiceTemplate{Text: text, Values: values}
	}
}

const greeter = `
version: v1
kind: ServiceTemplate
metadata: {name: "{{ name }}", description: "greets {{ whom }}"}
variables: [{name: name}, {name: whom}]
external: {url: "https://example.com/{{ whom }}"}
agents: [{name: greeter}]
`

var _ = Describe("MeshService with a template", func() {
	It("is made by MeshAgent, follows its values, and costs nothing while nothing happens", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		operator := w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		whom := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "whom"}, Data: map[string]string{"whom": "world"}}
		// The template gives another name than the object has.
		made := service("greets", withText(greeter, map[string]string{"name": "greeter"}), func(spec *v1alpha1.MeshServiceSpec) {
			spec.Template.ValuesFrom = []v1alpha1.ServiceTemplateValue{{Name: "whom", ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: "whom", Key: "whom"}}}
		})
		w.CreateAll(ctx, made)
		Eventually(w.State(ctx, made)).WithContext(ctx).Should(And(HavePrefix("Ready=False"), ContainSubstring(`ConfigMap "whom" does not exist in namespace`)))
		Expect(w.Writes()).To(BeEmpty())
		w.CreateAll(ctx, whom)
		w.ExpectReady(ctx, made)
		Expect(w.Writes()).To(Equal([]string{"POST services"}))
		Expect(made.Status.Name).To(Equal("greeter"))
		Expect(remoteService(w, "greeter")).To(And(HaveKeyWithValue("id", made.Status.ID), HaveKeyWithValue("external", HaveKeyWithValue("url", "https://example.com/world"))))

		w.MeshAgent.ResetCalls()
		operator.Writes.Store(0)
		Eventually(func() int { return len(w.Reads("services")) }).WithContext(ctx).Should(BeNumerically(">=", 2))
		Expect(w.Writes()).To(BeEmpty())
		Expect(operator.Writes.Load()).To(BeZero())

		By("changing the ConfigMap")
		w.Edit(ctx, whom, func() { whom.Data["whom"] = "moon" })
		Eventually(func() string { return textOf(remoteService(w, "greeter")) }).WithContext(ctx).Should(ContainSubstring("https://example.com/moon"))
		w.ExpectReady(ctx, made)
		Expect(w.Writes()).To(Equal([]string{"PUT services/" + made.Status.ID}))

		By("being renamed by another user, and by its own template")
		w.MeshAgent.Edit("services", made.Status.ID, func(doc map[string]any) { doc["metadata"].(map[string]any)["name"] = "theirs" })
		Eventually(func() any { return remoteService(w, "greeter") }).WithContext(ctx).ShouldNot(BeNil())
		w.Edit(ctx, made, func() { made.Spec.Template.Values["name"] = "host" })
		Eventually(func() any { return remoteService(w, "host") }).WithContext(ctx).ShouldNot(BeNil())
		w.ExpectReady(ctx, made)
		Expect(made.Status.Name).To(Equal("host"))

		By("losing a key of the ConfigMap")
		w.Edit(ctx, whom, func() { whom.Data = map[string]string{"who": "x"} })
		Eventually(w.State(ctx, made)).WithContext(ctx).Should(ContainSubstring(`ConfigMap "whom" has no key "whom", which spec.template.valuesFrom names for "whom"`))
		Expect(remoteService(w, "host")).NotTo(BeNil())

		Expect(w.Delete(ctx, made)).To(Succeed())
		w.ExpectGone(ctx, made)
		Expect(w.MeshAgent.Documents("services")).To(BeEmpty())
	})

	It("is found again when the answer to its creation was lost", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		w.MeshAgent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/services$", Times: 1, Drop: simulator.DropAfter})
		made := service("greets", withText(greeter, map[string]string{"name": "greeter", "whom": "world"}))
		w.CreateAll(ctx, made)
		w.ExpectReady(ctx, made)
		Expect(made.Status.IsAdopted()).To(BeFalse())
		Expect(w.MeshAgent.Documents("services")).To(HaveLen(1))
		w.Edit(ctx, made, func() { made.Spec.DeletionPolicy = v1alpha1.DeletionOrphan })
		w.MeshAgent.ResetCalls()
		Expect(w.Delete(ctx, made)).To(Succeed())
		w.ExpectGone(ctx, made)
		Expect(textOf(remoteService(w, "greeter"))).NotTo(ContainSubstring(v1alpha1.OwnerAnnotation))
	})

	It("is adopted if it was made of the same, and gives up its template for a container", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		w.MeshAgent.Add("services", map[string]any{
			"version": "v1", "kind": "Service", "external": map[string]any{"url": "https://example.com/world"}, "agents": []any{map[string]any{"name": "greeter"}},
			"metadata": map[string]any{"name": "greeter", "annotations": map[string]any{
				"meshagent.service.template.yaml": greeter, "meshagent.service.template.values": `{"whom": "world", "name": "greeter"}`,
			}},
		})
		made := service("greets", withText(greeter, map[string]string{"name": "greeter", "whom": "world"}))
		made.Spec.Name = "greeter"
		w.CreateAll(ctx, made)
		w.ExpectReady(ctx, made)
		Expect(made.Status.IsAdopted()).To(BeTrue())

		w.Edit(ctx, made, func() {
			made.Spec.Template, made.Spec.Container = nil, &v1alpha1.ContainerSpec{Image: "i"}
		})
		w.ExpectReady(ctx, made)
		Expect(remoteService(w, "greeter")).To(And(HaveKeyWithValue("container", HaveKeyWithValue("image", "i")), Not(HaveKey("external")), Not(HaveKey("agents")),
			HaveKeyWithValue("metadata", HaveKeyWithValue("annotations", And(HaveKey(v1alpha1.OwnerAnnotation), Not(HaveKey("meshagent.service.template.yaml")))))))
	})

	It("that cannot be rendered says why", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		for name, change := range map[string]func(*v1alpha1.MeshServiceSpec){
			"jinja":   withText("{% for x in y %}", nil),
			"missing": withText(greeter, map[string]string{"name": "x"}),
		} {
			made := service(name, change)
			w.CreateAll(ctx, made)
			Eventually(w.State(ctx, made)).WithContext(ctx).Should(ContainSubstring("Stalled=True Rejected: "))
		}
		odd := service("odd", withText(greeter, map[string]string{"name": "x", "not a name": "y"}))
		w.CreateAll(ctx, odd)
		Eventually(w.State(ctx, odd)).WithContext(ctx).Should(ContainSubstring(`spec.template.values has "not a name"`))
		twice := service("twice", withText(greeter, map[string]string{"name": "x"}), func(spec *v1alpha1.MeshServiceSpec) {
			spec.Template.ValuesFrom = []v1alpha1.ServiceTemplateValue{{Name: "name", ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: "m", Key: "k"}}}
		})
		w.CreateAll(ctx, twice, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "m"}, BinaryData: map[string][]byte{"k": {0xff}}})
		Eventually(w.State(ctx, twice)).WithContext(ctx).Should(ContainSubstring(`"name" is in both spec.template.values and spec.template.valuesFrom`))
		w.Edit(ctx, twice, func() { twice.Spec.Template.Values = nil })
		Eventually(w.State(ctx, twice)).WithContext(ctx).Should(ContainSubstring(`Key "k" of ConfigMap "m"`))
	})
})
