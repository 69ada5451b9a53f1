// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// Condition types. Ready and Synced are always there once an object was looked at; the others only
// while True.
const (
	// ConditionReady says that what the object represents is usable.
	ConditionReady = "Ready"
	// ConditionSynced says that MeshAgent matched the spec when it was last looked at.
	ConditionSynced = "Synced"
	// ConditionReconciling says that the operator is working or will retry automatically (kstatus).
	ConditionReconciling = "Reconciling"
	// ConditionStalled says that nothing will change until a person does something (kstatus).
	ConditionStalled = "Stalled"
	// ConditionDeletionsHeld, on a MeshProject, says that its deletionGuard holds deletions.
	ConditionDeletionsHeld = "DeletionsHeld"
	// ConditionAPICompatible, on a MeshProject, tells whether the operator supports the API that
	// the server speaks. It is there, True or False, once the server was asked.
	ConditionAPICompatible = "APICompatible"
	// ConditionListsReadable, on a MeshProject, is False while some collections cannot be listed.
	// Their objects are read one by one, and none is created.
	ConditionListsReadable = "ListsReadable"
)

// Reasons of APICompatible.
const (
	// ReasonSupported: the release was tested with this generation of the API.
	ReasonSupported = "Supported"
	// ReasonNewerThanTested: the server is newer than what the release was tested with, and still
	// answers the routes that the operator uses.
	ReasonNewerThanTested = "NewerThanTested"
	// ReasonUnsupportedAPI (also Ready, Synced): the server no longer has the routes that the
	// operator uses.
	ReasonUnsupportedAPI = "UnsupportedAPI"
)

// Reasons when all is well, or when the user asked for it.
const (
	// ReasonAvailable (Ready): the resource exists and is usable.
	ReasonAvailable = "Available"
	// ReasonInSync (Synced): MeshAgent holds what the spec says.
	ReasonInSync = "InSync"
	// ReasonNotReady (Ready): the resource exists, but MeshAgent has not finished with it.
	ReasonNotReady = "NotReady"
	// ReasonDrifted (Synced): it differs, and reconcilePolicy is Observe or CreateOnly.
	ReasonDrifted = "Drifted"
	// ReasonNotConverging (Synced): MeshAgent does not keep a value as it was written.
	ReasonNotConverging = "NotConverging"
	// ReasonCompleted (Ready, Synced): it was created once and is gone, and reconcilePolicy is
	// CreateOnly.
	ReasonCompleted = "Completed"
	// ReasonMissing (Ready, Synced): it does not exist, and reconcilePolicy is Observe, or
	// adoptionID names something that is not there.
	ReasonMissing = "Missing"
	// ReasonSuspended (Synced): spec.suspend of the object, or of its MeshProject, is true.
	ReasonSuspended = "Suspended"
	// ReasonDeleting (Ready): the object is being deleted.
	ReasonDeleting = "Deleting"
)

// Reasons for waiting: the operator continues automatically as soon as the named thing exists.
const (
	// ReasonProjectNotFound: the MeshProject does not exist.
	ReasonProjectNotFound = "ProjectNotFound"
	// ReasonProjectNotReady: the MeshProject is not Ready; its own conditions say why.
	ReasonProjectNotReady = "ProjectNotReady"
	// ReasonReferenceNotFound: a referenced object does not exist.
	ReasonReferenceNotFound = "ReferenceNotFound"
	// ReasonReferenceNotReady: a referenced object is not Ready.
	ReasonReferenceNotReady = "ReferenceNotReady"
	// ReasonParentNotFound: the parent of the resource does not exist in MeshAgent.
	ReasonParentNotFound = "ParentNotFound"
	// ReasonParentDisabled: the parent of the resource is disabled in MeshAgent.
	ReasonParentDisabled = "ParentDisabled"
	// ReasonSecretNotFound: a Kubernetes Secret does not exist.
	ReasonSecretNotFound = "SecretNotFound"
	// ReasonDeletionHeld: the MeshProject's deletionGuard holds the deletion.
	ReasonDeletionHeld = "DeletionHeld"
	// ReasonInUse: the MeshProject is being deleted, and objects still use it.
	ReasonInUse = "InUse"
)

// Reasons of refusal: Stalled, until the spec or what it refers to is changed.
const (
	// ReasonRejected: MeshAgent refused the request as invalid.
	ReasonRejected = "Rejected"
	// ReasonInvalid: the spec, or what it refers to, cannot be used as it is.
	ReasonInvalid = "Invalid"
	// ReasonAlreadyExists: a resource of that name exists, differs, and adoptionPolicy does not
	// allow to take it.
	ReasonAlreadyExists = "AlreadyExists"
	// ReasonOwnedElsewhere: the resource has another owner's annotation.
	ReasonOwnedElsewhere = "OwnedElsewhere"
	// ReasonAmbiguous: more than one resource matches.
	ReasonAmbiguous = "Ambiguous"
	// ReasonProjectNotAllowed: the MeshProject does not admit this namespace, or not to what the
	// object does.
	ReasonProjectNotAllowed = "ProjectNotAllowed"
	// ReasonProjectChanged: the resource was made in another MeshAgent project than projectRef now
	// leads to.
	ReasonProjectChanged = "ProjectChanged"
	// ReasonParentChanged: the resource is in another room or feed than the spec leads to now,
	// since that one was orphaned.
	ReasonParentChanged = "ParentChanged"
	// ReasonInvalidAPIKey: the Secret holds no well-formed API key, or one of another project.
	ReasonInvalidAPIKey = "InvalidAPIKey"
	// ReasonInvalidEndpoint: the endpoint is not an HTTP or HTTPS URL.
	ReasonInvalidEndpoint = "InvalidEndpoint"
	// ReasonEndpointNotAllowed: the operator does not allow the MeshProject's endpoint
	// (--allowed-endpoints).
	ReasonEndpointNotAllowed = "EndpointNotAllowed"
	// ReasonUnsupported: the MeshAgent server does not have what the object needs, or not in a way
	// that the operator knows. What was Ready stays Ready. The operator looks again when the server
	// changes.
	ReasonUnsupported = "Unsupported"
)

// Reasons of failure in MeshAgent: tried again, and Ready is kept.
const (
	// ReasonUnauthorized: MeshAgent rejected the API key (401).
	ReasonUnauthorized = "Unauthorized"
	// ReasonForbidden: the API key lacks the right for a request (403).
	ReasonForbidden = "Forbidden"
	// ReasonRateLimited: MeshAgent, or the MeshProject's own budget, asks to wait.
	ReasonRateLimited = "RateLimited"
	// ReasonUnavailable: MeshAgent cannot be reached, or fails.
	ReasonUnavailable = "Unavailable"
	// ReasonAnswerTooLarge: an answer of MeshAgent is larger than the operator reads.
	ReasonAnswerTooLarge = "AnswerTooLarge"
	// ReasonConflict: MeshAgent reports a conflict that the operator will look into again.
	ReasonConflict = "Conflict"
)
