// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"strings"
	"testing"
)

func TestCheckRequest(t *testing.T) {
	const p = "/accounts/projects/p1"
	v := mustLoad(t)
	for _, tt := range []struct {
		name, method, target, body string
		want                       string
	}{
		{"room", "POST", p + "/rooms", `{"name": "a", "annotations": null, "metadata": {"n": null}}`, ""},
		{"missing field", "POST", p + "/rooms", `{}`, "request body: name: is missing"},
		{"unknown field", "POST", p + "/rooms", `{"name": "a", "colour": "red"}`, "request body: colour: is not a known field"},
		{"wrong type", "POST", p + "/rooms", `{"name": 5}`, "request body: name: value must be a string"},
		{"no JSON", "POST", p + "/rooms", `{"name"`, "request body: is not JSON"},
		{"two values", "POST", p + "/rooms", `{"name": "a"} {}`, "request body: has something after the JSON value"},
		{"no body", "POST", p + "/rooms", "", "request body: is missing"},
		{"needless body", "GET", p + "/rooms", "{}", "request body: none is expected"},
		{"query", "GET", p + "/rooms?limit=5&offset=0&filter=x", "", ""},
		{"query type", "GET", p + "/rooms?limit=many", "", "query parameter limit: value must be an integer"},
		{"query bound", "GET", p + "/rooms?limit=0", "", "query parameter limit: number must be at least 1"},
		{"query unknown", "GET", p + "/rooms?count=5", "", "query parameter count: is not known"},
		{"query twice", "GET", p + "/rooms?limit=5&limit=6", "", "query parameter limit: is given more than once"},
		{"query missing", "GET", "/projects/p1/storage/download", "", "query parameter path: is missing"},
		{"enum [null] takes null", "POST", p + "/room-grants", `{"room_id": "r", "user_id": "u", "email": null, "permissions": {}}`, ""},
		{"enum [null] takes nothing else", "POST", p + "/room-grants", `{"room_id": "r", "user_id": "u", "email": "e", "permissions": {}}`, "request body: email: value is not one of the allowed values [null]"},
		{"nullable allOf takes null", "POST", p + "/room-grants", `{"room_id": "r", "email": "e", "permissions": {"storage": null}}`, ""},
		{"nullable allOf keeps its content", "POST", p + "/room-grants", `{"room_id": "r", "email": "e", "permissions": {"storage": {"paths": [{"paht": "x"}]}}}`, "request body: permissions.storage.paths[0].paht: is not a known field; permissions.storage.paths[0].path: is missing"},
		{"closest alternative, deep", "POST", p + "/services", `{"version": "v1", "kind": "Service", "metadata": {}}`, "request body: metadata.name: is missing"},
		{"closest alternative, other", "POST", p + "/services", `{"template": "t"}`, "request body: values: is missing"},
		{"not", "POST", p + "/services", `{"version": "v1", "kind": "Service", "metadata": {"name": "a"}, "ports": [{"num": 8078}]}`, "request body: ports[0].num: has a value that is not allowed"},
		{"base64", "POST", p + "/secrets", `{"name": "a", "type": "raw", "data_base64": "c2VjcmV0LXZhbHVl"}`, ""},
		{"base64 without padding", "POST", p + "/secrets", `{"name": "a", "type": "raw", "data_base64": "QQ"}`, "request body: data_base64: is not a valid byte"},
		{"keys payload", "POST", p + "/secrets", `{"name": "a", "type": "keys", "data_base64": "eyJBIjoiYiJ9"}`, ""},
		{"keys payload is not JSON", "POST", p + "/secrets", `{"name": "a", "type": "keys", "data_base64": "c2VjcmV0"}`, "request body: data_base64: content for type keys: is not JSON"},
		{"docker payload", "POST", p + "/secrets", `{"name": "a", "type": "docker", "data_base64": "eyJhdXRocyI6e319"}`, "request body: data_base64: content for type docker: auths: is not a known field; server: is missing; username: is missing; and 2 more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path, query, _ := strings.Cut(tt.target, "?")
			rt, err := v.Find(tt.method, path)
			if err != nil {
				t.Fatal(err)
			}
			if got := text(rt.CheckRequest(query, "application/json", []byte(tt.body))); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestCheckRequestContentType(t *testing.T) {
	v := mustLoad(t)
	for _, tt := range []struct{ path, contentType, body, want string }{
		{"/accounts/projects/p/rooms", "application/json; charset=utf-8", `{"name": "a"}`, ""},
		{"/accounts/projects/p/rooms", "text/plain", `{"name": "a"}`, `request content type "text/plain": want application/json`},
		{"/accounts/projects/p/rooms", "", `{"name": "a"}`, `request content type "": want application/json`},
		{"/oauth/token", "application/x-www-form-urlencoded", "grant_type=x&code=y", ""},
		{"/projects/p/storage/upload", "application/octet-stream", "", ""},
	} {
		rt, err := v.Find("POST", tt.path)
		if err != nil {
			t.Fatal(err)
		}
		query := ""
		if strings.HasSuffix(tt.path, "/upload") {
			query = "path=a"
		}
		if got := text(rt.CheckRequest(query, tt.contentType, []byte(tt.body))); got != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.path, tt.contentType, got, tt.want)
		}
	}
}

func TestCheckResponse(t *testing.T) {
	const p = "/accounts/projects/p1"
	const service = `{"version": "v1", "kind": "Service", "id": "i", "metadata": {"name": "a"}, "new": 1}`
	v := mustLoad(t)
	for _, tt := range []struct {
		name, method, path string
		status             int
		contentType, body  string
		want               string
	}{
		{"room", "GET", p + "/rooms/a", 200, "application/json", `{"id": "i", "name": "a", "metadata": {}, "new": 1}`, ""},
		{"field missing", "GET", p + "/rooms/a", 200, "application/json", `{"id": "i", "name": "a"}`, "response body (status 200): metadata: is missing"},
		{"body missing", "GET", p + "/rooms/a", 200, "application/json", "", "response body: is missing"},
		{"no content", "DELETE", p + "/rooms/a", 204, "", "", ""},
		{"content after all", "DELETE", p + "/rooms/a", 204, "", "{}", "response body: none is declared for status 204"},
		{"text error", "GET", p + "/rooms/a", 404, "text/plain; charset=utf-8", "404: no", ""},
		{"JSON error", "GET", p + "/rooms/a", 404, "application/json", `null`, "response body (status 404): Value is not nullable"},
		{"JSON error, any shape", "GET", p + "/rooms/a", 404, "application/json", `{"error": [1]}`, ""},
		{"HTML error", "GET", p + "/rooms/a", 404, "text/html", "<p>", `response (status 404) content type "text/html": want application/json or text/plain`},
		{"other failure", "GET", p + "/rooms/a", 503, "text/plain", "down", ""},
		{"other success", "GET", p + "/rooms/a", 201, "application/json", "{}", "response status 201: is not declared"},
		{"service as text", "GET", p + "/services/i", 200, "text/plain", service, ""},
		{"service", "GET", p + "/services/i", 200, "application/json", service, ""},
		{"service without id", "GET", p + "/services/i", 200, "application/json", `{"version": "v1", "kind": "Service", "metadata": {"name": "a"}}`, "response body (status 200): id: is missing"},
		{"anyOf", "GET", p + "/routes/d", 200, "application/json", `{"route": {"domain": "d", "room_name": "r"}}`, "response body (status 200): route.spec: is missing"},
		{"anyOf, old shape", "GET", p + "/routes/d", 200, "application/json", `{"route": {"domain": "d", "room_name": "r", "port": "80"}}`, ""},
		{"time", "GET", p + "/feeds/f", 200, "application/json", `{"feed": {"id": "i", "project_id": "p", "created_at": "2026-02-30T00:00:00Z", "name": "n", "visibility": "public"}}`, "response body (status 200): feed.created_at: is not a valid date-time"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt, err := v.Find(tt.method, tt.path)
			if err != nil {
				t.Fatal(err)
			}
			if got := text(rt.CheckResponse(tt.status, tt.contentType, []byte(tt.body))); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
