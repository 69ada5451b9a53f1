// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoomDeleteCascades(t *testing.T) {
	a := newAPI(t)
	keep, gone := newWorld(a), newWorld(a)
	a.want("DELETE", "/rooms/"+gone.names["room_id"], nil, 200, "{}")
	for _, collection := range []string{"room-grants", "agent-room-grants", "mailboxes", "routes", "scheduled-tasks"} {
		if got := len(a.sim.Documents(collection)); got != 1 {
			t.Errorf("%d %s are left, want 1", got, collection)
		}
	}
	for _, collection := range []string{"services", "secrets", "external-oauth"} {
		got := []int{
			len(a.sim.Documents("rooms/" + keep.names["room_id"] + "/" + collection)),
			len(a.sim.Documents("rooms/" + gone.names["room_id"] + "/" + collection)),
		}
		if diff := cmp.Diff([]int{1, 0}, got); diff != "" {
			t.Errorf("%s: %s", collection, diff)
		}
	}
	if got := len(a.sim.Documents("feeds/" + gone.names["feed_id"] + "/subscriptions")); got != 0 {
		t.Errorf("%d subscriptions into a room that is gone", got)
	}
	sessions := a.sim.Documents("sessions")
	if len(sessions) != 2 || sessions[0]["is_active"] != true || sessions[1]["is_active"] != false {
		t.Errorf("the session in the room did not end: %v", sessions)
	}
	if !a.sim.Remove("sessions", gone.names["session_id"]) {
		t.Error("the session is gone")
	}
	for ref := range a.sim.store.refs {
		if ref.id == gone.names["room_id"] {
			t.Errorf("the index still knows %v", ref)
		}
	}
}

func TestAgents(t *testing.T) {
	a := newAPI(t)
	w := newWorld(a)
	agent := w.names["agent_id"]
	a.want("POST", "/agents", `{"configuration": {"metadata": {"name": "`+w.names["agent_name"]+`"}, "allowed_models": []}}`, 409, "")
	a.want("POST", "/agents", `{"if_not_exists": true, "configuration": {"metadata": {"name": "`+w.names["agent_name"]+`"}, "allowed_models": []}}`, 200, `{"id": "`+agent+`"}`)
	a.want("PUT", "/agents/"+agent, `{"configuration": {"metadata": {"name": "new"}, "allowed_models": []}}`, 200, "{}")
	a.want("GET", "/agents/new", nil, 200, `{"id": "`+agent+`", "name": "new"}`)
	a.want("GET", "/members/by-agent/new", nil, 200, `{"agent_grants": [{"user": {"id": "`+w.names["user_id"]+`"}}]}`)
	a.want("GET", "/agent-grants/by-agent", nil, 200, `{"agents": [{"agent": {"name": "new"}, "count": 1}]}`)
	a.want("DELETE", "/agents/"+agent, nil, 200, "{}")
	for _, collection := range []string{"agent-grants", "agent-room-grants", "agents/" + agent + "/secrets"} {
		if got := len(a.sim.Documents(collection)); got != 0 {
			t.Errorf("%d %s are left", got, collection)
		}
	}
}
