// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"encoding/json"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
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
	return func(spec *v1alpha1.MeshServiceSpec) {
		spec.RoomRef = &v1alpha1.ResourceReference{Name: v1alpha1.ObjectName(name)}
	}
}

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
			w := harness.NewEnv(ctx)
			w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
			w.ApplyProject(ctx)
			support := harness.Room("support")
			w.CreateAll(ctx, support)
			w.ExpectReady(ctx, support)
			w.MeshAgent.ResetCalls()
			agent := service("agent", change, func(spec *v1alpha1.MeshServiceSpec) {
				spec.Container.Command = "serve"
				spec.Metadata = &v1alpha1.ServiceMetadata{Description: "first", Annotations: map[string]string{"a": "b"}}
				spec.Ports = []v1alpha1.ServicePort{{Num: new(intstr.FromInt32(8000)), Type: v1alpha1.PortHTTP}}
			})
			w.CreateAll(ctx, agent)
			w.ExpectReady(ctx, agent)
			route := "services"
			if agent.Spec.RoomRef != nil {
				route = "rooms/support/services"
			}
			Expect(w.Writes()).To(Equal([]string{"POST " + route}))
			Expect(agent.Status.Parent == "support").To(Equal(agent.Spec.RoomRef != nil))
			document := func() map[string]any { return w.DocumentOf(collectionOf(w, agent.Status.ID), agent.Status.ID) }
			Expect(document()).To(HaveKeyWithValue("metadata", HaveKeyWithValue("annotations", And(HaveLen(2),
				HaveKeyWithValue(v1alpha1.OwnerAnnotation, "cluster-1/"+w.Namespace+"/agent")))))

			By("changing some, removing some, while another user adds some")
			w.MeshAgent.Edit(collectionOf(w, agent.Status.ID), agent.Status.ID, func(doc map[string]any) {
				doc["container"].(map[string]any)["working_dir"] = "/theirs"
			})
			w.MeshAgent.ResetCalls()
			w.Edit(ctx, agent, func() {
				agent.Spec.Name = "renamed"
				agent.Spec.Container.Image, agent.Spec.Container.Command = "registry.example.com/agent:2", ""
				agent.Spec.Metadata.Annotations = nil
				agent.Spec.Ports = nil
			})
			w.ExpectReady(ctx, agent)
			Expect(w.Writes()).To(Equal([]string{"PUT " + route + "/" + agent.Status.ID}))
			Expect(document()).To(HaveKeyWithValue("container", And(HaveKeyWithValue("image", "registry.example.com/agent:2"),
				HaveKeyWithValue("working_dir", "/theirs"), Not(HaveKey("command")))))
			Expect(document()).To(HaveKeyWithValue("metadata", And(HaveKeyWithValue("name", "renamed"), HaveKeyWithValue("description", "first"))))
			Expect(document()["ports"]).To(Or(BeNil(), BeEmpty()))

			By("being changed by another user")
			w.MeshAgent.Edit(collectionOf(w, agent.Status.ID), agent.Status.ID, func(doc map[string]any) {
				doc["container"].(map[string]any)["image"] = "evil"
			})
			Eventually(func() string { return textOf(document()) }).WithContext(ctx).ShouldNot(ContainSubstring("evil"))
			Eventually(w.Events(ctx, agent)).WithContext(ctx).Should(ContainElement(
				And(HavePrefix("DriftCorrected: "), ContainSubstring("renamed"), HaveSuffix(": container.image"))))

			Expect(w.Delete(ctx, agent)).To(Succeed())
			w.ExpectGone(ctx, agent)
			Expect(w.HeldNames()).NotTo(ContainElement(ContainSubstring("services/")))
		})
	}

	It("turns from a container into an external service and back", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		agent := service("agent", func(spec *v1alpha1.MeshServiceSpec) { spec.Container.OnDemand = new(true) })
		w.CreateAll(ctx, agent)
		w.ExpectReady(ctx, agent)
		w.Edit(ctx, agent, func() {
			agent.Spec.Container, agent.Spec.External = nil, &v1alpha1.ExternalSpec{URL: "https://example.com"}
		})
		w.ExpectReady(ctx, agent)
		Expect(remoteService(w, "agent")).To(And(HaveKeyWithValue("external", HaveKeyWithValue("url", "https://example.com")), Not(HaveKey("container"))))
		w.Edit(ctx, agent, func() {
			agent.Spec.Container, agent.Spec.External = &v1alpha1.ContainerSpec{Image: "i"}, nil
		})
		w.ExpectReady(ctx, agent)
		Expect(remoteService(w, "agent")).To(And(HaveKeyWithValue("container", HaveKeyWithValue("image", "i")), Not(HaveKey("external"))))
	})

	It("waits for what it refers to, and follows when an id or a room's name changes", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		agent := service("agent", inRoom("support"), func(spec *v1alpha1.MeshServiceSpec) {
			spec.Container.MeshSecretRefs = []v1alpha1.IDReference{{Name: "openai"}, {ExternalID: "an-id"}}
			spec.Container.PullMeshSecretRef = &v1alpha1.IDReference{Name: "registry-pull"}
			spec.Container.Environment = []v1alpha1.EnvironmentVariable{{
				Name: "KEY", Secret: &v1alpha1.SecretValue{Identity: "support", MeshSecretRef: v1alpha1.IDReference{Name: "openai-room"}},
			}}
		})
		w.CreateAll(ctx, agent)
		Eventually(w.State(ctx, agent)).WithContext(ctx).Should(ContainSubstring(`MeshRoom "support" does not exist in namespace`))
		support := harness.Room("support")
		w.CreateAll(ctx, support)
		for _, name := range []string{"registry-pull", "openai", "openai-room"} {
			Eventually(w.State(ctx, agent)).WithContext(ctx).Should(ContainSubstring("MeshSecret %q does not exist in namespace", name))
			if name != "openai-room" {
				w.CreateAll(ctx, harness.SampleObject("Secret", name))
			}
			w.CreateAll(ctx, harness.SampleObject("MeshSecret", name))
		}
		w.ExpectReady(ctx, agent)

		ids := func() []any {
			var ids []any
			for _, name := range []string{"openai", "registry-pull", "openai-room"} {
				secret := &v1alpha1.MeshSecret{}
				Expect(w.Get(ctx, client.ObjectKey{Namespace: w.Namespace, Name: name}, secret)).To(Succeed())
				ids = append(ids, secret.Status.ID)
			}
			return ids
		}
		container := func() any { return remoteService(w, "agent")["container"] }
		first := ids()
		holds := func(ids []any) OmegaMatcher {
			return And(HaveKeyWithValue("secrets", Equal([]any{ids[0], "an-id"})), HaveKeyWithValue("pull_secret", ids[1]),
				HaveKeyWithValue("environment", ConsistOf(HaveKeyWithValue("secret", HaveKeyWithValue("id", ids[2])))))
		}
		Expect(container()).To(holds(first))

		By("the project's secret being deleted in MeshAgent, and created again with another id")
		Expect(w.MeshAgent.Remove("secrets", first[0].(string))).To(BeTrue())
		Eventually(func() any { return ids()[0] }).WithContext(ctx).ShouldNot(Or(Equal(first[0]), BeEmpty()))
		Eventually(container).WithContext(ctx).Should(holds(ids()))

		By("renaming the room")
		id := agent.Status.ID
		w.Edit(ctx, support, func() { support.Spec.Name = "care" })
		Eventually(func() string { _, _ = w.State(ctx, agent)(); return agent.Status.Parent }).WithContext(ctx).Should(Equal("care"))
		w.Edit(ctx, agent, func() { agent.Spec.Container.Command = "serve" })
		w.ExpectReady(ctx, agent)
		Expect(agent.Status.ID).To(Equal(id))
		Expect(container()).To(HaveKeyWithValue("command", "serve"))
	})

	It("that MeshAgent shows in another form is not written again", func(ctx SpecContext) {
		w := harness.NewEnv(ctx, simulator.WithBehavior(simulator.Behavior{ServicesAsText: true}))
		operator := w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.ApplyProject(ctx)
		agent := service("agent", func(spec *v1alpha1.MeshServiceSpec) {
			spec.Container.Private = new(true)
			spec.Container.Storage = &v1alpha1.ContainerStorage{Room: []v1alpha1.RoomStorageMount{{Path: "/data", ReadOnly: new(false)}, {Path: "/more"}}}
			spec.Container.Environment = []v1alpha1.EnvironmentVariable{{Name: "T", Token: &v1alpha1.TokenValue{Identity: "a", API: &v1alpha1.APIScope{Preset: v1alpha1.PresetUser}}}}
			spec.Ports = []v1alpha1.ServicePort{{}, {Num: new(intstr.FromString("*"))}, {Num: new(intstr.FromInt32(1)), HostPort: 2}}
			spec.Agents = []v1alpha1.ServiceAgent{{Name: "a", Channels: &v1alpha1.AgentChannels{Messaging: []v1alpha1.MessagingChannel{{}}}}}
		})
		w.CreateAll(ctx, agent)
		w.ExpectReady(ctx, agent)
		By("having its defaults left out, too")
		w.MeshAgent.Edit("services", agent.Status.ID, func(doc map[string]any) {
			delete(doc["container"].(map[string]any), "private")
			doc["container"].(map[string]any)["command"] = nil
			delete(doc["ports"].([]any)[0].(map[string]any), "num")
			doc["ports"].([]any)[1].(map[string]any)["endpoints"] = []any{}
			doc["metadata"].(map[string]any)["annotations"].(map[string]any)["theirs"] = "x"
		})
		w.MeshAgent.ResetCalls()
		operator.Writes.Store(0)
		Eventually(func() int { return len(w.Reads("services")) }).WithContext(ctx).Should(BeNumerically(">=", 3))
		w.RequestReconcile(ctx, agent)
		Expect(w.Calls()).To(ContainElement("GET services/" + agent.Status.ID))
		Expect(w.Writes()).To(BeEmpty())
	})

	It("with a name that is taken says so, and takes the other over if it may", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		id := w.MeshAgent.Add("services", map[string]any{
			"version": "v1", "kind": "Service", "metadata": map[string]any{"name": "agent"}, "container": map[string]any{"image": "theirs", "on_demand": true},
		})
		agent := service("agent")
		w.CreateAll(ctx, agent)
		Eventually(w.State(ctx, agent)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"), ContainSubstring("container.image")))
		Expect(w.Calls(http.MethodGet)).To(ContainElement("GET services/by-name/agent"))
		w.Edit(ctx, agent, func() { agent.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
		w.ExpectReady(ctx, agent)
		Expect(agent.Status.ID).To(Equal(id))
		Expect(remoteService(w, "agent")).To(HaveKeyWithValue("container", And(HaveKeyWithValue("image", "registry.example.com/agent:1"), HaveKeyWithValue("on_demand", true))))

		taken := service("taken")
		w.CreateAll(ctx, taken)
		w.ExpectReady(ctx, taken)
		w.Edit(ctx, taken, func() { taken.Spec.Name = "agent" })
		Eventually(w.State(ctx, taken)).WithContext(ctx).Should(And(ContainSubstring("AlreadyExists"), ContainSubstring(`"agent"`)))
	})
})

// collectionOf finds the collection that holds an id.
func collectionOf(w *harness.Env, id string) string {
	GinkgoHelper()
	for _, one := range w.Held() {
		if one.ID == id {
			return one.Path
		}
	}
	return ""
}

// remoteService finds a service in MeshAgent by name, in whatever room.
func remoteService(w *harness.Env, name string) map[string]any {
	GinkgoHelper()
	for _, one := range w.Held() {
		if metadata, _ := one.Doc["metadata"].(map[string]any); one.Doc["kind"] == "Service" && metadata["name"] == name {
			return one.Doc
		}
	}
	return nil
}
