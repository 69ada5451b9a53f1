// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"testing"
)

func TestProjects(t *testing.T) {
	a := newAPI(t)
	own := `{"id": "` + a.sim.ProjectID() + `", "name": "development", "project_key": "dev"}`
	a.want("GET", "", nil, 200, own)
	a.want("GET", "//accounts/projects", nil, 200, `{"projects": [`+own+`]}`)
	a.want("GET", "//accounts/projects/by-key/dev", nil, 200, own)
	a.want("GET", "//accounts/projects/by-key/x", nil, 404, "")
	created := a.want("POST", "//accounts/projects", `{"name": "p"}`, 200, `{"name": "p"}`)
	a.want("GET", "//accounts/projects/"+fmt.Sprint(created["id"]), nil, 403, "")

	a.want("PUT", "/settings", `{"a": 1}`, 200, "{}")
	a.want("PUT", "/settings", `{"b": {"c": null}}`, 200, "{}")
	a.want("GET", "", nil, 200, `{"settings": {"b": {"c": null}}}`)
	merge := newAPI(t, WithBehavior(Behavior{MergeSettings: true}))
	merge.want("PUT", "/settings", `{"a": 1}`, 200, "{}")
	merge.want("PUT", "/settings", `{"b": 2}`, 200, "{}")
	merge.want("GET", "", nil, 200, `{"settings": {"a": 1, "b": 2}}`)
}

func TestUsers(t *testing.T) {
	a := newAPI(t)
	a.want("GET", "/users?filter=OPS@", nil, 200, `{"users": [{"id": "`+memberID+`", "is_admin": false}], "total": 1}`)
	body := `{"project_id": "` + a.sim.ProjectID() + `", "user_id": "u", "can_create_rooms": true}`
	a.want("POST", "/users", body, 200, `{"ok": true}`)
	a.want("POST", "/users", body, 409, "")
	a.want("PUT", "/users/u", `{"is_admin": true, "is_developer": false, "can_create_rooms": false, "can_use_llm_proxy": false}`, 200, `{"ok": true}`)
	a.want("GET", "/users?count=1&offset=2", nil, 200, `{"users": [{"id": "u", "is_admin": true, "can_create_rooms": false, "email": "user-u@example.com"}], "total": 3}`)
	a.want("PUT", "//accounts/profiles/me", `{"first_name": "F", "last_name": "L"}`, 200, `{"ok": true}`)
	a.want("GET", "//accounts/profiles/me", nil, 200, `{"id": "`+ownerID+`", "first_name": "F", "email": "`+OwnerEmail+`"}`)
	a.want("GET", "//accounts/profiles/x", nil, 404, "404: no such user")
	a.want("DELETE", "/users/u", nil, 200, `{"ok": true}`)
	a.want("DELETE", "/users/u", nil, 404, "")
}

func TestSessions(t *testing.T) {
	a := newAPI(t)
	room := a.sim.Add("rooms", map[string]any{"name": "a"})
	a.sim.Add("rooms", map[string]any{"name": "b"})
	a.sim.Add("agents", map[string]any{"configuration": map[string]any{"metadata": map[string]any{"name": "g"}, "allowed_models": []any{}}})
	first, second, agent := a.sim.StartSession("a"), a.sim.StartSession("b"), a.sim.StartAgentSession("g")
	a.want("GET", "/sessions", nil, 200, `{"sessions": [{"id": "`+second+`"}, {"id": "`+first+`"}]}`)
	a.want("GET", "/sessions?limit=1", nil, 200, `{"sessions": [{"id": "`+second+`"}]}`)
	a.want("GET", "/sessions?room_id="+room, nil, 200, `{"sessions": [{"id": "`+first+`", "room_name": "a", "is_active": true}]}`)
	a.want("GET", "/agents/sessions", nil, 200, `{"sessions": [{"id": "`+agent+`", "room_id": null, "agent_name": "g"}]}`)
	a.want("GET", "/sessions/"+first+"/participants", nil, 200, `{"participants": {"user": 1}}`)
	a.want("POST", "/sessions/"+first+"/terminate", nil, 204, "")
	a.want("GET", "/sessions/active", nil, 200, `{"sessions": [{"id": "`+second+`"}]}`)
	a.want("GET", "/sessions/"+first+"/events", nil, 200, `{"events": []}`)
	a.want("POST", "/sessions/x/terminate", nil, 404, "")
}

func TestBillingAndStorage(t *testing.T) {
	a := newAPI(t)
	a.want("POST", "/recharge", `{"enabled": true, "amount": 10, "threshold": 5, "monthly_budget": null}`, 200, "{}")
	a.want("GET", "/balance", nil, 200, `{"balance": 100, "auto_recharge_amount": 10, "auto_recharge_threshold": 5, "monthly_budget": null}`)
	a.want("POST", "/recharge", `{"enabled": false, "amount": 10, "threshold": 5}`, 200, "{}")
	a.want("GET", "/balance", nil, 200, `{"auto_recharge_amount": null}`)

	files := "//projects/" + a.sim.ProjectID() + "/storage"
	a.want("POST", files+"/upload?path=d%2Ff", []byte("one"), 200, "{}")
	a.want("POST", files+"/upload?path=d%2Ff", []byte("two\x00"), 200, "{}")
	a.want("GET", files+"/download?path=d/f", nil, 200, "two\x00")
	a.want("GET", files+"/download?path=x", nil, 404, "")
}
