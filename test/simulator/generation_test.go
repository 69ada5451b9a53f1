// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/json"
	"net/http"
	"testing"
)

func TestAServerOf044(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	if status, _ := a.send("GET", "//accounts/whoami", nil); status != http.StatusNotFound {
		t.Errorf("whoami answers %d", status)
	}
	if status, _ := a.send("GET", "/role", nil); status != http.StatusOK {
		t.Errorf("role answers %d", status)
	}
	if got := reportedVersion(a); got != DefaultVersion {
		t.Errorf("version %v", got)
	}
	a.sim.Upgrade(Server{HideVersion: true})
	if got := reportedVersion(a); got != nil {
		t.Errorf("version %v", got)
	}
}

func reportedVersion(a *api) any {
	_, text := a.send("GET", "//config", nil)
	var config map[string]any
	if err := json.Unmarshal([]byte(text), &config); err != nil {
		a.t.Fatal(err)
	}
	return config["version"]
}

func TestANewerServer(t *testing.T) {
	t.Parallel()
	old := []string{"/role", "/room-grants", "/secrets", "/rooms/a/secrets", "/webhooks", "/shares"}
	for _, server := range []Server{
		{Version: "0.50.1"}, {Version: "0.50.1", Gone: http.StatusMethodNotAllowed}, {Version: "1.0.0", Gone: http.StatusGone}, {Version: "0.45.0", KeepsRoutes: true},
	} {
		a := newAPI(t)
		a.sim.Add("rooms", document{"name": "a"})
		a.sim.Upgrade(server)
		if got := reportedVersion(a); got != server.Version {
			t.Errorf("version %v", got)
		}
		if status, text := a.send("GET", "//accounts/whoami", nil); status != http.StatusOK {
			t.Errorf("whoami answers %d: %s", status, text)
		}
		want := server.Gone
		switch {
		case server.KeepsRoutes:
			want = http.StatusOK
		case want == 0:
			want = http.StatusNotFound
		}
		for _, path := range old {
			if status, _ := a.send("GET", path, nil); status != want {
				t.Errorf("%s: %s answers %d", server.Version, path, status)
			}
		}
		if status, _ := a.send("GET", "/rooms", nil); status != http.StatusOK {
			t.Errorf("rooms answer %d", status)
		}
		if a.sim.Upgrade(Server{}); len(a.sim.Documents("rooms")) != 1 {
			t.Error("the room is gone")
		}
	}
}

func TestListsThatContinueWithATokenIgnoreOffsets(t *testing.T) {
	t.Parallel()
	a := newAPI(t, WithServer(Server{Version: "0.50.1", KeepsRoutes: true, TokenPages: 2}))
	for _, name := range []string{"a", "b", "c"} {
		a.sim.Add("rooms", document{"name": name})
	}
	_, text := a.send("GET", "/rooms?limit=500&offset=0", nil)
	var list struct {
		Rooms []any
		Token string `json:"continuation_token"`
		Total *int
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list.Rooms) != 2 || list.Token == "" || list.Total != nil {
		t.Errorf("%v: %s", err, text)
	}
}
