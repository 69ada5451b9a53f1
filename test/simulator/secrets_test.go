// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"testing"
)

func TestProjectSecrets(t *testing.T) {
	const body = `{"name": "s", "type": "keys", "data_base64": "eyJBIjoiYiJ9"}`
	a := newAPI(t)
	created := a.want("POST", "/secrets", body, 200, "")
	id := fmt.Sprint(created["id"])
	if len(created) != 1 {
		t.Errorf("create answered %v", created)
	}
	a.want("POST", "/secrets", body, 409, `409: a secret with name "s" already exists`)
	a.want("GET", "/secrets/"+id, nil, 200, `{"name": "s", "type": "keys", "data_base64": "eyJBIjoiYiJ9"}`)
	list := a.want("GET", "/secrets", nil, 200, `{"secrets": [{"id": "`+id+`", "name": "s"}]}`)
	rows, _ := list["secrets"].([]any)
	if row, _ := rows[0].(map[string]any); row["data_base64"] != nil {
		t.Error("the list shows the value")
	}
	a.want("PUT", "/secrets/"+id, `{"name": "s", "type": "raw", "data_base64": "QQ=="}`, 200, "{}")
	a.want("GET", "/secrets/"+id, nil, 200, `{"type": "raw", "data_base64": "QQ=="}`)
	a.want("DELETE", "/secrets/"+id, nil, 200, "{}")
	a.want("GET", "/secrets/"+id, nil, 404, "")

	twice := newAPI(t, WithBehavior(Behavior{DuplicateSecretNames: true}))
	twice.want("POST", "/secrets", body, 200, "")
	twice.want("POST", "/secrets", body, 200, "")
}

func TestRoomAndAgentSecrets(t *testing.T) {
	a := newAPI(t)
	room := a.sim.Add("rooms", map[string]any{"name": "a"})
	agent := a.sim.Add("agents", map[string]any{"configuration": map[string]any{"metadata": map[string]any{"name": "g"}, "allowed_models": []any{}}})

	const base = "/rooms/a/secrets"
	a.want("POST", base, `{"secret_id": "s", "data_base64": "QQ=="}`, 200, `{"id": "s"}`)
	a.want("POST", base, `{"secret_id": "s", "data_base64": "QQ=="}`, 409, "409: this secret already exists")
	a.want("POST", base, `{"secret_id": "s", "data_base64": "Qg==", "for_identity": "i", "delegated_to": "d"}`, 200, `{"id": "s"}`)
	a.want("GET", base+"/s", nil, 200, `{"id": "s", "data_base64": "QQ=="}`)
	a.want("GET", base+"/s?for_identity=i&delegated_to=d", nil, 200, `{"id": "s", "data_base64": "Qg==", "delegated_to": "d"}`)
	a.want("GET", base+"/s?for_identity=i", nil, 404, "")
	a.want("PUT", base+"/s", `{"data_base64": "Qw==", "for_identity": "i", "delegated_to": "d"}`, 200, "{}")
	a.want("GET", base+"/s", nil, 200, `{"data_base64": "QQ=="}`)
	a.want("GET", base, nil, 200, `{"secrets": [{"id": "s"}]}`)
	a.want("GET", base+"?for_identity=i", nil, 200, `{"secrets": [{"id": "s", "delegated_to": "d"}]}`)
	a.want("DELETE", base+"/s", nil, 200, "{}")
	a.want("GET", base+"/s?for_identity=i&delegated_to=d", nil, 200, `{"data_base64": "Qw=="}`)
	if got := len(a.sim.Documents("rooms/" + room + "/secrets")); got != 1 {
		t.Errorf("%d secrets left", got)
	}

	agents := "/agents/" + agent + "/secrets"
	a.want("PUT", agents+"/s", `{"data_base64": "QQ=="}`, 404, "")
	a.want("POST", agents, `{"secret_id": "s", "data_base64": "QQ==", "delegated_to": "d"}`, 200, `{"id": "s"}`)
	a.want("GET", agents+"/s", nil, 404, "")
	a.want("GET", agents+"/s?delegated_to=d", nil, 200, `{"agent_id": "`+agent+`"}`)
	a.want("GET", "/agents/g/secrets", nil, 404, `404: no agent with id "g"`)
}
