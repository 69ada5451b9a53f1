// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
)

// ScheduledTaskSpec is the part of a scheduled task that callers write. A nil member leaves the
// current value unchanged.
type ScheduledTaskSpec struct {
	RoomID string `json:"room_id"` // it is part of the path of a creation, and never sent
	Room   string `json:"-"`       // the name of the room, for the creation

	Metadata  ScheduledTaskMetadata `json:"metadata"`
	Schedule  string                `json:"schedule"`
	Active    *bool                 `json:"active,omitempty" default:"true"`
	Once      *bool                 `json:"once,omitempty" default:"false"`
	Queue     *ScheduledTaskQueue   `json:"queue,omitempty"`
	Container *ContainerSpec        `json:"container,omitempty"`

	// Without lists members that must be absent, whether this caller or another one set them.
	Without []string `json:"-"`
}

// ScheduledTaskMetadata is a task's name and annotations.
type ScheduledTaskMetadata struct {
	Name        string            `json:"name,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ScheduledTaskQueue is the message that a task sends.
type ScheduledTaskQueue struct {
	Name             string  `json:"name"`
	Payload          Object  `json:"payload,omitempty"`
	StorageWritePath *string `json:"storage_write_path,omitempty"`
}

// MarshalJSON writes null for members that must be absent.
func (s ScheduledTaskSpec) MarshalJSON() ([]byte, error) {
	type plain ScheduledTaskSpec
	return without(plain(s), s.Without)
}

// ScheduledTask is a task that MeshAgent runs at certain times.
type ScheduledTask struct {
	ID string
	ScheduledTaskSpec

	// LastRun is nil before the first run.
	LastRun *ScheduledTaskRun

	extras *extras
}

// taskEnvelope is a task on the wire.
type taskEnvelope[S any] struct {
	Spec S `json:"spec"`
}

// ScheduledTaskRun is what MeshAgent tells about a run of a task. The times are in RFC 3339.
type ScheduledTaskRun struct {
	ID                 json.Number
	Status             string
	StartTime, EndTime string
	Message            string
}

// UnmarshalJSON reads MeshAgent's form. It also has copies of parts of the spec, which
// are ignored.
func (t *ScheduledTask) UnmarshalJSON(text []byte) error {
	type plain ScheduledTaskSpec
	var row struct {
		ID      string          `json:"id"`
		RoomID  string          `json:"room_id"`
		Room    string          `json:"room_name"`
		Spec    json.RawMessage `json:"spec"`
		RunID   *json.Number    `json:"last_run_id"`
		Started *string         `json:"last_start_time"`
		Ended   *string         `json:"last_end_time"`
		Status  *string         `json:"last_status"`
		Message *string         `json:"last_return_message"`
	}
	if err := json.Unmarshal(text, &row); err != nil {
		return err
	}
	if row.RoomID == "" {
		return errors.New("the task has no room")
	}
	var spec plain
	if err := json.Unmarshal(row.Spec, &spec); err != nil {
		return err
	}
	*t = ScheduledTask{ID: row.ID, ScheduledTaskSpec: ScheduledTaskSpec(spec), extras: extrasOf[taskEnvelope[plain]](text,
		"id", "project_id", "room_id", "room_name", "queue_name", "payload", "container", "schedule", "active", "once", "annotations", "storage_write_path",
		"last_run_id", "last_start_time", "last_end_time", "last_status", "last_return_message")}
	t.RoomID, t.Room = row.RoomID, row.Room
	if row.RunID != nil || row.Started != nil || row.Status != nil {
		t.LastRun = &ScheduledTaskRun{
			StartTime: orNone(row.Started), EndTime: orNone(row.Ended), Status: orNone(row.Status), Message: orNone(row.Message),
		}
		if row.RunID != nil {
			t.LastRun.ID = *row.RunID
		}
	}
	return nil
}

func orNone(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// Key is the room's id and the task's name.
func (s ScheduledTaskSpec) Key() string { return s.RoomID + "/" + s.Metadata.Name }

// Mark reads the ownership annotation.
func (s ScheduledTaskSpec) Mark() Mark { return markIn(s.Metadata.Annotations) }

// WithMark returns a copy with the ownership annotation.
func (s ScheduledTaskSpec) WithMark(mark Mark) ScheduledTaskSpec {
	s.Metadata.Annotations = withMark(s.Metadata.Annotations, mark)
	return s
}

// Identity is the task's id.
func (t ScheduledTask) Identity() string { return t.ID }

// Written is the part that callers write.
func (t ScheduledTask) Written() ScheduledTaskSpec { return t.ScheduledTaskSpec }

// scheduledTasks differs from the regular case: tasks are created in a room, and a list shows one.
type scheduledTasks struct {
	collection[ScheduledTaskSpec, ScheduledTask]
	project route
}

// ScheduledTasks is /accounts/projects/{project_id}/scheduled-tasks. It is not certain that
// MeshAgent refuses a second task of the same name, so callers search before they create.
func (p *Project) ScheduledTasks() Collection[ScheduledTaskSpec, ScheduledTask] {
	return scheduledTasks{collection[ScheduledTaskSpec, ScheduledTask]{
		client: p.client, route: p.route.join("/scheduled-tasks"), item: "/{task_id}", member: "tasks", open: true,
		paging: paging{"limit", 100}, traits: Traits{Marks: true},
	}, p.route}
}

// Get sends GET …/scheduled-tasks?task_id={task_id}.
func (c scheduledTasks) Get(ctx context.Context, ref Ref) (ScheduledTask, error) {
	if ref.ID == "" {
		return ScheduledTask{}, ErrUseList
	}
	one := c.collection
	one.filter = url.Values{"task_id": {ref.ID}}
	for task, err := range one.All(ctx) {
		if err != nil || task.ID == ref.ID {
			return task, err
		}
	}
	return ScheduledTask{}, &Error{Status: http.StatusNotFound, Method: http.MethodGet, Route: c.route.template, Message: "there is no task with this id"}
}

// Create sends POST …/rooms/{room_name}/scheduled-tasks. The response is the id.
func (c scheduledTasks) Create(ctx context.Context, spec ScheduledTaskSpec) (made ScheduledTask, shown bool, err error) {
	body, err := spec.body()
	if err != nil {
		return made, false, err
	}
	var created struct {
		ID string `json:"task_id"`
	}
	post := request{
		method: http.MethodPost, route: c.project.join("/rooms/{room_name}/scheduled-tasks", spec.Room),
		in: taskEnvelope[any]{body}, out: &created, open: true,
	}
	err = c.client.do(ctx, post)
	if err == nil && created.ID == "" {
		err = unexpected(post, "it has no id")
	}
	return ScheduledTask{ID: created.ID}, false, err
}

// Update sends PUT …/scheduled-tasks/{task_id}, which replaces everything but the room.
func (c scheduledTasks) Update(ctx context.Context, current ScheduledTask, spec ScheduledTaskSpec) (made ScheduledTask, shown bool, err error) {
	if err := fixed("room", current.RoomID, spec.RoomID); err != nil {
		return current, false, err
	}
	body, err := spec.body()
	if err != nil {
		return current, false, err
	}
	put := request{method: http.MethodPut, route: c.one(current.ID), in: completed{taskEnvelope[any]{body}, current.extras}, open: true}
	return ScheduledTask{ID: current.ID}, false, c.client.do(ctx, put)
}

// body is the spec without the room, and without members that must be absent.
func (s ScheduledTaskSpec) body() (map[string]json.RawMessage, error) {
	text, err := Encode(s)
	if err != nil {
		return nil, err
	}
	body := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &body); err != nil {
		return nil, fmt.Errorf("encoding a task: %w", err)
	}
	delete(body, "room_id")
	maps.DeleteFunc(body, func(_ string, value json.RawMessage) bool { return string(value) == "null" })
	return body, nil
}
