// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package reasons

import "github.com/meshagent/meshagent-operator/api/v1alpha1"

// Event is a reason of Events that is not one of conditions.
type Event struct {
	Name string
	// Types are Normal, Warning, or both.
	Types []string
	// Meaning is what happened, and Action what users can do.
	Meaning, Action string
}

// Types of Events.
const (
	Normal  = "Normal"
	Warning = "Warning"
)

// Events are all events, except for those that are sent when a reason of failure appears.
var Events = []Event{
	{v1alpha1.EventCreated, []string{Normal}, "The operator created the remote resource.", nothing},
	{
		v1alpha1.EventRecreated,
		[]string{Normal},
		"The remote resource was gone from MeshAgent, and the operator created it again.",
		"If the resource was deleted on purpose, delete its object.",
	},
	{v1alpha1.EventUpdated, []string{Normal}, "The operator wrote a change of the spec to MeshAgent.", nothing},
	{
		v1alpha1.EventDriftCorrected,
		[]string{Normal},
		"Someone changed fields in MeshAgent that the spec sets, and the operator corrected them. The message names the fields.",
		"To keep a change, make it in the spec, or remove the field from the spec.",
	},
	{v1alpha1.EventAdopted, []string{Normal}, "The remote resource existed already, and the operator took it over.", nothing},
	{v1alpha1.EventDeleted, []string{Normal}, "The operator deleted the remote resource.", nothing},
	{v1alpha1.EventGone, []string{Normal}, "The object was deleted, and its remote resource did not exist anymore.", nothing},
	{
		v1alpha1.EventOrphaned,
		[]string{Normal},
		"The object was deleted, and its remote resource was left in MeshAgent, as `deletionPolicy`, `reconcilePolicy` or an earlier adoption asks.",
		"If you do not need the resource, delete it in MeshAgent.",
	},
	{
		v1alpha1.EventLeft,
		[]string{Normal, Warning},
		"The object was deleted, and its remote resource was left in MeshAgent: it is not known to be the object's, or MeshAgent has no way to delete it (Normal), or the object was suspended, the server does not support its deletion, or the operator would lose its access to the project with it (Warning).",
		"If you do not need the resource, delete it in MeshAgent. The message has its ID.",
	},
	{
		v1alpha1.EventAbandoned,
		[]string{Warning},
		"The object was deleted with its namespace, and the operator could not reach MeshAgent for it anymore. The Event is about the namespace.",
		"If you do not need the resource, delete it in MeshAgent. The message has its ID.",
	},
	{v1alpha1.EventConnected, []string{Normal}, "MeshAgent accepts the API key of the MeshProject.", nothing},
	{
		v1alpha1.EventProjectDisabled,
		[]string{Warning},
		"MeshAgent disabled the project. Objects are reconciled all the same.",
		"Check the account of the project in MeshAgent.",
	},
	{v1alpha1.EventProjectEnabled, []string{Normal}, "MeshAgent enabled the project again.", nothing},
	{
		v1alpha1.EventAPIGenerationChanged,
		[]string{Normal},
		"The server of the MeshProject speaks another generation of the API than before.",
		"Check condition `APICompatible` of the MeshProject.",
	},
	{
		v1alpha1.EventDeletionsHeld,
		[]string{Warning},
		"The deletion guard of the MeshProject began to hold deletions.",
		"If the deletions are intended, set the annotation on the MeshProject as the message says.",
	},
}
