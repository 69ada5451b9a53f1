// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// Toolkits, authorizations and secrets are of several types. Each must have a place for every member
// that the contract gives it, and is sent only what its type can have.
func TestManagedAgentsHaveAllOfTheContract(t *testing.T) {
	t.Parallel()
	validator, err := contract.Load()
	if err != nil {
		t.Fatal(err)
	}
	for schema, kind := range map[string]reflect.Type{
		"AllowedOpenAIModel": reflect.TypeFor[AllowedModel](), "AllowedAnthropicModel": reflect.TypeFor[AllowedModel](),
		"WebSearchToolkit": reflect.TypeFor[AgentToolkit](), "WebFetchToolkit": reflect.TypeFor[AgentToolkit](),
		"ImageGenerationToolkit": reflect.TypeFor[AgentToolkit](), "MCPToolkit": reflect.TypeFor[AgentToolkit](),
		"ManagedAgentMCPServer": reflect.TypeFor[AgentMCPServer](), "McpBearerAuthorization": reflect.TypeFor[MCPAuthorization](),
		"McpHeaderAuthorization": reflect.TypeFor[MCPAuthorization](), "AgentSecretRef": reflect.TypeFor[MCPSecret](),
		"UserSecretRef": reflect.TypeFor[MCPSecret](), "UserOAuthSecretRequest": reflect.TypeFor[OAuthSecretRequest](),
	} {
		known := fieldsOf(kind)
		for name := range validator.Document().Components.Schemas[schema].Value.Properties {
			if _, ok := known[name]; !ok {
				t.Errorf("%s of %s has no place in %s", name, schema, kind)
			}
		}
	}
	sent, err := Encode(wholeAgent().envelope().Configuration)
	if err != nil {
		t.Fatal(err)
	}
	var configuration map[string]any
	if err := json.Unmarshal(sent, &configuration); err != nil {
		t.Fatal(err)
	}
	if err := validator.CheckSchema("ManagedAgentSpec", configuration); err != nil {
		t.Errorf("%s: %v", sent, err)
	}
	// Defaults must be those of the contract.
	for name, want := range map[string]*openapi3.SchemaRef{
		"thread_isolation": validator.Document().Components.Schemas["ManagedAgentSpec"].Value.Properties["thread_isolation"],
		"store":            validator.Document().Components.Schemas["ManagedAgentSpec"].Value.Properties["store"],
	} {
		empty, err := Encode(ManagedAgentSpec{}.envelope().Configuration)
		var filled map[string]any
		if err != nil || json.Unmarshal(empty, &filled) != nil || filled[name] != want.Value.Default {
			t.Errorf("%s is %v by default, not %v", name, filled[name], want.Value.Default)
		}
	}
}

// Another owner's agent is as good as a conflict. So is one without an owner, and one that the same
// owner adopted: its deletion must not delete it.
func TestAnAgentOfAnotherOwnerIsAConflict(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		annotations string
		conflicts   bool
	}{
		"its own":          {`{"meshagent.com/owner": "o/n/a"}`, false},
		"another's":        {`{"meshagent.com/owner": "o/n/b"}`, true},
		"without an owner": {`{}`, true},
		"one it adopted":   {`{"meshagent.com/owner": "o/n/a", "meshagent.com/adopted": "true"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sent struct {
				IfNotExists bool `json:"if_not_exists"`
			}
			agents := answering(t, func(w http.ResponseWriter, r *http.Request) {
				if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
					t.Error(err)
				}
				_, _ = io.WriteString(w, `{"id": "1", "name": "scribe", "configuration": {"allowed_models": [], "metadata": {"name": "scribe", "annotations": `+test.annotations+`}}}`)
			}).Project("p").ManagedAgents()
			spec := ManagedAgentSpec{Metadata: ManagedAgentMetadata{Name: "scribe"}}
			made, _, err := agents.Create(t.Context(), spec.WithMark(Mark{Owner: "o/n/a"}))
			if IsConflict(err) != test.conflicts || (err == nil) == test.conflicts || (made.ID == "1") == test.conflicts {
				t.Errorf("%+v, %v", made, err)
			}
			if !sent.IfNotExists {
				t.Error("it was not asked for the one that exists")
			}
		})
	}
}

// An agent that does not exist yet has no secrets, and cannot use another agent's.
func TestServersThatCannotBeUsedAreLeftOut(t *testing.T) {
	t.Parallel()
	labels := func(spec ManagedAgentSpec) (labels []string) {
		for _, toolkit := range spec.Toolkits {
			for _, server := range toolkit.Servers {
				labels = append(labels, server.ServerLabel)
			}
		}
		return labels
	}
	for _, test := range []struct {
		agent     string
		secretsOf map[string]string
		want      []string
	}{
		{"", nil, []string{"wiki"}},
		{"1", nil, []string{"wiki", "tickets"}},
		{"1", map[string]string{"s": "1", "c": "1"}, []string{"wiki", "tickets"}},
		{"1", map[string]string{"s": "2"}, []string{"wiki"}},
		{"1", map[string]string{"c": "2"}, []string{"tickets"}},
		{"", map[string]string{"c": "2"}, nil},
	} {
		agent := wholeAgent()
		agent.SecretsOf = test.secretsOf
		usable := agent.UsableBy(test.agent)
		if got := labels(usable); !slices.Equal(got, test.want) {
			t.Errorf("agent %q with %v has %q", test.agent, test.secretsOf, got)
		}
		if toolkits := len(usable.Toolkits); toolkits != 3+min(1, len(test.want)) {
			t.Errorf("agent %q with %v has %d toolkits", test.agent, test.secretsOf, toolkits)
		}
		if got := labels(agent); len(got) != 2 {
			t.Errorf("the original was changed: %q", got)
		}
	}
}

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
		_, _ = io.WriteString(w, `{"id": "1", "name": "scribe", "configuration": {"name": "scribe", "newer": 1, "instructions": "Take notes.",
			"allowed_models": [{"provider": "openai", "model": "gpt-5", "newer": 2}], "toolkits": [{"type": "web_search", "newer": 3},
			{"type": "mcp", "servers": [{"server_label": "a", "server_url": "https://a"}, {"server_label": "b", "server_url": "https://b", "newer": 4}]}]}}`)
	}).Project("p").ManagedAgents()
	current, err := agents.Get(t.Context(), Ref{ID: "1", Key: "scribe"})
	if err != nil {
		t.Fatal(err)
	}
	changed := current.Written().WithMark(Mark{Owner: "o/n/a"})
	changed.Toolkits[1].Servers = changed.Toolkits[1].Servers[1:]
	changed.Toolkits = []AgentToolkit{changed.Toolkits[1], changed.Toolkits[0]}
	if _, _, err := agents.Update(t.Context(), current, changed); err != nil {
		t.Fatal(err)
	}
	text, err := Encode(sent)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"instructions":"Take notes."`, `"meshagent.com/owner":"o/n/a"`, `"newer":1`, `"model":"gpt-5","newer":2`, `"newer":3,"type":"web_search"`, `"newer":4,"server_label":"b"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s was not sent: %s", want, text)
		}
	}
	// The name of the older form is not part of the present one.
	if configuration, _ := sent["configuration"].(map[string]any); configuration["name"] != nil || len(sent) != 1 {
		t.Errorf("%s was sent", text)
	}
}
