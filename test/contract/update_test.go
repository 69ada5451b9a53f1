// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCheckUpdate(t *testing.T) {
	const service = `"version": "v1", "kind": "Service", "id": "i", "metadata": {"name": "a"`
	const route = `{"spec": {"domain": "d", "metadata": {"name": "d"}, "backend": {"room": {"name": "r"}}, "paths": [{"targetPort": 80`
	v := mustLoad(t)
	for _, tt := range []struct{ name, target, body, unknown, want string }{
		{"known", "PUT /accounts/projects/p/services/i", `{` + service + `}}`, `null`, ""},
		{
			"unknown, and there", "PUT /accounts/projects/p/services/i",
			`{` + service + `, "x": 1}, "x": [], "ports": [{"x": 1, "endpoints": [{"path": "/", "x": 1}]}]}`,
			`{"x": 1, "metadata": {"x": 2}, "ports": [null, {"x": 1, "endpoints": [{"x": 1}]}]}`, "",
		},
		{"unknown, and elsewhere", "PUT /accounts/projects/p/services/i", `{` + service + `, "x": 1}}`, `{"x": 1}`, "request body: metadata.x: is not a known field"},
		{
			"so much that another alternative looks closer", "PUT /accounts/projects/p/services/i",
			`{` + service + `, "x": 1}, "ports": [{"x": 1}, {"x": 1}, {"x": 1}, {"x": 1}, {"x": 1}, {"x": 1}, {"x": 1}, {"x": 1}]}`,
			`{"metadata": {"x": 1}, "ports": [{"x": 1}]}`, "",
		},
		{"one of two", "PUT /accounts/projects/p/services/i", `{` + service + `, "x": 1, "y": 1}}`, `{"metadata": {"x": 2}}`, "request body: metadata.y: is not a known field"},
		{"another mistake", "PUT /accounts/projects/p/services/i", `{` + service + `, "x": 1}, "ports": 5}`, `{"metadata": {"x": 2}}`, "request body: ports: value must be an array"},
		{"in an alternative", "PUT /accounts/projects/p/routes/d", route + `, "x": 1}], "x": 1}}`, `{"spec": {"x": 1, "paths": [{"x": 1}]}}`, ""},
		{"in an alternative, and nowhere", "PUT /accounts/projects/p/routes/d", route + `, "x": 1}]}}`, `{"spec": {"x": 1}}`, "request body: spec.paths[0].x: is not a known field"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			method, path, _ := strings.Cut(tt.target, " ")
			rt, err := v.Find(method, path)
			if err != nil {
				t.Fatal(err)
			}
			unknown, err := decode([]byte(tt.unknown))
			if err != nil {
				t.Fatal(err)
			}
			if got := text(rt.CheckUpdate("", "application/json", []byte(tt.body), marked(unknown))); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// marked replaces numbers by UnknownMember.
func marked(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = marked(v[name])
		}
	case []any:
		for i := range v {
			v[i] = marked(v[i])
		}
	case json.Number:
		return UnknownMember{}
	}
	return v
}
