// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPages(t *testing.T) {
	a := newAPI(t)
	for _, name := range []string{"delta", "Alpha", "charlie", "bravo"} {
		a.sim.Add("rooms", map[string]any{"name": name})
		a.sim.Add("feeds", map[string]any{"name": name})
	}
	for _, tt := range []struct{ path, want string }{
		{"/rooms", "Alpha bravo charlie delta 4"},
		{"/rooms?order_by=created_at", "delta Alpha charlie bravo 4"},
		{"/rooms?limit=3", "Alpha bravo charlie 4"},
		{"/rooms?limit=3&offset=3", "delta 4"},
		{"/rooms?offset=9", "4"},
		{"/rooms?filter=ALPH", "Alpha 1"},
		{"/rooms?filter=l&limit=1", "Alpha 3"},
		{"/rooms?limit=9999", "Alpha bravo charlie delta 4"},
		{"/feeds?count=2&offset=1", "Alpha charlie 4"},
		{"/feeds?filter=brav", "bravo 1"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			_, body := a.send("GET", tt.path, nil)
			if got := names(t, body); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}

	small := newAPI(t, WithMaxPage(2))
	for i := range 5 {
		small.sim.Add("rooms", map[string]any{"name": fmt.Sprint("r", i)})
	}
	_, body := small.send("GET", "/rooms?limit=4&offset=1", nil)
	if got, want := names(t, body), "r1 r2 5"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// names renders a list as its names and the total.
func names(t *testing.T, body string) string {
	t.Helper()
	var list struct {
		Rooms, Feeds []struct{ Name string }
		Total        int
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, row := range append(list.Rooms, list.Feeds...) {
		out = append(out, row.Name)
	}
	return strings.Join(append(out, fmt.Sprint(list.Total)), " ")
}

func TestFreezeLists(t *testing.T) {
	a := newAPI(t)
	id := a.sim.Add("rooms", map[string]any{"name": "old"})
	a.sim.Add("room-grants", map[string]any{"room_id": id, "user_id": "u", "permissions": map[string]any{}})
	thawRooms, thawGrants := a.sim.FreezeLists("rooms"), a.sim.FreezeLists("room-grants")
	a.want("PUT", "/rooms/"+id, `{"name": "new"}`, 200, "")
	a.sim.Add("rooms", map[string]any{"name": "newer"})
	a.want("GET", "/rooms", nil, 200, `{"rooms": [{"name": "old"}], "total": 1}`)
	a.want("GET", "/room-grants", nil, 200, `{"room_grants": [{"room": {"name": "old"}}]}`)
	a.want("GET", "/rooms/new", nil, 200, "")
	a.want("DELETE", "/rooms/"+id, nil, 200, "")
	a.want("GET", "/room-grants/by-user/u", nil, 200, `{"room_grants": [{"room": {"name": "old"}}], "total": 1}`)
	thawRooms()
	thawGrants()
	a.want("GET", "/rooms", nil, 200, `{"rooms": [{"name": "newer"}], "total": 1}`)
	a.want("GET", "/room-grants", nil, 200, `{"room_grants": []}`)
}

func TestDocuments(t *testing.T) {
	sim := New()
	id := sim.Add("rooms", map[string]any{"name": "a", "metadata": map[string]any{"n": 1}})
	service := sim.Add("rooms/"+id+"/services", map[string]any{"metadata": map[string]any{"name": "s"}, "external": map[string]any{}})
	docs := sim.Documents("rooms")
	want := []map[string]any{{"id": id, "name": "a", "metadata": map[string]any{"n": 1.0}, "annotations": map[string]any{}}}
	if diff := cmp.Diff(want, docs); diff != "" {
		t.Error(diff)
	}
	docs[0]["name"] = "changed" // a copy
	if !sim.Edit("rooms", id, func(doc map[string]any) { doc["name"] = "b" }) || sim.Edit("rooms", "x", nil) {
		t.Error("Edit does not tell whether there is a document")
	}
	if got := sim.Documents("rooms")[0]["name"]; got != "b" {
		t.Errorf("after Edit: %v", got)
	}
	if !sim.Remove("rooms", id) || sim.Remove("rooms", id) || sim.Edit("rooms/"+id+"/services", service, nil) {
		t.Error("Remove did not remove, or not all")
	}
	for name, add := range map[string]func(){
		"conflict":  func() { sim.Add("users", map[string]any{"user_id": ownerID}) },
		"no parent": func() { sim.Add("rooms/x/services", map[string]any{}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("Add did not panic")
				}
			}()
			add()
		})
	}
}

// 100 clients create 10,000 rooms and then list them.
func TestManyClients(t *testing.T) {
	const clients = 100
	rooms := 10_000
	if raceEnabled || testing.Short() {
		rooms = 2_000
	}
	a := newAPI(t)
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			for i := client; i < rooms; i += clients {
				body := fmt.Sprintf(`{"name": "room-%05d", "annotations": {"n": "%d"}}`, i, i)
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.base+"/rooms", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer "+DevelopmentKey)
				req.Header.Set("Content-Type", "application/json")
				resp, err := a.sim.RoundTrip(req)
				if err != nil {
					t.Error(err)
					return
				}
				if resp.StatusCode != http.StatusOK {
					t.Errorf("status %d", resp.StatusCode)
				}
				_ = resp.Body.Close()
			}
		})
	}
	wg.Wait()
	for i := 0; i < rooms; i += 500 {
		want := fmt.Sprintf(`{"rooms": %s, "total": %d}`, expectedRooms(i, min(i+500, rooms)), rooms)
		a.want("GET", fmt.Sprintf("/rooms?limit=500&offset=%d", i), nil, 200, want)
	}
}

func expectedRooms(from, to int) string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprintf(`{"name": "room-%05d"}`, i))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func BenchmarkListAll(b *testing.B) {
	sim := New()
	for i := range 10_000 {
		sim.Add("rooms", map[string]any{"name": fmt.Sprintf("room-%05d", i)})
	}
	for b.Loop() {
		for offset := 0; offset < 10_000; offset += 100 {
			url := fmt.Sprintf("http://x/accounts/projects/%s/rooms?limit=100&offset=%d", sim.ProjectID(), offset)
			req, _ := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
			req.Header.Set("Authorization", "Bearer "+DevelopmentKey)
			resp, err := sim.RoundTrip(req)
			if err != nil || resp.StatusCode != http.StatusOK {
				b.Fatal(err)
			}
			_ = resp.Body.Close()
		}
		sim.ResetCalls()
	}
}
