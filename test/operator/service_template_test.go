// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
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
		w := newWorld(ctx)
		operator := w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		whom := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "whom"}, Data: map[string]string{"whom": "world"}}
		// The template gives another name than the object has.
		made := service("greets", withText(greeter, map[string]string{"name": "greeter"}), func(spec *v1alpha1.MeshServiceSpec) {
			spec.Template.ValuesFrom = []v1alpha1.ServiceTemplateValue{{Name: "whom", ConfigMapKeyRef: v1alpha1.ConfigMapKeyReference{Name: "whom", Key: "whom"}}}
		})
		w.apply(ctx, made)
		Eventually(w.state(ctx, made)).WithContext(ctx).Should(And(HavePrefix("Ready=False"), ContainSubstring(`ConfigMap "whom" does not exist in namespace`)))
		Expect(w.written()).To(BeEmpty())
		w.apply(ctx, whom)
		w.eventuallyReady(ctx, made)
		Expect(w.written()).To(Equal([]string{"POST services"}))
		Expect(made.Status.Name).To(Equal("greeter"))
		Expect(w.remoteService("greeter")).To(And(HaveKeyWithValue("id", made.Status.ID), HaveKeyWithValue("external", HaveKeyWithValue("url", "https://example.com/world"))))

		w.meshagent.ResetCalls()
		operator.writes.Store(0)
		Eventually(func() int { return len(w.looks("services")) }).WithContext(ctx).Should(BeNumerically(">=", 2))
		Expect(w.written()).To(BeEmpty())
		Expect(operator.writes.Load()).To(BeZero())

		By("changing the ConfigMap")
		w.edit(ctx, whom, func() { whom.Data["whom"] = "moon" })
		Eventually(func() string { return textOf(w.remoteService("greeter")) }).WithContext(ctx).Should(ContainSubstring("https://example.com/moon"))
		w.eventuallyReady(ctx, made)
		Expect(w.written()).To(Equal([]string{"PUT services/" + made.Status.ID}))

		By("being renamed by another user, and by its own template")
		w.meshagent.Edit("services", made.Status.ID, func(doc map[string]any) { doc["metadata"].(map[string]any)["name"] = "theirs" })
		Eventually(func() any { return w.remoteService("greeter") }).WithContext(ctx).ShouldNot(BeNil())
		w.edit(ctx, made, func() { made.Spec.Template.Values["name"] = "host" })
		Eventually(func() any { return w.remoteService("host") }).WithContext(ctx).ShouldNot(BeNil())
		w.eventuallyReady(ctx, made)
		Expect(made.Status.Name).To(Equal("host"))

		By("losing a key of the ConfigMap")
		w.edit(ctx, whom, func() { whom.Data = map[string]string{"who": "x"} })
		Eventually(w.state(ctx, made)).WithContext(ctx).Should(ContainSubstring(`ConfigMap "whom" has no key "whom", which spec.template.valuesFrom names for "whom"`))
		Expect(w.remoteService("host")).NotTo(BeNil())

		Expect(w.Delete(ctx, made)).To(Succeed())
		w.eventuallyGone(ctx, made)
		Expect(w.meshagent.Documents("services")).To(BeEmpty())
	})

	It("is found again when the answer to its creation was lost", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		w.meshagent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/services$", Times: 1, Drop: simulator.DropAfter})
		made := service("greets", withText(greeter, map[string]string{"name": "greeter", "whom": "world"}))
		w.apply(ctx, made)
		w.eventuallyReady(ctx, made)
		Expect(made.Status.IsAdopted()).To(BeFalse())
		Expect(w.meshagent.Documents("services")).To(HaveLen(1))
		w.edit(ctx, made, func() { made.Spec.DeletionPolicy = v1alpha1.DeletionOrphan })
		w.meshagent.ResetCalls()
		Expect(w.Delete(ctx, made)).To(Succeed())
		w.eventuallyGone(ctx, made)
		Expect(textOf(w.remoteService("greeter"))).NotTo(ContainSubstring(v1alpha1.OwnerAnnotation))
	})

	It("is adopted if it was made of the same, and gives up its template for a container", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		w.meshagent.Add("services", map[string]any{
			"version": "v1", "kind": "Service", "external": map[string]any{"url": "https://example.com/world"}, "agents": []any{map[string]any{"name": "greeter"}},
			"metadata": map[string]any{"name": "greeter", "annotations": map[string]any{
				"meshagent.service.template.yaml": greeter, "meshagent.service.template.values": `{"whom": "world", "name": "greeter"}`,
			}},
		})
		made := service("greets", withText(greeter, map[string]string{"name": "greeter", "whom": "world"}))
		made.Spec.Name = "greeter"
		w.apply(ctx, made)
		w.eventuallyReady(ctx, made)
		Expect(made.Status.IsAdopted()).To(BeTrue())

		w.edit(ctx, made, func() {
			made.Spec.Template, made.Spec.Container = nil, &v1alpha1.ContainerSpec{Image: "i"}
		})
		w.eventuallyReady(ctx, made)
		Expect(w.remoteService("greeter")).To(And(HaveKeyWithValue("container", HaveKeyWithValue("image", "i")), Not(HaveKey("external")), Not(HaveKey("agents")),
			HaveKeyWithValue("metadata", HaveKeyWithValue("annotations", And(HaveKey(v1alpha1.OwnerAnnotation), Not(HaveKey("meshagent.service.template.yaml")))))))
	})

	It("that cannot be rendered says why", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		for name, change := range map[string]func(*v1alpha1.MeshServiceSpec){
			"jinja":   withText("{% for x in y %}", nil),
			"missing": withText(greeter, map[string]string{"name": "x"}),
		} {
			made := service(name, change)
			w.apply(ctx, made)
			Eventually(w.state(ctx, made)).WithContext(ctx).Should(ContainSubstring("Stalled=True Rejected: MeshAgent refuses this (400)"))
		}
		odd := service("odd", withText(greeter, map[string]string{"name": "x", "not a name": "y"}))
		w.apply(ctx, odd)
		Eventually(w.state(ctx, odd)).WithContext(ctx).Should(ContainSubstring(`spec.template.values has "not a name", which no template can use`))
		twice := service("twice", withText(greeter, map[string]string{"name": "x"}), func(spec *v1alpha1.MeshServiceSpec) {
			spec.Template.ValuesFrom = []v1alpha1.ServiceTemplateValue{{Name: "name", ConfigMapKeyRef: v1alpha1.ConfigMapKeyReference{Name: "m", Key: "k"}}}
		})
		w.apply(ctx, twice, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "m"}, BinaryData: map[string][]byte{"k": {0xff}}})
		Eventually(w.state(ctx, twice)).WithContext(ctx).Should(ContainSubstring(`"name" is in both spec.template.values and spec.template.valuesFrom`))
		w.edit(ctx, twice, func() { twice.Spec.Template.Values = nil })
		Eventually(w.state(ctx, twice)).WithContext(ctx).Should(ContainSubstring(`key "k" of ConfigMap "m" is no text`))
	})
})
