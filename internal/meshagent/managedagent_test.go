// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// The present form of a managed agent, and the older one without metadata.
func TestManagedAgentsAreReadInBothForms(t *testing.T) {
	t.Parallel()
	agents := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"total": 2, "agents": [
			{"id": "1", "name": "scribe", "configuration": {"version": "v1", "kind": "ManagedAgent", "allowed_models": [],
				"metadata": {"name": "scribe", "annotations": {"meshagent.com/owner": "o/n/a"}}}},
			{"id": "2", "name": "old", "configuration": {"name": "old", "allowed_models": []}}]}`)
	}).Project("p").ManagedAgents()
	var names, owners []string
	for agent, err := range agents.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, agent.Identity()+" "+agent.Written().Key())
		owners = append(owners, agent.Written().Mark().Owner)
	}
	if len(names) != 2 || names[0] != "1 scribe" || names[1] != "2 old" || owners[0] != "o/n/a" || owners[1] != "" {
		t.Errorf("%q of %q", names, owners)
	}
}

// An update replaces the configuration, so what this build does not know of it is sent back.
func TestAnUpdateOfAManagedAgentKeepsItsConfiguration(t *testing.T) {
	t.Parallel()
	var sent map[string]any
	agents := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
				t.Error(err)
			}
		}
		_, _ = io.WriteString(w, `{"id": "1", "name": "scribe", "configuration": {"metadata": {"name": "scribe"}, "instructions": "Take notes.", "allowed_models": []}}`)
	}).Project("p").ManagedAgents()
	current, err := agents.Get(t.Context(), Ref{ID: "1", Key: "scribe"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := agents.Update(t.Context(), current, current.Written().WithMark(Mark{Owner: "o/n/a"})); err != nil {
		t.Fatal(err)
	}
	configuration, _ := sent["configuration"].(map[string]any)
	metadata, _ := configuration["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	if configuration["instructions"] != "Take notes." || annotations["meshagent.com/owner"] != "o/n/a" || len(sent) != 1 {
		t.Errorf("%v was sent", sent)
	}
}
