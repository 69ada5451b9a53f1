// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// newAgent has an MCP server that needs the MeshSecret of newAgentSecret, and one that does not.
func newAgent() *v1alpha1.MeshManagedAgent {
	made := &v1alpha1.MeshManagedAgent{ObjectMeta: named("scribe")}
	made.Spec.AllowedModels = []v1alpha1.AllowedModel{{Provider: v1alpha1.ProviderOpenAI, Model: "gpt-5"}}
	made.Spec.Toolkits = []v1alpha1.AgentToolkit{{Type: v1alpha1.ToolkitMCP, MCP: &v1alpha1.MCPToolkit{Servers: []v1alpha1.AgentMCPServer{
		{Label: "tickets", URL: "https://tickets.example.com", Authorization: &v1alpha1.MCPAuthorization{
			Type: v1alpha1.AuthorizationBearer, Secret: v1alpha1.MCPSecret{AgentMeshSecretRef: &v1alpha1.IDReference{Name: "openai"}},
		}},
		{Label: "open", URL: "https://open.example.com"},
	}}}}
	return made
}

// newAgentSecret is a secret of newAgent.
func newAgentSecret() *v1alpha1.MeshSecret {
	made := newMeshSecret()
	made.Spec.AgentRef = &v1alpha1.ResourceReference{Name: "scribe"}
	return made
}

// serversOf are the labels of the MCP servers that MeshAgent has of the agent, each with the secret
// of the agent that it names.
func (h *cluster) serversOf() (labels []string) {
	h.Helper()
	for _, agent := range h.MeshAgent.Documents("agents") {
		configuration, _ := agent["configuration"].(map[string]any)
		toolkits, _ := configuration["toolkits"].([]any)
		for _, toolkit := range toolkits {
			servers, _ := toolkit.(map[string]any)["servers"].([]any)
			for _, server := range servers {
				server, _ := server.(map[string]any)
				label := fmt.Sprint(server["server_label"])
				if authorization, ok := server["authorization"].(map[string]any); ok {
					label += " with " + fmt.Sprint(authorization["secret"].(map[string]any)["secret_id"])
				}
				labels = append(labels, label)
			}
		}
	}
	return labels
}

// writesOf are the methods of all calls that write, with the last part of their path except IDs.
func (h *cluster) writesOf() (all []string) {
	h.Helper()
	for _, call := range h.MeshAgent.Calls() {
		if call.Method != http.MethodGet {
			steps := strings.Split(call.Path, "/")
			steps = slices.DeleteFunc(steps, func(step string) bool { return len(step) == 36 })
			all = append(all, fmt.Sprintf("%s %s %d", call.Method, steps[len(steps)-1], call.Status))
		}
	}
	return all
}

// eachCircle runs a test where MeshAgent checks the ids of secrets, and where it does not.
func eachCircle(t *testing.T, test func(t *testing.T, h *cluster)) {
	t.Helper()
	for _, checks := range []bool{true, false} {
		t.Run(fmt.Sprintf("MeshAgent checks %t", checks), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, newCluster(t, simulator.Behavior{CheckAgentSecrets: checks})) })
		})
	}
}

// applyCircle applies an agent and its secret, and waits until both are complete.
func (h *cluster) applyCircle() (*v1alpha1.MeshManagedAgent, *v1alpha1.MeshSecret) {
	h.Helper()
	agent, secret := newAgent(), newAgentSecret()
	h.Create(memory.Secret("values", "v"))
	h.Apply(agent)
	h.Apply(secret)
	h.Run(time.Minute)
	h.RequireReady(agent)
	h.RequireReady(secret)
	return agent, secret
}

// permutations are all orders of three things.
var permutations = [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}

// The agent, then its secret, then the agent once more: in any order of creation, and nothing else.
// In any order of deletion nothing is left.
func TestAnAgentAndItsSecretNeedEachOther(t *testing.T) {
	t.Parallel()
	eachCircle(t, func(t *testing.T, h *cluster) {
		t.Helper()
		for _, pause := range []time.Duration{0, 2 * memory.DriftInterval} {
			for _, order := range permutations {
				agent, secret, source := newAgent(), newAgentSecret(), memory.Secret("values", "v")
				h.MeshAgent.ResetCalls()
				for _, i := range order {
					h.Create([]client.Object{agent, secret, source}[i])
					h.Run(pause)
				}
				h.Run(time.Minute)
				h.RequireReady(agent)
				h.RequireReady(secret)
				if got, want := h.writesOf(), []string{"POST agents 200", "POST secrets 200", "PUT agents 200"}; !slices.Equal(got, want) {
					t.Errorf("in order %v the writes are %q", order, got)
				}
				if got, want := h.serversOf(), []string{"tickets with " + secret.Status.ID, "open"}; !slices.Equal(got, want) {
					t.Errorf("in order %v the servers are %q", order, got)
				}
				h.MeshAgent.ResetCalls()
				h.Run(3 * memory.DriftInterval)
				h.Restart()
				h.Run(3 * memory.DriftInterval)
				if got := h.writesOf(); len(got) > 0 || len(agent.Status.Drift) > 0 {
					t.Errorf("at rest there are writes %q, and drift %v", got, agent.Status.Drift)
				}
				for _, i := range order {
					h.Delete([]client.Object{agent, secret, source}[i])
					h.Run(pause)
				}
				h.Run(10 * time.Minute)
				if !h.IsGone(agent) || !h.IsGone(secret) {
					t.Errorf("in order %v they are not deleted:%s%s", order, h.Describe(agent), h.Describe(secret))
				}
				for where := range h.Held() {
					if strings.HasPrefix(where.Collection, "agents") {
						t.Errorf("in order %v this is left: %v", order, where)
					}
				}
			}
		}
	})
}

// While the server is missing, the agent says what it waits for.
func TestAnAgentSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	eachCircle(t, func(t *testing.T, h *cluster) {
		t.Helper()
		agent, secret := newAgent(), newAgentSecret()
		h.Apply(agent)
		h.Run(time.Minute)
		if got := h.Condition(agent, v1alpha1.ConditionReady); got != "Ready=False ReferenceNotFound" {
			t.Errorf("without a MeshSecret it says %s:%s", got, h.Describe(agent))
		}
		h.Apply(secret) // whose Secret is missing
		h.Run(2 * memory.DriftInterval)
		if got := h.Condition(agent, v1alpha1.ConditionReady); got != "Ready=False NotReady" ||
			!strings.Contains(h.Describe(agent), `MCP server "tickets" waits for MeshSecret "openai"`) {
			t.Errorf("it says %s:%s", got, h.Describe(agent))
		}
		if got := h.Condition(agent, v1alpha1.ConditionSynced); !strings.HasPrefix(got, "Synced=True ") || len(agent.Status.Drift) > 0 {
			t.Errorf("it says %s, and shows drift %v", got, agent.Status.Drift)
		}
		if got := h.serversOf(); !slices.Equal(got, []string{"open"}) {
			t.Errorf("the servers are %q", got)
		}
		h.Create(memory.Secret("values", "v"))
		h.Run(time.Minute)
		h.RequireReady(agent)
		if got, want := h.writesOf(), []string{"POST agents 200", "POST secrets 200", "PUT agents 200"}; !slices.Equal(got, want) {
			t.Errorf("the writes are %q", got)
		}
	})
}

// What was complete stays complete while a Secret is missing, also for a new process.
func TestAnAgentKeepsAServerWhoseSecretIsUnready(t *testing.T) {
	t.Parallel()
	eachCircle(t, func(t *testing.T, h *cluster) {
		t.Helper()
		agent, secret := h.applyCircle()
		complete := h.serversOf()
		h.MeshAgent.ResetCalls()
		h.Delete(memory.Secret("values", ""))
		h.Patch(secret, `{"metadata": {"annotations": {"meshagent.com/reconcile-requested-at": "x"}}}`)
		h.Run(2 * memory.DriftInterval)
		h.Restart()
		h.Patch(agent, `{"metadata": {"annotations": {"meshagent.com/reconcile-requested-at": "x"}}}`)
		h.Run(2 * memory.DriftInterval)
		if got := h.Condition(secret, v1alpha1.ConditionSynced); got != "Synced=False SecretNotFound" {
			t.Errorf("the MeshSecret says %s", got)
		}
		h.CheckReady(agent)
		if got := h.writesOf(); len(got) > 0 || !slices.Equal(h.serversOf(), complete) {
			t.Errorf("the servers are %q, after %q", h.serversOf(), got)
		}
	})
}

// With the agent, MeshAgent lost its secrets. They come again in the same order.
func TestAnAgentThatIsLostComesAgainWithItsSecrets(t *testing.T) {
	t.Parallel()
	eachCircle(t, func(t *testing.T, h *cluster) {
		t.Helper()
		agent, secret := h.applyCircle()
		h.MeshAgent.Remove("agents", agent.Status.ID)
		h.Run(2 * memory.DriftInterval)
		h.RequireReady(agent)
		h.RequireReady(secret)
		if got, want := h.serversOf(), []string{"tickets with " + secret.Status.ID, "open"}; !slices.Equal(got, want) {
			t.Errorf("the servers are %q", got)
		}
		if held := h.MeshAgent.Documents("agents/" + agent.Status.ID + "/secrets"); len(held) != 1 {
			t.Errorf("the agent has %d secrets", len(held))
		}
		h.MeshAgent.ResetCalls()
		h.Run(3 * memory.DriftInterval)
		if got := h.writesOf(); len(got) > 0 {
			t.Errorf("at rest there are writes: %q", got)
		}
	})
}

// A secret of something else cannot be used, and MeshAgent is not asked.
func TestAnAgentDoesNotUseASecretThatIsNotIts(t *testing.T) {
	t.Parallel()
	eachCircle(t, func(t *testing.T, h *cluster) {
		t.Helper()
		h.Create(memory.Secret("values", "v"))
		agent, secret := newAgent(), newMeshSecret()
		h.Apply(secret)
		h.Apply(agent)
		h.Run(time.Minute)
		if got := h.Condition(agent, v1alpha1.ConditionStalled); got != "Stalled=True Invalid" || !strings.Contains(h.Describe(agent), "a secret of the project") {
			t.Errorf("with a secret of the project it says %s:%s", got, h.Describe(agent))
		}
		h.CheckDeletion(secret)
		secret = newAgentSecret()
		secret.Spec.AgentRef = &v1alpha1.ResourceReference{ExternalID: h.MeshAgent.Add("agents", managedAgent("other"))}
		h.Apply(secret)
		h.Run(time.Minute)
		h.RequireReady(secret)
		if got := h.Condition(agent, v1alpha1.ConditionReady); got != "Ready=False NotReady" || !slices.Equal(h.serversOf(), []string{"open"}) {
			t.Errorf("with a secret of another agent it says %s, and has %q", got, h.serversOf())
		}
	})
}
