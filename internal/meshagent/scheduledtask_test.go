// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"strings"
	"testing"
)

// A task tells of its last run, and of the room that it is in.
func TestScheduledTaskOnTheWire(t *testing.T) {
	t.Parallel()
	const row = `{"id": "t", "project_id": "p", "room_id": "r", "room_name": "support", "schedule": "1 hours", "active": true, "once": false, "annotations": {},
		"spec": {"version": "v1", "kind": "ScheduledTask", "metadata": {"name": "n", "annotations": {"meshagent.com/owner": "o/a/b"}}, "schedule": "1 hours", "queue": {"name": "q", "new": 1}, "container": null},
		"last_run_id": 17, "last_start_time": "2026-01-01T00:00:00Z", "last_end_time": null, "last_status": "submitted", "last_return_message": null}`
	var task ScheduledTask
	if err := json.Unmarshal([]byte(row), &task); err != nil {
		t.Fatal(err)
	}
	if task.Key() != "r/n" || task.Room != "support" || task.Mark().Owner != "o/a/b" || task.Queue.Name != "q" || task.Container != nil {
		t.Errorf("%+v", task)
	}
	if want := (ScheduledTaskRun{ID: "17", Status: "submitted", StartTime: "2026-01-01T00:00:00Z"}); task.LastRun == nil || *task.LastRun != want {
		t.Errorf("its last run is %+v", task.LastRun)
	}
	var never ScheduledTask
	if err := json.Unmarshal([]byte(`{"id": "t", "room_id": "r", "spec": {"schedule": "1 hours"}, "last_run_id": null}`), &never); err != nil || never.LastRun != nil {
		t.Errorf("%+v, %v", never.LastRun, err)
	}
	if err := json.Unmarshal([]byte(`{"id": "t", "spec": {"schedule": "1 hours"}}`), new(ScheduledTask)); err == nil {
		t.Error("a task without a room was read")
	}
}

// What is sent of a task is either a queue or a container, and never the room.
func TestScheduledTaskBody(t *testing.T) {
	t.Parallel()
	spec := ScheduledTaskSpec{RoomID: "r", Room: "support", Schedule: "1 hours", Queue: &ScheduledTaskQueue{Name: "q"}, Without: []string{"container"}}
	compared, err := Encode(spec)
	if err != nil || !strings.Contains(string(compared), `"container":null`) || !strings.Contains(string(compared), `"room_id":"r"`) {
		t.Errorf("%s, %v", compared, err)
	}
	body, err := spec.body()
	if err != nil {
		t.Fatal(err)
	}
	sent, err := Encode(body)
	if want := `{"metadata":{},"queue":{"name":"q"},"schedule":"1 hours"}`; err != nil || string(sent) != want {
		t.Errorf("%s, %v", sent, err)
	}
}
