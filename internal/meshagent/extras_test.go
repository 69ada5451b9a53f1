// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// If a server knows more than the client, an update sends back what it does not set, at every
// depth.
func TestUpdatesKeepWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	const read = `{
		"id": "s1", "version": "v1", "kind": "Service", "new": {"a": [1]},
		"metadata": {"name": "n", "owner": "someone"},
		"agents": [{"name": "b", "memory": 2}, {"name": "a", "memory": 1, "channels": {"queue": [{"queue": "q", "lag": 3}], "fax": []}}],
		"ports": [
			{"num": "80", "type": "http", "tls": true, "endpoints": [{"path": "/x", "mcp": {"label": "l", "allowed_tools": [{"tool_names": ["t"], "cost": 1}]}}]},
			{"num": 81, "type": "http", "tls": false}],
		"container": {"image": "i", "gpu": "one", "environment": [{"name": "V", "value": "v", "masked": true}, {"name": "W", "value": "w", "masked": false}]}
	}`
	for name, test := range map[string]struct {
		change func(*ServiceSpec)
		want   string
	}{
		"nothing but a description": {
			func(s *ServiceSpec) { s.Metadata.Description = "d" },
			`{"new": {"a": [1]}, "metadata": {"owner": "someone"},
			  "agents": [{"name": "a", "memory": 1, "channels": {"queue": [{"queue": "q", "lag": 3}], "fax": []}}, {"name": "b", "memory": 2}],
			  "ports": [{"num": 80, "tls": true, "endpoints": [{"path": "/x", "mcp": {"allowed_tools": [{"cost": 1}]}}]}, {"num": 81, "tls": false}],
			  "container": {"gpu": "one", "environment": [{"name": "V", "masked": true}, {"name": "W", "masked": false}]}}`,
		},
		"elements in another order, one more and one less": {
			func(s *ServiceSpec) {
				s.Ports = []ServicePort{{Num: "90"}, {Num: "81"}}
				s.Container.Environment = []EnvironmentVariable{{Name: "X"}, {Name: "W"}, {Name: "V"}}
			},
			`{"new": {"a": [1]}, "metadata": {"owner": "someone"},
			  "agents": [{"name": "a", "memory": 1, "channels": {"queue": [{"queue": "q", "lag": 3}], "fax": []}}, {"name": "b", "memory": 2}],
			  "ports": [{"num": 90}, {"num": 81, "tls": false}],
			  "container": {"gpu": "one", "environment": [{"name": "X"}, {"name": "W", "masked": false}, {"name": "V", "masked": true}]}}`,
		},
		"what they were in is gone": {
			func(s *ServiceSpec) { s.Agents, s.Container, s.External = nil, nil, &ExternalServiceSpec{URL: "u"} },
			`{"new": {"a": [1]}, "metadata": {"owner": "someone"}, "external": {"url": "u"},
			  "ports": [{"num": 80, "tls": true, "endpoints": [{"path": "/x", "mcp": {"allowed_tools": [{"cost": 1}]}}]}, {"num": 81, "tls": false}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, services := exchanging(t, map[string]string{"PUT /services/s1": `{}`, "GET /services/s1": read})
			service, err := services.Get(t.Context(), Ref{ID: "s1"})
			if err != nil {
				t.Fatal(err)
			}
			next := service.Written().clone()
			test.change(&next)
			if _, _, err := services.Update(t.Context(), service, next); err != nil {
				t.Fatal(err)
			}
			var want, sent any
			for text, into := range map[string]*any{test.want: &want, e.bodies["PUT /services/s1"]: &sent} {
				if err := json.Unmarshal([]byte(text), into); err != nil {
					t.Fatal(err)
				}
			}
			if missing := missingFrom("", want, sent); len(missing) > 0 {
				t.Errorf("%v is missing or differs in\n%s", missing, e.bodies["PUT /services/s1"])
			}
		})
	}
}

// missingFrom returns the places where a document lacks the values of another.
func missingFrom(at string, want, have any) (places []string) {
	switch want := want.(type) {
	case map[string]any:
		have, _ := have.(map[string]any)
		for name, value := range want {
			places = append(places, missingFrom(at+"."+name, value, have[name])...)
		}
		return places
	case []any:
		have, ok := have.([]any)
		if !ok || len(have) != len(want) {
			return []string{at}
		}
		for i := range want {
			places = append(places, missingFrom(at+"[]", want[i], have[i])...)
		}
		return places
	}
	if !cmp.Equal(want, have) {
		return []string{at}
	}
	return nil
}

// MeshAgent may mask the secrets of OAuth clients. An update would store the mask.
func TestAnUpdateErasesNoHiddenSecret(t *testing.T) {
	t.Parallel()
	service := func(secret string) string {
		return `{"id": "s1", "version": "v1", "kind": "Service", "metadata": {"name": "n"}, "external": {"url": "u"},
			"ports": [{"num": 80, "endpoints": [{"path": "/", "mcp": {"label": "l", "oauth": {"client_id": "c", "client_secret": "` + secret + `"}}}]}]}`
	}
	for secret, refused := range map[string]bool{"hush": false, "********": true, "•••": true} {
		_, services := exchanging(t, map[string]string{"PUT /services/s1": `{}`, "GET /services/s1": service(secret)})
		read, err := services.Get(t.Context(), Ref{ID: "s1"})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = services.Update(t.Context(), read, read.Written())
		if (err != nil) != refused {
			t.Errorf("%q: %v", secret, err)
		}
		if _, _, err = services.Update(t.Context(), read.Listed(), read.Written()); err == nil {
			t.Errorf("%q: a row of a list was written back", secret)
		}
	}
}
