// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"encoding/json"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("MeshService", func() {
	It("refuses secrets that could not be used where they are named", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		care, bytes, agents := harness.SampleObject("MeshSecret", "openai-room"), harness.SampleObject("MeshSecret", "openai-room"), harness.SampleObject("MeshSecret", "openai")
		care.SetName("of-care")
		care.(*v1alpha1.MeshSecret).Spec.RoomRef.Name = "care"
		bytes.SetName("of-bytes")
		bytes.(*v1alpha1.MeshSecret).Spec.RoomRef, bytes.(*v1alpha1.MeshSecret).Spec.ForIdentity = nil, ""
		agents.SetName("of-agent")
		agents.(*v1alpha1.MeshSecret).Spec.AgentRef = &v1alpha1.ResourceReference{ExternalID: w.MeshAgent.Add("agents", managedAgent("scribe"))}
		w.CreateAll(ctx, harness.Room("support"), harness.Room("care"), harness.SampleObject("Secret", "openai"), harness.SampleObject("Secret", "registry-pull"),
			harness.SampleObject("MeshSecret", "openai"), harness.SampleObject("MeshSecret", "registry-pull"), harness.SampleObject("MeshSecret", "openai-room"), care, bytes, agents)
		agent := service("agent", inRoom("support"))
		w.CreateAll(ctx, agent)
		w.ExpectReady(ctx, agent)
		good := agent.Spec.Container.DeepCopy()
		named := func(name string) v1alpha1.IDReference { return v1alpha1.IDReference{Name: v1alpha1.ObjectName(name)} }
		pull := func(name string) { agent.Spec.Container.PullMeshSecretRef = new(named(name)) }
		variables := func(name string) { agent.Spec.Container.MeshSecretRefs = []v1alpha1.IDReference{named(name)} }
		variable := func(name string) {
			agent.Spec.Container.Environment = []v1alpha1.EnvironmentVariable{{Name: "KEY", Secret: &v1alpha1.SecretValue{Identity: "support", MeshSecretRef: named(name)}}}
		}
		for _, one := range []struct {
			place       func(name string)
			name, wrong string // "" for what is right
		}{
			{pull, "openai", `spec.container.pullMeshSecretRef names MeshSecret "openai", which is of type "Keys". It must be of type "Docker"`},
			{pull, "of-agent", `spec.container.pullMeshSecretRef names MeshSecret "of-agent", which is a secret of an agent. It must be a secret of the project`},
			{pull, "registry-pull", ""},
			{variables, "openai-room", `spec.container.meshSecretRefs names MeshSecret "openai-room", which is a secret of room "support". It must be a secret of the project`},
			{variables, "of-bytes", `spec.container.meshSecretRefs names MeshSecret "of-bytes", which is of type "Raw". It must be of type "Keys"`},
			{variables, "registry-pull", `which is of type "Docker". It must be of type "Keys"`},
			{variables, "openai", ""},
			{variable, "openai", `The variable "KEY" in spec.container.environment names MeshSecret "openai", which is a secret of the project. It must be a secret of the room`},
			{variable, "of-agent", `which is a secret of an agent. It must be a secret of the room`},
			{variable, "of-care", `which is a secret of room "care". It must be a secret of room "support"`},
			{variable, "openai-room", ""},
		} {
			w.Edit(ctx, agent, func() { good.DeepCopyInto(agent.Spec.Container); one.place(one.name) })
			if one.wrong == "" {
				w.ExpectReady(ctx, agent)
			} else {
				Eventually(w.State(ctx, agent)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid: "), ContainSubstring(one.wrong)))
			}
		}

		By("a service of the project, whose rooms are not known")
		shared := service("shared", func(spec *v1alpha1.MeshServiceSpec) { spec.Container = agent.Spec.Container.DeepCopy() })
		w.CreateAll(ctx, shared)
		w.ExpectReady(ctx, shared)
	})

	It("keeps the secret of an OAuth client that another user set, and never shows it", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		agent := service("agent", func(spec *v1alpha1.MeshServiceSpec) {
			spec.Ports = []v1alpha1.ServicePort{{Endpoints: []v1alpha1.ServiceEndpoint{{
				Path: "/mcp", MCP: &v1alpha1.MCPEndpoint{Label: "tools", OAuth: &v1alpha1.OAuthClientConfig{ClientID: "c"}},
			}}}}
		})
		w.CreateAll(ctx, agent)
		w.ExpectReady(ctx, agent)
		const secret = "hush-hush"
		w.MeshAgent.Edit("services", agent.Status.ID, func(doc map[string]any) {
			endpoint := doc["ports"].([]any)[0].(map[string]any)["endpoints"].([]any)[0].(map[string]any)
			endpoint["mcp"].(map[string]any)["oauth"].(map[string]any)["client_secret"] = secret
		})
		w.Edit(ctx, agent, func() {
			agent.Spec.Ports[0].Liveness = "/healthz"
			agent.Spec.Ports = append([]v1alpha1.ServicePort{{Num: new(intstr.FromInt32(9000))}}, agent.Spec.Ports...)
		})
		w.ExpectReady(ctx, agent)
		Expect(textOf(remoteService(w, "agent"))).To(And(ContainSubstring("/healthz"), ContainSubstring(secret)))
		shown, err := json.Marshal(agent)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(shown)).NotTo(ContainSubstring(secret))
	})
})
