// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestCreateForeign(t *testing.T) {
	a := newAPI(t, WithBehavior(Behavior{OneInvitation: true}))
	room := a.want("POST", "/rooms", `{"name": "r"}`, 200, "")["id"].(string)
	feed := a.want("POST", "/feeds", `{"name": "f"}`, 200, "")["feed"].(map[string]any)["id"].(string)
	grant := func(who string) string {
		return `{"room_id": "` + room + `", ` + who + `, "permissions": {"queues": {"send": ["a"]}}}`
	}
	template, _ := json.Marshal(document{"template": exampleTemplate, "values": document{"name": "n", "x": "y", "meshagent.com/owner": "me"}})
	service := `{"version": "v1", "kind": "Service", "metadata": {"name": "s", "annotations": {"meshagent.com/owner": "me"}}, "external": {"url": "https://x"}}`
	for path, body := range map[string]string{
		"/rooms":                            `{"name": "a", "metadata": {"team": "x"}, "annotations": {"meshagent.com/owner": "me"}}`,
		"/feeds":                            `{"name": "a", "visibility": "public", "paused": false}`,
		"/feeds/" + feed + "/subscriptions": `{"room": "r", "path": "/", "annotations": {"a": "b"}}`,
		"/secrets":                          `{"name": "a", "type": "keys", "data_base64": "eyJBIjoiYiJ9"}`,
		"/services":                         service,
		"/rooms/r/services":                 service,
		"/services ":                        string(template),
		"/room-grants":                      grant(`"user_id": "u"`),
		"/room-grants ":                     grant(`"email": "new@example.com"`),
		"/routes": `{"spec": {"metadata": {"name": "a"}, "domain": "a.meshagent.app", "backend": {"room": {"name": "r"}},
			"paths": [{"targetPort": 80}]}}`,
	} {
		t.Run(path, func(t *testing.T) {
			call := Call{Method: "POST", Path: "/accounts/projects/" + a.sim.ProjectID() + strings.TrimSpace(path), RequestBody: []byte(body)}
			var documents []string
			for _, identical := range []bool{true, false} {
				made, err := a.sim.CreateForeign(call, "meshagent.com/", identical)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := a.sim.CreateForeign(call, "meshagent.com/", true); err == nil {
					t.Error("it was created twice")
				}
				if !a.sim.Edit(made.Collection, made.ID, func(doc map[string]any) {
					for _, own := range []string{"id", "created_at"} {
						delete(doc, own)
					}
					documents = append(documents, fmt.Sprint(doc))
				}) {
					t.Fatalf("nothing at %v", made)
				}
				a.sim.Remove(made.Collection, made.ID)
			}
			if strings.Contains(documents[0], "meshagent.com/") || documents[0] == documents[1] || !strings.Contains(documents[0]+documents[1], " ") {
				t.Errorf("made %s\nand %s", documents[0], documents[1])
			}
		})
	}
}
