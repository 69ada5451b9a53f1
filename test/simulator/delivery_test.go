// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"testing"
)

const roomRoute = `{"spec": {"metadata": {"name": "r"}, "domain": "%s", "backend": {"room": {"name": "%s"}, "agent": null}, "paths": [{"targetPort": "80"}]}}`

func TestRoutes(t *testing.T) {
	a := newAPI(t)
	room := a.sim.Add("rooms", map[string]any{"name": "a"})
	a.sim.Add("rooms", map[string]any{"name": "b"})
	a.sim.Add("agents", map[string]any{"configuration": map[string]any{"metadata": map[string]any{"name": "g"}, "allowed_models": []any{}}})

	a.want("POST", "/routes", fmt.Sprintf(roomRoute, "x.meshagent.app", "a"), 200, "{}")
	a.want("POST", "/routes", fmt.Sprintf(roomRoute, "x.meshagent.app", "b"), 409, `409: a route with domain "x.meshagent.app" already exists`)
	a.want("POST", "/routes", fmt.Sprintf(roomRoute, "x.example.com", "a"), 400, "400: spec.domain: is not below meshagent.app")
	a.want("POST", "/routes", fmt.Sprintf(roomRoute, "y.meshagent.app", "z"), 404, `404: no room with name "z"`)
	a.want("POST", "/routes", `{"spec": {"metadata": {"name": "r"}, "domain": "g.meshagent.app", "backend": {"agent": {"name": "g"}}}}`, 200, "{}")
	a.want("GET", "/agents/g/routes", nil, 200, `{"routes": [{"domain": "g.meshagent.app"}], "total": 1}`)
	a.want("GET", "/rooms/a/routes", nil, 200, `{"routes": [{"domain": "x.meshagent.app"}], "total": 1}`)
	a.want("PUT", "/routes/x.meshagent.app", fmt.Sprintf(roomRoute, "z.meshagent.app", "a"), 400, "400: spec.domain: cannot be changed")

	a.want("PUT", "/rooms/"+room, `{"name": "renamed"}`, 200, "{}")
	got := a.want("GET", "/routes/x.meshagent.app", nil, 200, `{"route": {"spec": {"backend": {"room": {"name": "renamed"}}}}}`)
	if route, _ := got["route"].(map[string]any); route["room_id"] != nil {
		t.Error("the route shows what only the server knows")
	}
	a.want("DELETE", "/rooms/"+room, nil, 200, "{}")
	a.want("GET", "/routes", nil, 200, `{"routes": [{"domain": "g.meshagent.app"}], "total": 1}`)
}

func TestLegacyRoutes(t *testing.T) {
	a := newAPI(t, WithBehavior(Behavior{LegacyRoutes: true, AnyDomain: true}))
	a.sim.Add("rooms", map[string]any{"name": "a"})
	a.want("POST", "/routes", fmt.Sprintf(roomRoute, "x.example.com", "a"), 200, "{}")
	a.want("GET", "/routes/x.example.com", nil, 200, `{"route": {"domain": "x.example.com", "room_name": "a", "port": "80"}}`)
}

func TestMailboxes(t *testing.T) {
	a := newAPI(t)
	a.sim.Add("rooms", map[string]any{"name": "a"})
	room := a.sim.Add("rooms", map[string]any{"name": "b"})
	body := `{"address": "x@y", "room": "a", "queue": "q", "public": false, "annotations": null}`
	a.want("POST", "/mailboxes", body, 200, "{}")
	a.want("POST", "/mailboxes", body, 409, `409: a mailbox with address "x@y" already exists`)
	a.want("PUT", "/mailboxes/x@y", `{"room": "b", "queue": "q2", "public": true}`, 200, "{}")
	a.want("GET", "/mailboxes/x%40y", nil, 200, `{"mailbox": {"address": "x@y", "room": "b", "room_id": "`+room+`", "queue": "q2", "public": true, "annotations": {}}}`)
	a.want("GET", "/rooms/a/mailboxes", nil, 200, `{"mailboxes": [], "total": 0}`)
	a.want("GET", "/rooms/b/mailboxes", nil, 200, `{"mailboxes": [{"address": "x@y"}], "total": 1}`)
}

func TestFeeds(t *testing.T) {
	a := newAPI(t)
	a.sim.Add("rooms", map[string]any{"name": "a"})
	created := a.want("POST", "/feeds", `{"name": "f", "visibility": "project", "message_schema": {"type": "object", "required": ["x"]}}`, 200,
		`{"feed": {"name": "f", "visibility": "project", "description": "", "paused": false, "annotations": {}}}`)
	feed, _ := created["feed"].(map[string]any)
	path := fmt.Sprint("/feeds/", feed["id"])
	a.want("POST", "/feeds", `{"name": "f"}`, 409, "")

	a.want("POST", path+"/messages", `{"x": 1}`, 200, "{}")
	a.want("POST", path+"/messages", `{"y": 1}`, 400, "400: message 0: does not match the schema of the feed")
	a.want("POST", path+"/messages/batch", `[{"x": 1}, 5]`, 400, "400: message 1: does not match the schema of the feed")
	if got := len(a.sim.Documents(fmt.Sprint("feeds/", feed["id"], "/messages"))); got != 1 {
		t.Errorf("%d messages were taken, want 1", got)
	}

	created = a.want("POST", path+"/subscriptions", `{"room": "a", "path": "/"}`, 200, `{"subscription": {"room": "a", "path": "/", "filename_datetime_format": "YYYY-MM-DDThh_mm_ssZ"}}`)
	a.want("POST", path+"/subscriptions", `{"room": "a", "path": "/"}`, 409, `409: a subscription with room "a" and path "/" already exists`)
	subscription, _ := created["subscription"].(map[string]any)
	one := fmt.Sprint(path, "/subscriptions/", subscription["id"])
	a.want("PUT", one, `{"filename_datetime_format": "YYYY", "annotations": {"k": "v"}}`, 200, "{}")
	a.want("GET", one, nil, 200, `{"subscription": {"room": "a", "path": "/", "filename_datetime_format": "YYYY", "annotations": {"k": "v"}}}`)
	a.want("GET", "/rooms/a/feeds", nil, 200, `{"feeds": [{"name": "f"}], "total": 1}`)

	a.want("PUT", path, `{"name": "g", "paused": true}`, 200, "{}")
	got := a.want("GET", path, nil, 200, `{"feed": {"name": "g", "visibility": "project", "paused": true}}`)
	if feed, _ := got["feed"].(map[string]any); feed["message_schema"] != nil {
		t.Error("a schema that was left out is still there")
	}
	for _, call := range [][2]string{{"POST", path + "/messages"}, {"DELETE", one}, {"PUT", one}, {"POST", path + "/subscriptions"}} {
		body := any(`{"room": "a", "path": "/b"}`)
		switch call[0] {
		case "DELETE":
			body = nil
		case "PUT":
			body = `{}`
		}
		a.want(call[0], call[1], body, 400, "400: the feed is paused")
	}

	a.want("POST", "/llm-loggers", `{"destination_feed_id": "x", "filter_expression": ""}`, 404, "")
	a.want("POST", "/llm-loggers", fmt.Sprintf(`{"destination_feed_id": "%v", "filter_expression": ""}`, feed["id"]), 200, "")
	a.want("DELETE", path, nil, 200, "{}")
	a.want("GET", "/llm-loggers", nil, 200, `{"loggers": []}`)
}

func TestRefuseDeleteInUse(t *testing.T) {
	a := newAPI(t, WithBehavior(Behavior{RefuseDeleteInUse: true}))
	room := a.sim.Add("rooms", map[string]any{"name": "a"})
	a.sim.Add("mailboxes", map[string]any{"address": "x@y", "room": "a", "queue": "q", "public": true})
	a.want("DELETE", "/rooms/"+room, nil, 409, "409: the room is in use")
	a.want("DELETE", "/mailboxes/x@y", nil, 200, "{}")
	a.want("DELETE", "/rooms/"+room, nil, 200, "{}")
}
