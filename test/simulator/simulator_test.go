// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// api calls a simulator as a client does. Every exchange must match the contract.
type api struct {
	t    *testing.T
	sim  *Simulator
	rt   http.RoundTripper
	key  string
	lax  bool // requests can be invalid
	base string

	worlds int
}

func newAPI(t *testing.T, opts ...Option) *api {
	t.Helper()
	a := &api{t: t, sim: New(opts...), key: DevelopmentKey}
	v, err := contract.Load()
	if err != nil {
		t.Fatal(err)
	}
	a.rt = v.Transport(a.sim, func(err error) {
		if !a.lax || strings.Contains(err.Error(), ": response ") {
			t.Errorf("contract: %v", err)
		}
	})
	a.base = "http://meshagent.test/accounts/projects/" + a.sim.ProjectID()
	return a
}

// send returns status and body. Paths that begin with // leave the project.
func (a *api) send(method, path string, body any) (int, string) {
	a.t.Helper()
	return a.sendAs("", method, path, body)
}

func (a *api) sendAs(contentType, method, path string, body any) (int, string) {
	a.t.Helper()
	resp, err := a.try(contentType, method, path, body)
	if err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (a *api) try(contentType, method, path string, body any) (*http.Response, error) {
	url := a.base + path
	if rest, ok := strings.CutPrefix(path, "//"); ok {
		url = "http://meshagent.test/" + rest
	}
	var reader io.Reader
	switch body := body.(type) {
	case nil:
	case []byte:
		reader, contentType = strings.NewReader(string(body)), "application/octet-stream"
	case string:
		reader = strings.NewReader(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			a.t.Fatal(err)
		}
		reader = strings.NewReader(string(text))
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, url, reader)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Content-Type", orJSON(contentType))
	if a.key != "" {
		req.Header.Set("Authorization", "Bearer "+a.key)
	}
	return a.rt.RoundTrip(req)
}

// want sends a request and checks status and body. A body that begins with { is compared as JSON.
// It can omit members of the response.
func (a *api) want(method, path string, body any, status int, want string) map[string]any {
	a.t.Helper()
	gotStatus, got := a.send(method, path, body)
	if gotStatus != status {
		a.t.Errorf("%s %s: status %d (%s), want %d", method, path, gotStatus, got, status)
		return nil
	}
	var gotJSON map[string]any
	_ = json.Unmarshal([]byte(got), &gotJSON)
	if strings.HasPrefix(want, "{") {
		var wantJSON map[string]any
		if err := json.Unmarshal([]byte(want), &wantJSON); err != nil {
			a.t.Fatalf("%s: %v", want, err)
		}
		if diff := cmp.Diff(wantJSON, project(gotJSON, wantJSON)); diff != "" {
			a.t.Errorf("%s %s: %s", method, path, diff)
		}
	} else if want != "" && got != want {
		a.t.Errorf("%s %s: got %q, want %q", method, path, got, want)
	}
	return gotJSON
}

// project keeps the members of got that want has, at every depth.
func project(got, want any) any {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return got
		}
		out := map[string]any{}
		for name, w := range want {
			if g, ok := got[name]; ok {
				out[name] = project(g, w)
			}
		}
		return out
	case []any:
		got, ok := got.([]any)
		if !ok || len(got) != len(want) {
			return got
		}
		out := []any{}
		for i := range want {
			out = append(out, project(got[i], want[i]))
		}
		return out
	}
	return got
}

func TestAuthentication(t *testing.T) {
	other := apiKey{id: newUUID(), project: newUUID(), secret: "x-y"}.String()
	a := newAPI(t, WithAPIKey(DevelopmentKey), WithAPIKey(other))
	for _, tt := range []struct {
		name, key, path string
		status          int
		body            string
	}{
		{"valid", DevelopmentKey, "/status", 200, `{"enabled": true}`},
		{"no key", "", "/status", 401, "401: the bearer token is missing or not valid"},
		{"unknown key", apiKey{id: newUUID(), project: a.sim.ProjectID(), secret: "x"}.String(), "/status", 401, "401: the bearer token is missing or not valid"},
		{"wrong secret", DevelopmentKey + "x", "/status", 401, "401: the bearer token is missing or not valid"},
		{"other project", other, "/status", 403, "403: the API key is not for this project"},
		{"no such project", DevelopmentKey, "//accounts/projects/x/status", 403, "403: the API key is not for this project"},
		{"config", DevelopmentKey, "//config", 200, `{"version": "0.44.6"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a.t, a.key = t, tt.key
			a.want("GET", tt.path, nil, tt.status, tt.body)
		})
	}
	a.t, a.key, a.lax = t, DevelopmentKey, true
	a.want("GET", "/nothing", nil, 404, "404: no such path")
	a.sim.RevokeAPIKey(DevelopmentKey)
	a.want("GET", "/status", nil, 401, "")
}

func TestRooms(t *testing.T) {
	a := newAPI(t)
	room := a.want("POST", "/rooms", `{"name": "a", "metadata": {"n": 12345678901234567890}, "annotations": {"k": "v"}}`, 200, `{"name": "a", "annotations": {"k": "v"}}`)
	id := fmt.Sprint(room["id"])

	a.want("POST", "/rooms", `{"name": "a"}`, 409, `409: a room with name "a" already exists`)
	a.want("POST", "/rooms", `{"name": "a", "if_not_exists": true, "metadata": {}}`, 200, `{"id": "`+id+`", "annotations": {"k": "v"}}`)
	a.lax = true
	a.want("POST", "/rooms", `{"name": ""}`, 400, "400: name: minimum string length is 1")
	a.lax = false

	_, body := a.send("GET", "/rooms/a", nil)
	if !strings.Contains(body, `"n":12345678901234567890`) {
		t.Errorf("the number lost digits: %s", body)
	}
	a.want("GET", "/rooms/"+id, nil, 200, `{"name": "a"}`)
	a.want("GET", "/rooms/x%2Fy", nil, 404, `404: no room with name "x/y"`)

	a.want("PUT", "/rooms/"+id, `{"name": "b", "annotations": {}}`, 200, "{}")
	a.want("GET", "/rooms/b", nil, 200, `{"id": "`+id+`", "metadata": {"n": 12345678901234567890}, "annotations": {}}`)
	a.want("PUT", "/rooms/b", `{"name": "c"}`, 404, `404: no room with id "b"`)
	other := a.sim.Add("rooms", map[string]any{"name": "c"})
	a.want("PUT", "/rooms/"+other, `{"name": "b"}`, 409, `409: a room with name "b" already exists`)

	a.want("DELETE", "/rooms/"+id, nil, 200, "{}")
	a.want("GET", "/rooms/b", nil, 404, "")
	a.want("DELETE", "/rooms/"+id, nil, 404, "")
}

func TestRoomGrants(t *testing.T) {
	a := newAPI(t)
	room := a.want("POST", "/rooms", `{"name": "a", "permissions": {"u1": {"storage": {}}}}`, 200, "")
	id := fmt.Sprint(room["id"])
	a.want("GET", "/room-grants/"+id+"/u1", nil, 200, `{"room": {"name": "a"}, "user_id": "u1", "permissions": {"storage": {}}}`)
	a.want("POST", "/room-grants", `{"room_id": "`+id+`", "user_id": "u1", "permissions": {}}`, 409, "409: this room grant already exists")
	a.want("POST", "/room-grants", `{"room_id": "x", "user_id": "u1", "permissions": {}}`, 404, `404: no room with id "x"`)
	a.want("POST", "/room-grants", `{"room_id": "`+id+`", "user_id": null, "email": "`+MemberEmail+`", "permissions": {}}`, 200, "{}")
	a.want("PUT", "/room-grants/unused", `{"room_id": "`+id+`", "user_id": "u1", "permissions": {"llm": {}}}`, 200, "{}")
	a.want("PUT", "/room-grants/unused", `{"room_id": "`+id+`", "user_id": "u2", "permissions": {}}`, 404, "")
	a.want("GET", "/room-grants/by-room/a", nil, 200, `{"room_grants": [{"user_id": "u1", "permissions": {"llm": {}}}, {"user_id": "`+memberID+`"}]}`)
	a.want("GET", "/room-grants/by-user/u1?filter=A", nil, 200, `{"room_grants": [{"room": {"id": "`+id+`"}}], "total": 1}`)
	a.want("GET", "/room-grants/by-user/me", nil, 200, `{"room_grants": [], "total": 0}`)
	a.want("GET", "/room-grants/by-room", nil, 200, `{"rooms": [{"room": {"name": "a"}, "count": 2}]}`)
	a.want("GET", "/room-grants/by-user?filter=otis", nil, 200, `{"users": [{"user_id": "`+memberID+`", "count": 1, "email": "`+MemberEmail+`"}], "total": 1}`)

	a.want("DELETE", "/users/"+memberID, nil, 200, `{"ok": true}`)
	a.want("DELETE", "/room-grants/"+id+"/u1", nil, 200, "{}")
	a.want("GET", "/room-grants", nil, 200, `{"room_grants": []}`)
}

func TestEmailGrants(t *testing.T) {
	const body = `{"room_id": "%s", "email": "new@example.com", "permissions": {}}`
	invite := newAPI(t)
	invite.want("POST", "/room-grants", fmt.Sprintf(body, "unknown"), 404, "")
	invite.want("POST", "/room-grants", `{"room_id": "unknown", "user_id": "u", "permissions": {}}`, 404, "")
	room := invite.sim.Add("rooms", map[string]any{"name": "a"})
	invite.want("POST", "/room-grants", fmt.Sprintf(body, room), 200, "{}")
	invite.want("GET", "/room-grants", nil, 200, `{"room_grants": []}`)
	if !invite.sim.Accept("new@example.com") || invite.sim.Accept("new@example.com") {
		t.Error("the invitation should be accepted once")
	}
	invite.want("GET", "/room-grants", nil, 200, `{"room_grants": [{"room": {"name": "a"}}]}`)

	immediate := newAPI(t, WithBehavior(Behavior{ImmediateEmailGrants: true, OverwriteGrants: true}))
	room = immediate.sim.Add("rooms", map[string]any{"name": "a"})
	immediate.want("POST", "/room-grants", fmt.Sprintf(body, room), 200, "{}")
	immediate.want("POST", "/room-grants", fmt.Sprintf(body, room), 200, "{}")
	immediate.want("GET", "/room-grants", nil, 200, `{"room_grants": [{"room": {"name": "a"}}]}`)
}

func orJSON(contentType string) string {
	if contentType == "" {
		return "application/json"
	}
	return contentType
}
