// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// simulated creates a client of a simulator, in the simulator's own project.
func simulated(t *testing.T, sim *simulator.Simulator) *Project {
	t.Helper()
	key, err := ParseAPIKey(simulator.DevelopmentKey)
	if err != nil {
		t.Fatal(err)
	}
	client, err := New(Options{Key: key, Transport: sim})
	if err != nil {
		t.Fatal(err)
	}
	return client.Project(sim.ProjectID())
}

// MeshAgent may quote the request that it rejects.
func TestARefusalThatRepeatsTheRequestShowsNoSecret(t *testing.T) {
	t.Parallel()
	const canary = "c4n4ry"
	encoded := base64.StdEncoding.EncodeToString([]byte(canary))
	withOAuth := func(secret string) ServiceSpec {
		return ServiceSpec{
			Metadata: ServiceMetadata{Name: "s"}, External: &ExternalServiceSpec{URL: "https://x"},
			Ports: []ServicePort{{Num: "1", Endpoints: []ServiceEndpoint{{Path: "/", MCP: &MCPEndpoint{Label: "l", OAuth: &OAuthClientConfig{ClientID: "c", ClientSecret: &secret}}}}}},
		}
	}
	sim := simulator.New()
	sim.Add("rooms", map[string]any{"name": "r", "metadata": map[string]any{}})
	project := simulated(t, sim)
	secret := SecretSpec{Name: "s", Type: "text/plain", Data: []byte(canary)}
	calls := map[string]func() error{}
	for name, secrets := range map[string]Collection[SecretSpec, Secret]{"a project": project.Secrets(), "a room": project.RoomSecrets("r", "", "")} {
		spec := secret
		if name == "a room" {
			spec.ID = "s"
		}
		is, _, err := secrets.Create(t.Context(), spec)
		if err != nil {
			t.Fatal(err)
		}
		calls["create a secret of "+name] = func() error { _, _, err := secrets.Create(t.Context(), spec); return err }
		calls["update a secret of "+name] = func() error { _, _, err := secrets.Update(t.Context(), is, spec); return err }
	}
	services := project.Services()
	sim.Add("services", map[string]any{
		"version": "v1", "kind": "Service", "metadata": map[string]any{"name": "s"}, "external": map[string]any{"url": "https://x"},
		"ports": []any{map[string]any{"num": 1, "type": "http", "endpoints": []any{map[string]any{
			"path": "/", "mcp": map[string]any{"label": "l", "oauth": map[string]any{"client_id": "c", "client_secret": canary}},
		}}}},
	})
	service, err := services.Get(t.Context(), Ref{Key: "s"})
	if err != nil {
		t.Fatal(err)
	}
	calls["create a service"] = func() error { _, _, err := services.Create(t.Context(), withOAuth(canary)); return err }
	calls["update a service"] = func() error { _, _, err := services.Update(t.Context(), service, service.Written()); return err }

	sim.ResetCalls()
	for _, status := range []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict} {
		sim.Inject(simulator.Fault{Status: status, Times: len(calls), Echo: true})
		for name, call := range calls {
			err := call()
			if err == nil || !strings.HasPrefix(err.Error(), "P") || !strings.Contains(err.Error(), fmt.Sprint(status)) {
				t.Fatalf("%s: %v", name, err)
			}
			if text := fmt.Sprintf("%v %#v", err, err); strings.Contains(text, canary) || strings.Contains(text, encoded) {
				t.Errorf("%s: the error shows the secret: %v", name, err)
			}
		}
	}
	for _, call := range sim.Calls() {
		if sent := string(call.ResponseBody); !strings.Contains(sent, canary) && !strings.Contains(sent, encoded) {
			t.Errorf("%s %s: the refusal did not show it: %s", call.Method, call.Path, sent)
		}
	}

	// A request without secrets keeps its reason.
	sim.Inject(simulator.Fault{Status: http.StatusBadRequest, Times: 1, Body: "no such image"})
	if _, _, err := services.Create(t.Context(), withOAuth("")); err == nil || !strings.Contains(err.Error(), "no such image") {
		t.Errorf("a service without secrets: %v", err)
	}
	if _, err := project.Secrets().Get(t.Context(), Ref{ID: "x"}); err == nil || !strings.Contains(err.Error(), "no secret with id") {
		t.Errorf("a secret that there is not: %v", err)
	}
}

// MeshAgent's words are shown only for requests that are known to hold no secret. Other requests
// show none.
func TestWordsOfARefusalAreHiddenUnlessTheyMayBeShown(t *testing.T) {
	t.Parallel()
	client := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte("c4n4ry"))
	})
	for name, test := range map[string]struct {
		err   error
		shown bool
	}{
		"a request of an unknown kind": {err: client.do(t.Context(), request{method: http.MethodGet, route: expand("/x")})},
		"a list of secrets":            {err: lastError(t.Context(), client.Project("p").Secrets())},
		"the deletion of a secret":     {err: client.Project("p").Secrets().Delete(t.Context(), "s")},
		"a list of rooms":              {err: lastError(t.Context(), client.Project("p").Rooms()), shown: true},
		"a list of grants":             {err: lastError(t.Context(), client.Project("p").RoomGrants()), shown: true},
	} {
		if status(test.err) != http.StatusForbidden || strings.Contains(test.err.Error(), "c4n4ry") != test.shown {
			t.Errorf("%s: %v", name, test.err)
		}
	}
}
