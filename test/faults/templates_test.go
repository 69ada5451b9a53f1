// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// templated is a MeshService with a template that gives the service a name.
func templated(object, name string) *v1alpha1.MeshService {
	made := &v1alpha1.MeshService{ObjectMeta: named(object)}
	made.Spec.Template = &v1alpha1.ServiceTemplate{
		Text:   "version: v1\nkind: ServiceTemplate\nmetadata:\n  name: {{ name }}\nexternal:\n  url: https://y.example\n",
		Values: map[string]string{"name": name},
	}
	return made
}

// The template alone tells the name of its service, and another user's has it.
func TestATemplateWhoseNameIsTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		h.MeshAgent.Add("services", map[string]any{
			"version": "v1", "kind": "Service", "metadata": map[string]any{"name": "made"}, "external": map[string]any{"url": "https://x.example"},
		})
		service := templated("agent", "made")
		h.Apply(service)
		h.Run(time.Minute)
		checkNameTaken(t, h, service, "made")
	})
}

// A change of a value makes the template give a name that another service has.
func TestATemplateThatIsRenamedToATakenName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		other, service := templated("other", "taken"), templated("agent", "made")
		h.Apply(other)
		h.Apply(service)
		h.Run(time.Minute)
		h.RequireReady(other)
		h.RequireReady(service)
		h.Patch(service, `{"spec": {"template": {"values": {"name": "taken"}}}}`)
		h.Run(time.Minute)
		checkNameTaken(t, h, service, "taken")
		h.CheckDeletion(other)
		h.Run(memory.DriftInterval / 2) // the name is free, which wakes the object at once
		h.RequireReady(service)
		if service.Status.Name != "taken" {
			t.Errorf("it is called %q", service.Status.Name)
		}
	})
}

// MeshAgent does not render the template for us, so its name is not known.
func TestATemplateWhoseTakenNameIsNotKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newCluster(t, simulator.Behavior{})
		h.MeshAgent.Add("services", map[string]any{
			"version": "v1", "kind": "Service", "metadata": map[string]any{"name": "made"}, "external": map[string]any{"url": "https://x.example"},
		})
		h.MeshAgent.Inject(simulator.Fault{Path: "/templates/render$", Status: http.StatusForbidden})
		service := templated("agent", "made")
		h.Apply(service)
		h.Run(time.Minute)
		checkNameTaken(t, h, service, "")
	})
}

// checkNameTaken expects an object to say that a name is taken, and to ask MeshAgent once an
// interval.
func checkNameTaken(t *testing.T, h *cluster, service *v1alpha1.MeshService, name string) {
	t.Helper()
	if got := h.Condition(service, v1alpha1.ConditionStalled); got != "Stalled=True AlreadyExists" || name != "" && !strings.Contains(h.Describe(service), `"`+name+`"`) {
		t.Fatalf("it says %s:%s", got, h.Describe(service))
	}
	h.MeshAgent.ResetCalls()
	h.Run(10 * memory.DriftInterval)
	writes := 0
	for _, call := range h.MeshAgent.Calls() {
		if call.Method != http.MethodGet && strings.Contains(call.Path, "/services") {
			writes++
		}
	}
	if writes > 12 {
		t.Errorf("%d attempts in ten intervals", writes)
	}
}
