// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func init() { register(&MeshScheduledTask{}, &MeshScheduledTaskList{}) }

// MeshScheduledTaskSpec is the desired state of a scheduled task.
// +kubebuilder:validation:XValidation:rule="self.roomRef == oldSelf.roomRef",message="roomRef cannot be changed: delete the task and create it again"
// +kubebuilder:validation:XValidation:rule="has(self.queue) != has(self.container)",message="set exactly one of queue and container"
// +kubebuilder:validation:XValidation:rule="!has(self.once) || !self.once || has(self.reconcilePolicy) && self.reconcilePolicy == 'CreateOnly'",message="once requires reconcilePolicy CreateOnly: otherwise the operator would create the task again after its run"
// +kubebuilder:validation:XValidation:rule="!has(self.once) || !self.once || !has(self.active)",message="once and active cannot both be set: MeshAgent ends the task after its run"
type MeshScheduledTaskSpec struct {
	CommonSpec `json:",inline"`

	// name is the name of the task in MeshAgent, with at most 253 characters and
	// no blanks at its ends. It should be unique in the room. If you change it,
	// the operator renames the task. Defaults to the name of this object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S(.*\S)?$`
	// +optional
	Name string `json:"name,omitempty"`

	// roomRef selects the room in which the task runs. Immutable.
	// +required
	RoomRef ResourceReference `json:"roomRef,omitzero"`

	// schedule says when the task runs: a cron expression in UTC such as
	// "0 6 * * 1", or an interval such as "30 minutes" (minutes, hours, days or
	// seconds). Runs must be at least 15 minutes apart, which MeshAgent checks. At
	// most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S(.*\S)?$`
	Schedule string `json:"schedule,omitempty"`

	// active is false to pause the task. If unset, the operator doesn't manage
	// this field, so that people can pause the task in MeshAgent. MeshAgent's
	// default is true.
	// +optional
	Active *bool `json:"active,omitempty"`

	// once is true for a task that runs a single time. It requires reconcilePolicy
	// CreateOnly, and active must not be set. If unset, the operator doesn't
	// manage this field, and MeshAgent's default is false.
	// +optional
	Once *bool `json:"once,omitempty"`

	// queue is the message that a run sends to a queue of the room. Set exactly
	// one of queue and container.
	// +optional
	Queue *ScheduledTaskQueue `json:"queue,omitempty"`

	// container is the container that a run starts in the room. Set exactly one of
	// queue and container.
	// +optional
	Container *ContainerSpec `json:"container,omitempty"`

	// annotations are annotations to set on the task, at most 256. The operator
	// manages only the keys listed here and ignores all others. Keys under
	// meshagent.com/ are reserved.
	// +optional
	Annotations Annotations `json:"annotations,omitempty"`
}

// ScheduledTaskQueue is the message that a run of a task sends to a queue.
type ScheduledTaskQueue struct {
	// name is the name of the queue, with at most 253 characters and no blanks at
	// its ends.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S(.*\S)?$`
	Name string `json:"name,omitempty"`

	// payload is the body of the message, a JSON object. The operator manages only
	// the members listed here and ignores all others. If unset, the operator
	// doesn't manage this field, and MeshAgent's default is an empty object.
	// +kubebuilder:validation:Type=object
	// +kubebuilder:pruning:PreserveUnknownFields
	// +optional
	Payload *runtime.RawExtension `json:"payload,omitempty"`

	// storageWritePath is the path in the storage of the room where the output is
	// written, with at most 1024 characters. If unset, the operator doesn't manage
	// this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	StorageWritePath string `json:"storageWritePath,omitempty"`
}

// MeshScheduledTaskStatus is the observed state of a scheduled task.
type MeshScheduledTaskStatus struct {
	CommonStatus `json:",inline"`

	// lastRun is the last run of the task, as of the last comparison. Unset before
	// the first run. A failed run does not make the object unready.
	// +optional
	LastRun *ScheduledTaskRun `json:"lastRun,omitempty"`
}

// ScheduledTaskRun is a run of a scheduled task.
type ScheduledTaskRun struct {
	// id is the ID of the run. Longer IDs are cut after 64 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +optional
	ID string `json:"id,omitempty"`

	// status is the state of the run in MeshAgent's words: pending, submitting,
	// retrying, submitted or failed. Longer texts are cut after 64 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +optional
	Status string `json:"status,omitempty"`

	// startTime is when the run started. Unset if MeshAgent does not tell.
	// +optional
	StartTime *metav1.Time `json:"startTime,omitempty"`

	// endTime is when the run ended. Unset if MeshAgent does not tell.
	// +optional
	EndTime *metav1.Time `json:"endTime,omitempty"`

	// message is what MeshAgent reports about the run. Longer texts are cut after
	// 1024 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Message string `json:"message,omitempty"`
}

// MeshScheduledTask manages a scheduled task: at certain times, MeshAgent sends
// a message to a queue of a room, or runs a container there.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshScheduledTask
//	metadata:
//	  name: weekly-report
//	spec:
//	  roomRef:
//	    name: support
//	  schedule: "0 6 * * 1"
//	  queue:
//	    name: jobs
//	    payload:
//	      report: weekly
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=matask
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:selectablefield:JSONPath=.spec.roomRef.name
// +kubebuilder:printcolumn:name="Room",type=string,JSONPath=`.spec.roomRef.*`
// +kubebuilder:printcolumn:name="Last",type=string,JSONPath=`.status.lastRun.status`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Schedule",type=string,priority=1,JSONPath=`.spec.schedule`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshScheduledTask struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the task.
	// +required
	Spec MeshScheduledTaskSpec `json:"spec,omitzero"`

	// status is the observed state of the task.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshScheduledTaskStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (t *MeshScheduledTask) CommonSpec() *CommonSpec { return &t.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (t *MeshScheduledTask) CommonStatus() *CommonStatus { return &t.Status.CommonStatus }

// MeshScheduledTaskList is a list of MeshScheduledTasks.
//
// +kubebuilder:object:root=true
type MeshScheduledTaskList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the tasks.
	Items []MeshScheduledTask `json:"items"`
}
