// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// Reasons of Events. The reason of a failure is also the reason of an Event, which the operator
// sends when the reason first appears.
const (
	// EventCreated says that the operator created the remote resource.
	EventCreated = "Created"
	// EventRecreated says that the remote resource was gone, and that the operator created it
	// again.
	EventRecreated = "Recreated"
	// EventUpdated says that the operator wrote a change of the spec to MeshAgent.
	EventUpdated = "Updated"
	// EventDriftCorrected says that the operator wrote the spec over changes in MeshAgent.
	EventDriftCorrected = "DriftCorrected"
	// EventAdopted says that the operator took over a remote resource that already existed.
	EventAdopted = "Adopted"
	// EventDeleted says that the operator deleted the remote resource.
	EventDeleted = "Deleted"
	// EventGone says that the remote resource did not exist anymore when its object was deleted.
	EventGone = "Gone"
	// EventOrphaned says that the object is gone, and that the remote resource was left as asked.
	EventOrphaned = "Orphaned"
	// EventLeft says that the object is gone, and that the remote resource was left because it
	// cannot be deleted.
	EventLeft = "Left"
	// EventAbandoned says that the object is gone with its namespace, and that MeshAgent could not
	// be reached.
	EventAbandoned = "Abandoned"
	// EventConnected says that MeshAgent accepts the API key of a MeshProject.
	EventConnected = "Connected"
	// EventProjectDisabled says that MeshAgent disabled a project.
	EventProjectDisabled = "ProjectDisabled"
	// EventProjectEnabled says that MeshAgent enabled a project again.
	EventProjectEnabled = "ProjectEnabled"
	// EventAPIGenerationChanged says that the server of a MeshProject speaks another generation of
	// the API.
	EventAPIGenerationChanged = "APIGenerationChanged"
	// EventDeletionsHeld says that the deletion guard of a MeshProject began to hold deletions.
	EventDeletionsHeld = "DeletionsHeld"
)
