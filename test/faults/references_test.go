// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// agentRoute is a MeshRoute to a managed agent.
func agentRoute(agent v1alpha1.ResourceReference) *v1alpha1.MeshRoute {
	made := &v1alpha1.MeshRoute{ObjectMeta: named("web")}
	made.Spec.Domain, made.Spec.Backend.AgentRef = "web.meshagent.app", &agent
	return made
}

func agentGrant(agent v1alpha1.ResourceReference) *v1alpha1.MeshAgentGrant {
	made := &v1alpha1.MeshAgentGrant{ObjectMeta: named("ops")}
	made.Spec.AgentRef, made.Spec.UserID = agent, "0a5c0de0-0000-4000-8000-000000000001"
	return made
}

func agentRoomGrant(agent, room v1alpha1.ResourceReference) *v1alpha1.MeshAgentRoomGrant {
	made := &v1alpha1.MeshAgentRoomGrant{ObjectMeta: named("scribe-support")}
	made.Spec.AgentRef, made.Spec.RoomRef, made.Spec.Permissions = agent, room, &v1alpha1.APIScope{Preset: v1alpha1.PresetAgent}
	return made
}

// A secret and grants need the ID of an agent, and a route the name. Another agent has that ID for a
// name.
func TestAManagedAgentIsFoundByItsNameAndByItsID(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"by object", "by name", "by ID"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newCluster(t, simulator.Behavior{})
				ref := v1alpha1.ResourceReference{Name: "scribe"}
				var id string
				if way == "by object" {
					agent := newAgent()
					agent.Spec.Toolkits[0].MCP.Servers[0].Authorization.Secret.AgentMeshSecretRef.Name = "never" // so that the agent is never Ready
					waiting := newAgentSecret()
					waiting.Name, waiting.Spec.SecretRef.Name = "never", "never"
					h.Apply(agent)
					h.Apply(waiting)
					h.Run(time.Minute)
					if got := h.Condition(agent, v1alpha1.ConditionReady); got != "Ready=False NotReady" {
						t.Fatalf("the agent says %s:%s", got, h.Describe(agent))
					}
					id = agent.Status.ID
				} else {
					id = h.MeshAgent.Add("agents", managedAgent("scribe"))
				}
				h.MeshAgent.Add("agents", managedAgent(id))
				switch way {
				case "by name":
					ref = v1alpha1.ResourceReference{ExternalName: "scribe"}
				case "by ID":
					ref = v1alpha1.ResourceReference{ExternalID: id}
				}
				room := v1alpha1.ResourceReference{ExternalID: h.MeshAgent.Add("rooms", map[string]any{"name": "support", "metadata": map[string]any{}})}
				secret, route, grant, roomGrant := newMeshSecret(), agentRoute(ref), agentGrant(ref), agentRoomGrant(ref, room)
				secret.Spec.AgentRef = &ref
				h.Create(memory.Secret("values", "v"))
				for _, obj := range []v1alpha1.Object{secret, route, grant, roomGrant} {
					h.Apply(obj)
				}
				h.Run(time.Minute)
				for _, obj := range []v1alpha1.Object{secret, route, grant, roomGrant} {
					h.RequireReady(obj)
				}
				if held := h.MeshAgent.Documents("agents/" + id + "/secrets"); len(held) != 1 || secret.Status.Parent != id {
					t.Errorf("the agent has %d secrets, and the parent is %q", len(held), secret.Status.Parent)
				}
				spec, _ := h.MeshAgent.Documents("routes")[0]["spec"].(map[string]any)
				backend, _ := spec["backend"].(map[string]any)
				if agent, _ := backend["agent"].(map[string]any); agent["name"] != "scribe" {
					t.Errorf("the route leads to %v", backend)
				}
				for _, collection := range []string{"agent-grants", "agent-room-grants"} {
					if held := h.MeshAgent.Documents(collection); len(held) != 1 || held[0]["agent_id"] != id {
						t.Errorf("%s: %v", collection, held)
					}
				}
			})
		})
	}
}

// What refers to an agent that does not exist waits, and writes nothing.
func TestAManagedAgentThatDoesNotExistIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		// An ID is not a name.
		id := h.MeshAgent.Add("agents", managedAgent("other"))
		route := agentRoute(v1alpha1.ResourceReference{ExternalName: id})
		h.Apply(route)
		h.Run(time.Minute)
		if got := h.Condition(route, v1alpha1.ConditionReady); got != "Ready=False ReferenceNotFound" || !strings.Contains(h.Describe(route), `managed agent "`+id+`"`) {
			t.Fatalf("it says %s:%s", got, h.Describe(route))
		}
		for _, call := range h.MeshAgent.Calls() {
			if call.Method != http.MethodGet {
				t.Errorf("%s %s was sent", call.Method, call.Path)
			}
		}
		h.MeshAgent.Add("agents", managedAgent(id))
		h.Run(2 * memory.DriftInterval)
		h.RequireReady(route)
	})
}

// Anyone who can create rooms can give one the name that is another one's ID.
func TestARoomCannotTakeWhatIsAddressedToAnID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		room := func(name string) string {
			return h.MeshAgent.Add("rooms", map[string]any{"name": name, "metadata": map[string]any{}})
		}
		payments := room("payments")
		thief := room(payments)
		byID, byName := newRoomService(), newRoomService()
		byName.Name = "other"
		byID.Spec.RoomRef = &v1alpha1.ResourceReference{ExternalID: payments}
		byName.Spec.RoomRef = &v1alpha1.ResourceReference{ExternalName: payments}
		h.Apply(byID)
		h.Apply(byName)
		h.Run(time.Minute)
		for _, service := range []*v1alpha1.MeshService{byID, byName} {
			h.RequireReady(service)
		}
		for id, want := range map[string]string{payments: byID.Status.ID, thief: byName.Status.ID} {
			if held := h.MeshAgent.Documents("rooms/" + id + "/services"); len(held) != 1 || held[0]["id"] != want {
				t.Errorf("room %s has %v", id, held)
			}
		}
	})
}

// The template of a service has the image of a MeshRepository, which is renamed, and the address of
// a MeshMailbox. MeshAgent tells the domain of its registry only later.
func TestATemplateFollowsTheImageOfARepository(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		told := h.MeshAgent.Inject(simulator.Fault{
			Method: http.MethodGet, Path: "/config$", Status: http.StatusOK, ContentType: "application/json", Body: `{"version": "0.44.0", "domains": {}}`,
		})
		asks := func() {
			h.Patch(memory.Project(), fmt.Sprintf(`{"metadata": {"annotations": {%q: %q}}}`, v1alpha1.ReconcileRequestedAtAnnotation, time.Now()))
			h.Run(time.Minute)
		}
		asks()
		repository := &v1alpha1.MeshRepository{ObjectMeta: named("agent")}
		mailbox := &v1alpha1.MeshMailbox{ObjectMeta: named("support")}
		mailbox.Spec.Address, mailbox.Spec.RoomRef.Name, mailbox.Spec.Queue = "support@mail.example.com", "support", "mail"
		service := templated("agent", "made")
		service.Spec.Template.Text = "version: v1\nkind: ServiceTemplate\nmetadata:\n  name: {{ name }}\n  description: {{ address }}\ncontainer:\n  image: {{ image }}:1\n"
		service.Spec.Template.ValuesFrom = []v1alpha1.ServiceTemplateValue{
			{Name: "image", RepositoryRef: &v1alpha1.LocalObjectReference{Name: "agent"}},
			{Name: "address", MailboxRef: &v1alpha1.LocalObjectReference{Name: "support"}},
		}
		for _, obj := range []v1alpha1.Object{newRoom(), mailbox, repository, service} {
			h.Apply(obj)
		}
		h.Run(time.Minute)
		h.RequireReady(mailbox)
		h.RequireReady(repository)
		if repository.Status.Image != "" {
			t.Errorf("the image is %q, and MeshAgent has not told the domain", repository.Status.Image)
		}
		if !h.says(service, "Ready=False ReferenceNotReady") {
			t.Fatalf("it does not wait:%s", h.Describe(service))
		}
		told()
		asks()
		for _, name := range []string{"agent", "apps/agent"} {
			h.Patch(repository, fmt.Sprintf(`{"spec": {"name": %q}}`, name))
			h.Run(memory.DriftInterval / 2) // the change wakes the service at once
			h.RequireReady(repository)
			h.RequireReady(service)
			want := "registry.meshagent.example/dev/" + name
			if repository.Status.Image != want {
				t.Errorf("the image of %q is %q", name, repository.Status.Image)
			}
			made := h.MeshAgent.Documents("services")[0]
			container, _ := made["container"].(map[string]any)
			about, _ := made["metadata"].(map[string]any)
			if container["image"] != want+":1" || about["description"] != mailbox.Spec.Address {
				t.Errorf("the service has image %v and address %v", container["image"], about["description"])
			}
		}
	})
}

// The template of a service has the domain of a MeshRoute, which is created again with another one.
func TestATemplateFollowsTheDomainOfARoute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		h.MeshAgent.Add("agents", managedAgent("scribe"))
		service := templated("agent", "made")
		service.Spec.Template.Text = strings.ReplaceAll(service.Spec.Template.Text, "y.example", "{{ domain }}")
		service.Spec.Template.ValuesFrom = []v1alpha1.ServiceTemplateValue{{Name: "domain", RouteRef: &v1alpha1.LocalObjectReference{Name: "web"}}}
		h.Apply(service)
		h.Run(time.Minute)
		if got := h.Condition(service, v1alpha1.ConditionReady); got != "Ready=False ReferenceNotFound" {
			t.Fatalf("it says %s:%s", got, h.Describe(service))
		}
		for _, domain := range []string{"web.meshagent.app", "next.meshagent.app"} {
			route := agentRoute(v1alpha1.ResourceReference{ExternalName: "scribe"})
			route.Spec.Domain = domain
			h.Apply(route)
			h.Run(memory.DriftInterval / 2) // the change wakes the service at once
			h.RequireReady(route)
			h.RequireReady(service)
			external, _ := h.MeshAgent.Documents("services")[0]["external"].(map[string]any)
			if external["url"] != "https://"+domain {
				t.Errorf("with domain %s it is at %v", domain, external["url"])
			}
			h.CheckDeletion(route)
		}
	})
}
