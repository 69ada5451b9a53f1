// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSaveAndLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data.json")
	first := newAPI(t)
	newWorld(first)
	first.want("POST", "/rooms", `{"name": "exact", "metadata": {"n": 12345678901234567890}}`, 200, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := first.sim.Keep(ctx, file, time.Hour); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v %v", info.Mode(), err)
	}

	second := newAPI(t)
	if found, err := second.sim.Load(filepath.Join(t.TempDir(), "none")); found || err != nil {
		t.Errorf("a missing file: %v %v", found, err)
	}
	if found, err := second.sim.Load(file); !found || err != nil {
		t.Fatalf("loading: %v %v", found, err)
	}
	if diff := cmp.Diff(first.sim.records(), second.sim.records()); diff != "" {
		t.Error(diff)
	}
	second.worlds = first.worlds
	newWorld(second) // new documents do not conflict with loaded ones

	if err := os.WriteFile(file, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := second.sim.Load(file); err == nil {
		t.Error("a broken file is loaded")
	}
	if err := second.sim.Save(filepath.Join(file, "below")); err == nil {
		t.Error("saving nowhere works")
	}
}

const exampleSeed = `
users:
  - {user_id: u1, email: ada@example.com, first_name: Ada}
rooms:
  - {name: support desk}
rooms/support desk/services:
  - {version: v1, kind: Service, metadata: {name: web}, external: {url: "https://example.com"}}
rooms/support desk/scheduled-tasks:
  - {spec: {schedule: 1 hours, queue: {name: q}}}
feeds:
  - {name: orders}
feeds/orders/subscriptions:
  - {room: support desk, path: /orders}
room-grants:
  - {room_id: support desk, email: ada@example.com, permissions: {}}
sessions:
  - {room: support desk}
`

func TestSeed(t *testing.T) {
	a := newAPI(t)
	if err := a.sim.Seed(strings.NewReader(exampleSeed)); err != nil {
		t.Fatal(err)
	}
	a.want("GET", "/rooms/support%20desk/services/by-name/web", nil, 200, "")
	a.want("GET", "/rooms/support%20desk/feeds", nil, 200, `{"feeds": [{"name": "orders"}], "total": 1}`)
	a.want("GET", "/room-grants/by-room/support%20desk", nil, 200, `{"room_grants": [{"user_id": "u1"}]}`)
	a.want("GET", "/sessions/active", nil, 200, `{"sessions": [{"room_name": "support desk"}]}`)
	if got := len(a.sim.Calls()); got != 4 {
		t.Errorf("the seed shows among the %d calls", got)
	}
	for seed, want := range map[string]string{
		"":                                "",
		"- a":                             "reading the seed: it is not a mapping of paths to lists",
		"rooms: [{nam: a}]":               "seeding rooms[0]: 400: nam: is not a known field; name: is missing",
		"rooms: [{name: support desk}]":   `seeding rooms[0]: 409: a room with name "support desk" already exists`,
		"colours: [{name: a}]":            "seeding colours[0]: 404: no such path",
		"sessions: [{room: x}]":           `seeding sessions[0]: 404: no room with name "x"`,
		"sessions: [{}]":                  "seeding sessions[0]: a session needs a room or an agent",
		"feeds/x/subscriptions: [{a: 1}]": "seeding feeds/x/subscriptions[0]: 400: a: is not a known field; room: is missing; path: is missing",
	} {
		got := ""
		if err := a.sim.Seed(strings.NewReader(seed)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", seed, got, want)
		}
	}
}

func TestUI(t *testing.T) {
	const hostile = `<script>alert("x")</script>`
	a := newAPI(t)
	newWorld(a)
	room := a.sim.Add("rooms", map[string]any{"name": hostile})
	secrets := []string{"c2VjcmV0IHZhbHVl", DevelopmentKey, "hunter2"}
	a.sim.Add("secrets", map[string]any{"name": hostile, "type": "raw", "data_base64": secrets[0]})
	a.sim.Add("rooms/"+room+"/secrets", map[string]any{"secret_id": hostile, "data_base64": secrets[0]})
	a.sim.Add("external-oauth", map[string]any{"oauth": map[string]any{}, "client_id": hostile, "client_secret": secrets[2]})
	a.want("POST", "/secrets", `{"name": "s", "type": "raw", "data_base64": "`+secrets[0]+`"}`, 200, "")
	a.send("GET", "/rooms?filter=%3Cscript%3E", nil)

	for path, contentType := range map[string]string{"/_simulator/": "text/html; charset=utf-8", "/_simulator/state.json": "application/json"} {
		rec := httptest.NewRecorder()
		a.sim.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		body := rec.Body.String()
		if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != contentType {
			t.Errorf("%s: %d %v", path, rec.Code, rec.Header())
		}
		if !strings.Contains(body, room) || contentType != "application/json" && strings.Contains(body, "<script>") {
			t.Errorf("%s shows names badly: %s", path, body)
		}
		for _, secret := range secrets {
			if strings.Contains(body, secret) {
				t.Errorf("%s shows %s", path, secret)
			}
		}
	}
	for _, path := range []string{"/_simulator/x", "/_simulator"} {
		rec := httptest.NewRecorder()
		a.sim.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if rec.Code < 400 {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
}
