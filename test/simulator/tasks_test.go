// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"testing"
	"time"
)

func TestShortestGap(t *testing.T) {
	from := time.Date(2026, 2, 10, 7, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		schedule string
		want     time.Duration
		err      bool
	}{
		{"15 minutes", 15 * time.Minute, false},
		{"1 hour", time.Hour, false},
		{"2 days", 48 * time.Hour, false},
		{"30 seconds", 30 * time.Second, false},
		{"* * * * *", time.Minute, false},
		{"*/15 * * * *", 15 * time.Minute, false},
		{"*/7 * * * *", 4 * time.Minute, false}, // from :56 to the full hour
		{"0,10 3 * * *", 10 * time.Minute, false},
		{"55 23 * * *", 24 * time.Hour, false},
		{"0 9-17/4 * * MON-FRI", 4 * time.Hour, false},
		{"0 0 1 jan *", 365 * 24 * time.Hour, false},
		{"0 0 13 * 5", 24 * time.Hour, false},
		{"5/20 * * * *", 20 * time.Minute, false},
		{"0 0 * * 7", 7 * 24 * time.Hour, false},
		{"0 0 * * 5-7", 24 * time.Hour, false},
		{"0 0 * * sat,7", 24 * time.Hour, false},
		{"often", 0, true},
		{"60 * * * *", 0, true},
		{"* * * * xxx", 0, true},
		{"*/0 * * * *", 0, true},
		{"5-1 * * * *", 0, true},
		{"0 0 30 2 *", 0, true}, // there is no such day
		{"@hourly", 0, true},
		{"TZ=UTC 0 * * *", 0, true},
		{"99999999999999999999 hours", 0, true},
	} {
		got, err := shortestGap(tt.schedule, from)
		if got != tt.want || (err != nil) != tt.err {
			t.Errorf("%s: got %v, %v", tt.schedule, got, err)
		}
	}
}

func TestScheduledTasks(t *testing.T) {
	const body = `{"spec": {"metadata": {"name": "%s"}, "schedule": "%s", "queue": {"name": "q", "payload": {"a": 1}}}}`
	a := newAPI(t)
	room := a.sim.Add("rooms", map[string]any{"name": "a"})
	created := a.want("POST", "/rooms/a/scheduled-tasks", fmt.Sprintf(body, "t", "1 hours"), 200, "")
	id := fmt.Sprint(created["task_id"])
	a.want("POST", "/rooms/a/scheduled-tasks", fmt.Sprintf(body, "t", "1 hours"), 409, "")
	a.want("POST", "/rooms/a/scheduled-tasks", fmt.Sprintf(body, "u", "*/14 * * * *"), 400, "400: spec.schedule: runs must be at least 15 minutes apart")
	a.want("POST", "/rooms/a/scheduled-tasks", fmt.Sprintf(body, "u", "often"), 400, `400: spec.schedule: is neither five cron fields nor "N minutes"`)
	a.want("GET", "/scheduled-tasks?task_id="+id, nil, 200, `{"total": 1, "tasks": [{
		"id": "`+id+`", "room_id": "`+room+`", "room_name": "a", "schedule": "1 hours", "active": true, "once": false,
		"queue_name": "q", "payload": {"a": 1}, "annotations": {}, "last_run_id": null}]}`)
	a.want("PUT", "/scheduled-tasks/"+id, `{"spec": {"schedule": "2 hours", "active": false, "queue": {"name": "q"}}}`, 200, "{}")
	a.want("GET", "/scheduled-tasks?active=true", nil, 200, `{"tasks": [], "total": 0}`)
	a.want("GET", "/scheduled-tasks?active=false&room_id="+room, nil, 200, `{"tasks": [{"schedule": "2 hours", "room_name": "a"}], "total": 1}`)
	a.want("DELETE", "/scheduled-tasks/"+id, nil, 204, "")
}
