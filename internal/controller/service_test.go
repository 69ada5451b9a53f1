// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller_test

import (
	"encoding/json"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent/simulator"
)

// service makes a MeshService with a container, of the project unless it is changed.
func service(name string, change ...func(*v1alpha1.MeshServiceSpec)) *v1alpha1.MeshService {
	made := &v1alpha1.MeshService{ObjectMeta: metav1.ObjectMeta{Name: name}}
	made.Spec.Container = &v1alpha1.ContainerSpec{Image: "registry.example.com/agent:1"}
	for _, change := range change {
		change(&made.Spec)
	}
	return made
}

// inRoom puts a MeshService into a room.
func inRoom(name string) func(*v1alpha1.MeshServiceSpec) {
	return func(spec *v1alpha1.MeshServiceSpec) { spec.RoomRef = &v1alpha1.ResourceReference{Name: name} }
}

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

// textOf is what MeshAgent holds as text, to search in.
func textOf(document map[string]any) string {
	text, err := json.Marshal(document)
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

var _ = Describe("MeshService", func() {
	for scope, change := range map[string]func(*v1alpha1.MeshServiceSpec){
		"of the project": func(*v1alpha1.MeshServiceSpec) {},
		"in a room":      inRoom("support"),
	} {
		It(scope+" is created with one request, follows its spec, and is deleted with its object", func(ctx SpecContext) {
			w := newWorld(ctx)
			w.start(operatorOptions{driftInterval: time.Second})
			w.project(ctx)
			support := room("support")
			w.apply(ctx, support)
			w.eventuallyReady(ctx, support)
			w.meshagent.ResetCalls()
			agent := service("agent", change, func(spec *v1alpha1.MeshServiceSpec) {
				spec.Container.Command = "serve"
				spec.Metadata = &v1alpha1.ServiceMetadata{Description: "first", Annotations: map[string]string{"a": "b"}}
				spec.Ports = []v1alpha1.ServicePort{{Num: new(intstr.FromInt32(8000)), Type: "http"}}
			})
			w.apply(ctx, agent)
			w.eventuallyReady(ctx, agent)
			route := "services"
			if agent.Spec.RoomRef != nil {
				route = "rooms/support/services"
			}
			Expect(w.written()).To(Equal([]string{"POST " + route}))
			Expect(agent.Status.Parent == "support").To(Equal(agent.Spec.RoomRef != nil))
			document := func() map[string]any { return w.documentOf(w.collectionOf(agent.Status.ID), agent.Status.ID) }
			Expect(document()).To(HaveKeyWithValue("metadata", HaveKeyWithValue("annotations", And(HaveLen(2),
				HaveKeyWithValue(v1alpha1.OwnerAnnotation, "cluster-1/"+w.namespace+"/agent")))))

			By("changing some, removing some, while somebody else adds some")
			w.meshagent.Edit(w.collectionOf(agent.Status.ID), agent.Status.ID, func(doc map[string]any) {
				doc["container"].(map[string]any)["working_dir"] = "/theirs"
			})
			w.meshagent.ResetCalls()
			w.edit(ctx, agent, func() {
				agent.Spec.Name = "renamed"
				agent.Spec.Container.Image, agent.Spec.Container.Command = "registry.example.com/agent:2", ""
				agent.Spec.Metadata.Annotations = nil
				agent.Spec.Ports = nil
			})
			w.eventuallyReady(ctx, agent)
			Expect(w.written()).To(Equal([]string{"PUT " + route + "/" + agent.Status.ID}))
			Expect(document()).To(HaveKeyWithValue("container", And(HaveKeyWithValue("image", "registry.example.com/agent:2"),
				HaveKeyWithValue("working_dir", "/theirs"), Not(HaveKey("command")))))
			Expect(document()).To(HaveKeyWithValue("metadata", And(HaveKeyWithValue("name", "renamed"), HaveKeyWithValue("description", "first"))))
			Expect(document()["ports"]).To(Or(BeNil(), BeEmpty()))

			By("being changed by somebody else")
			w.meshagent.Edit(w.collectionOf(agent.Status.ID), agent.Status.ID, func(doc map[string]any) {
				doc["container"].(map[string]any)["image"] = "evil"
			})
			Eventually(func() string { return textOf(document()) }).WithContext(ctx).ShouldNot(ContainSubstring("evil"))
			Eventually(w.events(ctx, agent)).WithContext(ctx).Should(ContainElement(
				"DriftCorrected: renamed differed in MeshAgent and was set right: container.image"))

			Expect(w.Delete(ctx, agent)).To(Succeed())
			w.eventuallyGone(ctx, agent)
			Expect(w.names()).NotTo(ContainElement(ContainSubstring("services/")))
		})
	}

	It("turns from a container into an external service and back", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		agent := service("agent", func(spec *v1alpha1.MeshServiceSpec) { spec.Container.OnDemand = new(true) })
		w.apply(ctx, agent)
		w.eventuallyReady(ctx, agent)
		w.edit(ctx, agent, func() {
			agent.Spec.Container, agent.Spec.External = nil, &v1alpha1.ExternalSpec{URL: "https://example.com"}
		})
		w.eventuallyReady(ctx, agent)
		Expect(w.remoteService("agent")).To(And(HaveKeyWithValue("external", HaveKeyWithValue("url", "https://example.com")), Not(HaveKey("container"))))
		w.edit(ctx, agent, func() {
			agent.Spec.Container, agent.Spec.External = &v1alpha1.ContainerSpec{Image: "i"}, nil
		})
		w.eventuallyReady(ctx, agent)
		Expect(w.remoteService("agent")).To(And(HaveKeyWithValue("container", HaveKeyWithValue("image", "i")), Not(HaveKey("external"))))
	})

	It("waits for what it refers to, and follows when an id or a room's name changes", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		agent := service("agent", inRoom("support"), func(spec *v1alpha1.MeshServiceSpec) {
			spec.Container.SecretRefs = []v1alpha1.ResourceReference{{Name: "openai"}, {External: "an-id"}}
			spec.Container.PullSecretRef = &v1alpha1.ResourceReference{Name: "registry-pull"}
			spec.Container.Environment = []v1alpha1.EnvironmentVariable{{
				Name: "KEY", Secret: &v1alpha1.SecretValue{Identity: "support", SecretRef: v1alpha1.ResourceReference{Name: "openai-room"}},
			}}
		})
		w.apply(ctx, agent)
		Eventually(w.state(ctx, agent)).WithContext(ctx).Should(ContainSubstring(`MeshRoom "support" does not exist in namespace`))
		support := room("support")
		w.apply(ctx, support)
		for _, name := range []string{"registry-pull", "openai", "openai-room"} {
			Eventually(w.state(ctx, agent)).WithContext(ctx).Should(ContainSubstring("MeshSecret %q does not exist in namespace", name))
			if name != "openai-room" {
				w.apply(ctx, sampleOf("Secret", name))
			}
			w.apply(ctx, sampleOf("MeshSecret", name))
		}
		w.eventuallyReady(ctx, agent)

		ids := func() []any {
			var ids []any
			for _, name := range []string{"openai", "registry-pull", "openai-room"} {
				secret := &v1alpha1.MeshSecret{}
				Expect(w.Get(ctx, client.ObjectKey{Namespace: w.namespace, Name: name}, secret)).To(Succeed())
				ids = append(ids, secret.Status.ID)
			}
			return ids
		}
		container := func() any { return w.remoteService("agent")["container"] }
		first := ids()
		holds := func(ids []any) OmegaMatcher {
			return And(HaveKeyWithValue("secrets", Equal([]any{ids[0], "an-id"})), HaveKeyWithValue("pull_secret", ids[1]),
				HaveKeyWithValue("environment", ConsistOf(HaveKeyWithValue("secret", HaveKeyWithValue("id", ids[2])))))
		}
		Expect(container()).To(holds(first))

		By("the project's secret being deleted in MeshAgent, and created anew with another id")
		Expect(w.meshagent.Remove("secrets", first[0].(string))).To(BeTrue())
		Eventually(func() any { return ids()[0] }).WithContext(ctx).ShouldNot(Or(Equal(first[0]), BeEmpty()))
		Eventually(container).WithContext(ctx).Should(holds(ids()))

		By("renaming the room")
		id := agent.Status.ID
		w.edit(ctx, support, func() { support.Spec.Name = "care" })
		Eventually(func() string { _, _ = w.state(ctx, agent)(); return agent.Status.Parent }).WithContext(ctx).Should(Equal("care"))
		w.edit(ctx, agent, func() { agent.Spec.Container.Command = "serve" })
		w.eventuallyReady(ctx, agent)
		Expect(agent.Status.ID).To(Equal(id))
		Expect(container()).To(HaveKeyWithValue("command", "serve"))
	})

	It("refuses secrets that could not be used where they are named", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		care, bytes, agents := sampleOf("MeshSecret", "openai-room"), sampleOf("MeshSecret", "openai-room"), sampleOf("MeshSecret", "openai")
		care.SetName("of-care")
		care.(*v1alpha1.MeshSecret).Spec.RoomRef.Name = "care"
		bytes.SetName("of-bytes")
		bytes.(*v1alpha1.MeshSecret).Spec.RoomRef, bytes.(*v1alpha1.MeshSecret).Spec.ForIdentity = nil, ""
		agents.SetName("of-agent")
		agents.(*v1alpha1.MeshSecret).Spec.AgentRef = &v1alpha1.ResourceReference{External: w.meshagent.Add("agents", map[string]any{"name": "scribe"})}
		w.apply(ctx, room("support"), room("care"), sampleOf("Secret", "openai"), sampleOf("Secret", "registry-pull"),
			sampleOf("MeshSecret", "openai"), sampleOf("MeshSecret", "registry-pull"), sampleOf("MeshSecret", "openai-room"), care, bytes, agents)
		agent := service("agent", inRoom("support"))
		w.apply(ctx, agent)
		w.eventuallyReady(ctx, agent)
		good := agent.Spec.Container.DeepCopy()
		named := func(name string) v1alpha1.ResourceReference { return v1alpha1.ResourceReference{Name: name} }
		pull := func(name string) { agent.Spec.Container.PullSecretRef = new(named(name)) }
		variables := func(name string) { agent.Spec.Container.SecretRefs = []v1alpha1.ResourceReference{named(name)} }
		variable := func(name string) {
			agent.Spec.Container.Environment = []v1alpha1.EnvironmentVariable{{Name: "KEY", Secret: &v1alpha1.SecretValue{Identity: "support", SecretRef: named(name)}}}
		}
		for _, one := range []struct {
			place       func(name string)
			name, wrong string // "" for what is right
		}{
			{pull, "openai", `spec.container.pullSecretRef names MeshSecret "openai", which is of type "keys": it must be of type "docker"`},
			{pull, "of-agent", `spec.container.pullSecretRef names MeshSecret "of-agent", which is a secret of an agent: it must be a secret of the project`},
			{pull, "registry-pull", ""},
			{variables, "openai-room", `spec.container.secretRefs names MeshSecret "openai-room", which is a secret of room "support": it must be a secret of the project`},
			{variables, "of-bytes", `spec.container.secretRefs names MeshSecret "of-bytes", which is of type "text/plain": it must be of type "keys"`},
			{variables, "registry-pull", `which is of type "docker": it must be of type "keys"`},
			{variables, "openai", ""},
			{variable, "openai", `the variable "KEY" in spec.container.environment names MeshSecret "openai", which is a secret of the project: it must be a secret of the service's room`},
			{variable, "of-agent", `which is a secret of an agent: it must be a secret of the service's room`},
			{variable, "of-care", `which is a secret of room "care": it must be a secret of room "support"`},
			{variable, "openai-room", ""},
		} {
			w.edit(ctx, agent, func() { good.DeepCopyInto(agent.Spec.Container); one.place(one.name) })
			if one.wrong == "" {
				w.eventuallyReady(ctx, agent)
			} else {
				Eventually(w.state(ctx, agent)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid: "), ContainSubstring(one.wrong)))
			}
		}

		By("a service of the project, whose rooms are not known")
		shared := service("shared", func(spec *v1alpha1.MeshServiceSpec) { spec.Container = agent.Spec.Container.DeepCopy() })
		w.apply(ctx, shared)
		w.eventuallyReady(ctx, shared)
	})

	It("that MeshAgent shows in another form is not written again", func(ctx SpecContext) {
		w := newWorld(ctx, simulator.WithBehavior(simulator.Behavior{ServicesAsText: true}))
		operator := w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		agent := service("agent", func(spec *v1alpha1.MeshServiceSpec) {
			spec.Container.Private = new(true)
			spec.Container.Storage = &v1alpha1.ContainerStorage{Room: []v1alpha1.RoomStorageMount{{Path: "/data", ReadOnly: new(false)}, {Path: "/more"}}}
			spec.Container.Environment = []v1alpha1.EnvironmentVariable{{Name: "T", Token: &v1alpha1.TokenValue{Identity: "a", API: &v1alpha1.APIScope{Preset: v1alpha1.PresetUser}}}}
			spec.Ports = []v1alpha1.ServicePort{{}, {Num: new(intstr.FromString("*"))}, {Num: new(intstr.FromInt32(1)), HostPort: 2}}
			spec.Agents = []v1alpha1.ServiceAgent{{Name: "a", Channels: &v1alpha1.AgentChannels{Messaging: []v1alpha1.MessagingChannel{{}}}}}
		})
		w.apply(ctx, agent)
		w.eventuallyReady(ctx, agent)
		By("having its defaults left out, too")
		w.meshagent.Edit("services", agent.Status.ID, func(doc map[string]any) {
			delete(doc["container"].(map[string]any), "private")
			doc["container"].(map[string]any)["command"] = nil
			delete(doc["ports"].([]any)[0].(map[string]any), "num")
			doc["ports"].([]any)[1].(map[string]any)["endpoints"] = []any{}
			doc["metadata"].(map[string]any)["annotations"].(map[string]any)["theirs"] = "x"
		})
		w.meshagent.ResetCalls()
		operator.writes.Store(0)
		Eventually(func() int { return len(w.looks("services")) }).WithContext(ctx).Should(BeNumerically(">=", 3))
		w.look(ctx, agent)
		Expect(w.calls()).To(ContainElement("GET services/" + agent.Status.ID))
		Expect(w.written()).To(BeEmpty())
	})

	It("keeps the secret of an OAuth client that somebody else set, and never shows it", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		agent := service("agent", func(spec *v1alpha1.MeshServiceSpec) {
			spec.Ports = []v1alpha1.ServicePort{{Endpoints: []v1alpha1.ServiceEndpoint{{
				Path: "/mcp", MCP: &v1alpha1.MCPEndpoint{Label: "tools", OAuth: &v1alpha1.OAuthClientConfig{ClientID: "c"}},
			}}}}
		})
		w.apply(ctx, agent)
		w.eventuallyReady(ctx, agent)
		const secret = "hush-hush"
		w.meshagent.Edit("services", agent.Status.ID, func(doc map[string]any) {
			endpoint := doc["ports"].([]any)[0].(map[string]any)["endpoints"].([]any)[0].(map[string]any)
			endpoint["mcp"].(map[string]any)["oauth"].(map[string]any)["client_secret"] = secret
		})
		w.edit(ctx, agent, func() {
			agent.Spec.Ports[0].Liveness = "/healthz"
			agent.Spec.Ports = append([]v1alpha1.ServicePort{{Num: new(intstr.FromInt32(9000))}}, agent.Spec.Ports...)
		})
		w.eventuallyReady(ctx, agent)
		Expect(textOf(w.remoteService("agent"))).To(And(ContainSubstring("/healthz"), ContainSubstring(secret)))
		shown, err := json.Marshal(agent)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(shown)).NotTo(ContainSubstring(secret))
	})

	It("with a name that is taken says so, and takes the other over if it may", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		id := w.meshagent.Add("services", map[string]any{
			"version": "v1", "kind": "Service", "metadata": map[string]any{"name": "agent"}, "container": map[string]any{"image": "theirs", "on_demand": true},
		})
		agent := service("agent")
		w.apply(ctx, agent)
		Eventually(w.state(ctx, agent)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"), ContainSubstring("container.image")))
		Expect(w.calls(http.MethodGet)).To(ContainElement("GET services/by-name/agent"))
		w.edit(ctx, agent, func() { agent.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
		w.eventuallyReady(ctx, agent)
		Expect(agent.Status.ID).To(Equal(id))
		Expect(w.remoteService("agent")).To(HaveKeyWithValue("container", And(HaveKeyWithValue("image", "registry.example.com/agent:1"), HaveKeyWithValue("on_demand", true))))

		taken := service("taken")
		w.apply(ctx, taken)
		w.eventuallyReady(ctx, taken)
		w.edit(ctx, taken, func() { taken.Spec.Name = "agent" })
		Eventually(w.state(ctx, taken)).WithContext(ctx).Should(And(ContainSubstring("AlreadyExists"), ContainSubstring(`"agent"`)))
	})

	Describe("with a template", func() {
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

			By("being renamed by somebody else, and by its own template")
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
})

// collectionOf finds the collection that holds an id.
func (w *world) collectionOf(id string) string {
	GinkgoHelper()
	for _, one := range w.held() {
		if one.ID == id {
			return one.Path
		}
	}
	return ""
}

// remoteService finds a service in MeshAgent by name, in whatever room.
func (w *world) remoteService(name string) map[string]any {
	GinkgoHelper()
	for _, one := range w.held() {
		if metadata, _ := one.Doc["metadata"].(map[string]any); one.Doc["kind"] == "Service" && metadata["name"] == name {
			return one.Doc
		}
	}
	return nil
}
