// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/meshagent/meshagent-operator/test/contract"
)

const twoPorts = `{"version": "v1", "kind": "Service", "metadata": {"name": "a"}, "external": {"url": "https://x"},
	"ports": [{"num": 1, "endpoints": [{"path": "/"}]}, {"num": 2}]}`

func TestNewerServer(t *testing.T) {
	a := newAPI(t, WithBehavior(Behavior{Newer: true}))
	a.rt = a.sim // the requests have more than the contract allows
	id := a.want("POST", "/services", twoPorts, 200, "")["id"].(string)
	read := a.want("GET", "/services/"+id, nil, 200, "")
	if got := countNewer(read); got != 6 {
		t.Fatalf("%d objects have a newer member, not 6: %v", got, read)
	}
	if row := a.want("GET", "/services", nil, 200, "")["services"].([]any)[0]; countNewer(row) != 6 {
		t.Errorf("the list shows %v", row)
	}
	sent, _ := json.Marshal(read)
	a.want("PUT", "/services/"+id, string(sent), 200, "")
	if got := countNewer(a.want("GET", "/services/"+id, nil, 200, "")); got != 6 {
		t.Errorf("an update that sends all leaves %d", got)
	}
	// This removes the second port, and omits what is inside the first.
	read["ports"] = []any{map[string]any{"num": 1, NewerMember: read["ports"].([]any)[0].(map[string]any)[NewerMember], "endpoints": []any{map[string]any{"path": "/"}}}}
	sent, _ = json.Marshal(read)
	a.want("PUT", "/services/"+id, string(sent), 200, "")
	if got := countNewer(a.want("GET", "/services/"+id, nil, 200, "")); got != 4 {
		t.Errorf("an update that leaves two out leaves %d", got)
	}
	// Requests must not have members that do not exist, nor members that only the server writes.
	read["metadata"].(map[string]any)["since_1_0"] = 1
	sent, _ = json.Marshal(read)
	a.want("PUT", "/services/"+id, string(sent), 400, "400: metadata.since_1_0: is not a known field")
	feed := a.want("POST", "/feeds", `{"name": "f"}`, 200, "")["feed"].(map[string]any)
	a.want("PUT", "/feeds/"+feed["id"].(string), `{"name": "f", "created_at": "2026-01-01T00:00:00Z"}`, 400, "400: created_at: is not a known field")
	a.want("POST", "/feeds", `{"name": "g", "`+NewerMember+`": {}}`, 400, "400: "+NewerMember+": is not a known field")
}

// An update of a room is partial: omitted members stay.
func TestNewerRoomsAndGrants(t *testing.T) {
	a := newAPI(t, WithBehavior(Behavior{Newer: true}))
	a.rt = a.sim
	room := a.want("POST", "/rooms", `{"name": "r", "metadata": {"mine": {}}}`, 200, "")["id"].(string)
	a.want("PUT", "/rooms/"+room, `{"name": "s"}`, 200, "")
	if got := countNewer(a.want("GET", "/rooms/s", nil, 200, "")); got != 1 {
		t.Errorf("%d newer members", got)
	}
	grant := `{"room_id": "` + room + `", "user_id": "u", "permissions": {"queues": {}}}`
	a.want("POST", "/room-grants", grant, 200, "")
	row := a.want("GET", "/room-grants/"+room+"/u", nil, 200, "")
	if got := countNewer(row); got != 4 { // including that of the room
		t.Errorf("%d newer members: %v", got, row)
	}
	row["room_id"] = room
	delete(row, "room")
	sent, _ := json.Marshal(row)
	a.want("PUT", "/room-grants/unused", string(sent), 200, "")
	if got := countNewer(a.want("GET", "/room-grants/"+room+"/u", nil, 200, "")); got != 4 {
		t.Errorf("%d newer members", got)
	}
	a.want("PUT", "/room-grants/unused", grant, 200, "")
	if got := countNewer(a.want("GET", "/room-grants/"+room+"/u", nil, 200, "")); got != 1 {
		t.Errorf("%d newer members, when the update left them out", got)
	}
}

// The server renders templates, so it also adds the newer members.
func TestNewerTemplates(t *testing.T) {
	a := newAPI(t, WithBehavior(Behavior{Newer: true}))
	body, _ := json.Marshal(document{"template": exampleTemplate, "values": document{"name": "n"}})
	before := a.want("POST", "/services", string(body), 200, "")
	after := a.want("PUT", "/services/"+before["id"].(string), string(body), 200, "")
	if fmt.Sprint(after) != fmt.Sprint(before) || countNewer(after) == 0 {
		t.Errorf("got %v, want %v", after, before)
	}
}

// The simulator tells the transport what a request can have.
func TestTolerantTransport(t *testing.T) {
	a := newAPI(t, WithBehavior(Behavior{Newer: true}))
	v, err := contract.Load()
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	a.rt = v.Tolerant(a.sim.Unknown).Transport(a.sim, func(err error) { said = append(said, err.Error()) })
	id := a.want("POST", "/services", twoPorts, 200, "")["id"].(string)
	sent, _ := json.Marshal(a.want("GET", "/services/"+id, nil, 200, ""))
	a.want("PUT", "/services/"+id, string(sent), 200, "")
	if len(said) > 0 {
		t.Errorf("refused: %v", said)
	}
	a.want("PUT", "/services/"+id, strings.Replace(string(sent), `"path"`, `"since_1_0": 1, "path"`, 1), 400, "")
	if len(said) != 1 || !strings.HasSuffix(said[0], "ports[0].endpoints[0].since_1_0: is not a known field") {
		t.Errorf("said %v", said)
	}
}

func countNewer(v any) (n int) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v[NewerMember]; ok {
			n++
		}
		for name, inner := range v {
			if name != NewerMember {
				n += countNewer(inner)
			}
		}
	case []any:
		for _, inner := range v {
			n += countNewer(inner)
		}
	}
	return n
}

// A server must follow the contract, whatever it rewrites or adds.
func TestEveryOperationOfOtherServers(t *testing.T) {
	t.Parallel()
	behaviors := map[string]Behavior{"Newer": {Newer: true}, "all": {Normalize: AllNormalizations, Newer: true}}
	for _, n := range Normalizations() {
		behaviors[n.String()] = Behavior{Normalize: n}
	}
	paths := New().validator.Document().Paths.Map()
	for name, behavior := range behaviors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, template := range slices.Sorted(maps.Keys(paths)) {
				for method, op := range paths[template].Operations() {
					a := newAPI(t, WithBehavior(behavior))
					for pick := range 2 {
						req := newWorld(a).request(method, template, op, pick)
						if status, body := req.send(a); float64(status) != op.Extensions["x-usual-status"] {
							sent, _ := json.Marshal(req.body)
							t.Errorf("%s %s %s: %d %s", method, req.path, sent, status, body)
						}
					}
				}
			}
		})
	}
}

// Updates of every kind can send back members that reads show and the contract does not have.
func TestNewerUpdates(t *testing.T) {
	for _, tt := range []struct{ create, body, item, wrap, sent string }{
		{"/feeds", `{"name": "f"}`, "/feeds/{id}", "feed", "name,description"},
		{"/feeds/{feed}/subscriptions", `{"room": "r", "path": "/"}`, "/feeds/{feed}/subscriptions/{id}", "subscription", "annotations"},
		{"/secrets", `{"name": "s", "type": "raw", "data_base64": "QQ=="}`, "/secrets/{id}", "", "name,type,data_base64"},
		{"/rooms/r/secrets", `{"secret_id": "x", "data_base64": "QQ==", "for_identity": "i"}`, "/rooms/r/secrets/x", "", "name,type,data_base64,for_identity"},
		{
			"/routes", `{"spec": {"metadata": {"name": "a"}, "domain": "a.meshagent.app", "backend": {"room": {"name": "r"}}, "paths": [{"targetPort": 80}]}}`,
			"/routes/a.meshagent.app", "route", "spec",
		},
		{"/mailboxes", `{"address": "a@x", "room": "r", "queue": "q", "public": false}`, "/mailboxes/a@x", "mailbox", "room,queue,public"},
		{"/repositories", `{"name": "p"}`, "/repositories/{id}", "", "name"},
		{"/llm-loggers", `{"destination_feed_id": "{feed}", "filter_expression": ""}`, "/llm-loggers/{id}", "logger", "destination_feed_id,filter_expression"},
		{
			"/agents", `{"configuration": {"metadata": {"name": "a"}, "allowed_models": [{"provider": "openai", "model": "m"}]}}`, "/agents/{id}", "", "configuration",
		},
	} {
		t.Run(tt.create, func(t *testing.T) {
			a := newAPI(t, WithBehavior(Behavior{Newer: true}))
			a.rt = a.sim
			a.want("POST", "/rooms", `{"name": "r"}`, 200, "")
			feed := a.want("POST", "/feeds", `{"name": "feed"}`, 200, "")["feed"].(map[string]any)["id"].(string)
			fill := strings.NewReplacer("{feed}", feed)
			created := a.want("POST", fill.Replace(tt.create), fill.Replace(tt.body), 200, "")
			unwrapped := func(answer map[string]any) map[string]any {
				if inner, ok := answer[tt.wrap].(map[string]any); ok {
					return inner
				}
				return answer
			}
			id, _ := unwrapped(created)["id"].(string)
			item := strings.ReplaceAll(fill.Replace(tt.item), "{id}", id)
			get := item
			switch tt.create {
			case "/agents":
				get = "/agents/a"
			case "/rooms/r/secrets":
				get += "?for_identity=i"
			}
			read := unwrapped(a.want("GET", get, nil, 200, ""))
			n := countNewer(read)
			body := map[string]any{NewerMember: read[NewerMember]}
			for _, member := range append(strings.Split(tt.sent, ","), NewerMember) {
				body[member] = read[member]
			}
			if strings.Contains(tt.sent, "for_identity") {
				body["for_identity"] = "i" // reads do not show it
			}
			sent, _ := json.Marshal(body)
			a.want("PUT", item, string(sent), 200, "")
			if got := countNewer(unwrapped(a.want("GET", get, nil, 200, ""))); got != n || n == 0 {
				t.Errorf("%d newer members, not %d", got, n)
			}
		})
	}
}
