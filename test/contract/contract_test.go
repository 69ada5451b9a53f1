// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoad(t *testing.T) {
	v := mustLoad(t)
	count := 0
	for template, item := range v.Document().Paths.Map() {
		for method := range item.Operations() {
			count++
			// A template is a path with the names of its parameters as {name}. So every operation
			// must find itself, whatever other paths exist.
			rt, err := v.Find(method, template)
			if err != nil {
				t.Errorf("%s %s: %v", method, template, err)
			} else if rt.Template != template {
				t.Errorf("%s %s: found %s", method, template, rt.Template)
			}
		}
	}
	if count != 167 {
		t.Errorf("the contract has %d operations, want 167", count)
	}
}

func TestFind(t *testing.T) {
	const p = "/accounts/projects/p1"
	v := mustLoad(t)
	for _, tt := range []struct {
		method, path string
		want         string // operation id; "" if unknown
		params       map[string]string
	}{
		{"GET", p + "/rooms/a", "getRoom", map[string]string{"project_id": "p1", "room": "a"}},
		{"GET", p + "/rooms/a%2Fb%20c", "getRoom", map[string]string{"project_id": "p1", "room": "a/b c"}},
		{"GET", p + "/rooms/a/services/x", "getRoomService", map[string]string{"project_id": "p1", "room_name": "a", "service_id": "x"}},
		{"GET", p + "/rooms/a/services/by-name/x", "getRoomServiceByName", map[string]string{"project_id": "p1", "room_name": "a", "service_name": "x"}},
		{"GET", p + "/agents/sessions", "listRecentAgentSessions", map[string]string{"project_id": "p1"}},
		{"PUT", p + "/agents/sessions", "updateAgent", map[string]string{"project_id": "p1", "agent": "sessions"}},
		{"GET", p + "/room-grants/by-user/u", "listRoomGrantsByUser", map[string]string{"project_id": "p1", "user_id": "u"}},
		{"DELETE", p + "/room-grants/by-user/u", "deleteRoomGrant", map[string]string{"project_id": "p1", "room_id": "by-user", "user_id": "u"}},
		{"GET", "/config", "getConfig", map[string]string{}},
		{"GET", p + "/rooms/", "", nil},
		{"GET", p + "/rooms/a/b", "", nil},
		{"PATCH", p + "/rooms/a", "", nil},
		{"GET", "", "", nil},
	} {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			rt, err := v.Find(tt.method, tt.path)
			if tt.want == "" {
				if err == nil {
					t.Fatalf("found %s", rt.Operation.OperationID)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if rt.Operation.OperationID != tt.want {
				t.Errorf("found %s, want %s", rt.Operation.OperationID, tt.want)
			}
			if diff := cmp.Diff(tt.params, rt.Params); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func mustLoad(t *testing.T) *Validator {
	t.Helper()
	v, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return v
}
