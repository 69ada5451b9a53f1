// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// shortestInterval is the minimum interval between the runs of a scheduled task.
const shortestInterval = 15 * time.Minute

var taskOperations = map[string]operation{
	"createScheduledTask": createTask,
	"listScheduledTasks":  listTasks,
}

func createTask(c *call) (*answer, error) {
	room, err := c.lookup(c.path("rooms"), "room_name", c.param("room_name"))
	if err != nil {
		return nil, err
	}
	body := c.object()
	body["room_id"] = room.id
	rec, err := c.create(c.path("scheduled-tasks"), body)
	if err != nil {
		return nil, err
	}
	return c.reply(rec, created), nil
}

// prepareTask checks the schedule and names the room.
func prepareTask(c *call, _ string, doc document, old *record) error {
	gap, err := shortestGap(text(doc, "spec.schedule"), c.s.clock())
	if err != nil {
		return invalid("spec.schedule: %v", err)
	}
	if gap < shortestInterval {
		return invalid("spec.schedule: runs must be at least 15 minutes apart")
	}
	if old != nil {
		return nil
	}
	room := c.st.get(c.path("rooms"), text(doc, "room_id"))
	if room == nil {
		return c.noSuch("room", "id", text(doc, "room_id"))
	}
	doc["room_name"] = room.doc["name"]
	// viewTask creates the copies of the spec that reads show.
	return nil
}

// viewTask adds the flattened copies of the spec.
func viewTask(_ *call, rec *record, _ mode) document {
	out := maps.Clone(rec.doc)
	for member, path := range map[string]string{
		"schedule": "spec.schedule", "queue_name": "spec.queue.name", "payload": "spec.queue.payload", "container": "spec.container",
		"storage_write_path": "spec.queue.storage_write_path", "annotations": "spec.metadata.annotations",
	} {
		out[member] = value(rec.doc, path)
	}
	for _, member := range []string{"payload", "annotations"} {
		if out[member] == nil {
			out[member] = document{}
		}
	}
	for member, usual := range map[string]bool{"active": true, "once": false} {
		out[member] = usual
		if given, ok := value(rec.doc, "spec."+member).(bool); ok {
			out[member] = given
		}
	}
	for _, member := range []string{"last_run_id", "last_start_time", "last_end_time", "last_status", "last_return_message"} {
		if _, ran := out[member]; !ran {
			out[member] = nil
		}
	}
	return out
}

func listTasks(c *call) (*answer, error) {
	path := c.path("scheduled-tasks")
	return c.list(path, func(c *call) []*record {
		return slices.DeleteFunc(slices.Clone(c.st.all(path)), func(rec *record) bool {
			room, task, active := c.query.Get("room_id"), c.query.Get("task_id"), c.query.Get("active")
			return room != "" && rec.doc["room_id"] != room || task != "" && rec.id != task ||
				active != "" && active != strconv.FormatBool(viewTask(c, rec, listed)["active"] == true)
		})
	})
}
