// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshscheduledtasks,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshscheduledtasks/status,verbs=patch

// ScheduledTask keeps a task that MeshAgent runs in a room.
var ScheduledTask = engine.Kind[*v1alpha1.MeshScheduledTask, meshagent.ScheduledTaskSpec, meshagent.ScheduledTask]{
	Object:     &v1alpha1.MeshScheduledTask{},
	Collection: engine.InProject[*v1alpha1.MeshScheduledTask]((*meshagent.Project).ScheduledTasks),
	References: []engine.Reference[*v1alpha1.MeshScheduledTask]{
		toRooms(func(task *v1alpha1.MeshScheduledTask) []v1alpha1.ResourceReference {
			return []v1alpha1.ResourceReference{task.Spec.RoomRef}
		}),
		engine.To(&v1alpha1.MeshSecret{}, func(task *v1alpha1.MeshScheduledTask) []v1alpha1.ResourceReference {
			return secretsOf(task.Spec.Container)
		}),
	},
	Desired:  desiredScheduledTask,
	Adapt:    adaptScheduledTask,
	Defaults: &meshagent.ScheduledTaskSpec{Active: new(true), Once: new(false)},
	Report:   reportScheduledTask,
}

func desiredScheduledTask(task *v1alpha1.MeshScheduledTask, in engine.Inputs) (meshagent.ScheduledTaskSpec, error) {
	spec := task.Spec
	room := in.Resolved(&v1alpha1.MeshRoom{}, spec.RoomRef)
	desired := meshagent.ScheduledTaskSpec{
		RoomID: room.ID, Room: room.Name, Metadata: meshagent.ScheduledTaskMetadata{Name: nameOr(spec.Name, task), Annotations: spec.Annotations},
		Schedule: spec.Schedule, Active: spec.Active, Once: spec.Once, Container: container(spec.Container, in),
	}
	if queue := spec.Queue; queue != nil {
		payload, err := freeJSON("spec.queue.payload", queue.Payload)
		if err != nil {
			return desired, err
		}
		desired.Queue = &meshagent.ScheduledTaskQueue{Name: queue.Name, Payload: payload, StorageWritePath: unlessEmpty(queue.StorageWritePath)}
	}
	// MeshAgent refuses a task with both.
	if desired.Queue == nil {
		desired.Without = []string{"queue"}
	} else {
		desired.Without = []string{"container"}
	}
	return desired, checkSecrets(spec.Container, &spec.RoomRef, in)
}

// adaptScheduledTask takes a room of the same id for the same room, whatever its name is.
func adaptScheduledTask(desired meshagent.ScheduledTaskSpec, remote meshagent.ScheduledTask) meshagent.ScheduledTaskSpec {
	if remote.RoomID == desired.RoomID {
		desired.Room = remote.Room
	}
	return desired
}

// reportScheduledTask tells of the last run. That it failed does not concern the task.
func reportScheduledTask(task *v1alpha1.MeshScheduledTask, remote meshagent.ScheduledTask, _ engine.Inputs) string {
	task.Status.LastRun = nil
	if run := remote.LastRun; run != nil {
		task.Status.LastRun = &v1alpha1.ScheduledTaskRun{
			ID: shortenedTo(64, run.ID.String()), Status: shortenedTo(64, run.Status), Message: shortenedTo(1024, run.Message),
			StartTime: timeOf(run.StartTime), EndTime: timeOf(run.EndTime),
		}
	}
	return ""
}

// timeOf reads a time; nil if it is none. Status has seconds.
func timeOf(text string) *metav1.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	return &metav1.Time{Time: at.UTC().Truncate(time.Second)}
}
