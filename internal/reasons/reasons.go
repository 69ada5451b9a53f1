// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package reasons explains each reason and each Event to users: docs/reasons.md is made of it. Its
// test compares it with what the code can produce.
package reasons

import "github.com/meshagent/meshagent-operator/api/v1alpha1"

// Reason is a reason of conditions. The texts are Markdown.
type Reason struct {
	Name string
	// Conditions on which the reason can be.
	Conditions []string
	// Meaning is what happened.
	Meaning string
	// Retried is when the operator tries again.
	Retried string
	// Action is what users can do.
	Action string
}

// Group is reasons of a sort.
type Group struct {
	Title   string
	Reasons []Reason
}

// When the operator looks again.
const (
	atEachInterval = "Nothing failed. The operator compares again at each `--drift-interval`."
	onChange       = "As soon as the object that the message names changes, and at each `--drift-interval`."
	onEdit         = "As soon as you change the object or what it refers to, and at each `--drift-interval`."
	withBackoff    = "With jittered exponential backoff, from 0.5 seconds up to 5 minutes."
	never          = "No."
	nothing        = "Nothing."
)

// Conditions on which reasons of a sort can be.
var (
	waiting = []string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced, v1alpha1.ConditionReconciling}
	refused = []string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced, v1alpha1.ConditionStalled}
	either  = []string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced, v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled}
)

// Groups are all reasons.
var Groups = []Group{
	{"The object is as you asked", asAsked},
	{"The operator waits", waits},
	{"Someone must change something", refusals},
	{"MeshAgent fails", failures},
}

var asAsked = []Reason{
	{
		v1alpha1.ReasonAvailable,
		[]string{v1alpha1.ConditionReady},
		"The remote resource exists and is usable. On a MeshProject: MeshAgent accepts the API key.", atEachInterval, nothing,
	},
	{
		v1alpha1.ReasonInSync,
		[]string{v1alpha1.ConditionSynced},
		"MeshAgent matched the spec at the last comparison.", atEachInterval, nothing,
	},
	{
		v1alpha1.ReasonDrifted,
		[]string{v1alpha1.ConditionSynced},
		"The remote resource differs from the spec, and `reconcilePolicy` is `Observe` or `CreateOnly`. `status.drift` lists the differences.", atEachInterval,
		"To let the operator correct the differences, set `reconcilePolicy: Enforce`.",
	},
	{
		v1alpha1.ReasonCompleted,
		[]string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced},
		"The operator created the remote resource once, it is gone now, and `reconcilePolicy` is `CreateOnly`. The operator does not create it again.", never,
		"To create the resource again, delete the object and create it again, or set `reconcilePolicy: Enforce`.",
	},
	{
		v1alpha1.ReasonMissing,
		[]string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced},
		"The remote resource does not exist, and `reconcilePolicy` is `Observe`, or `adoptionID` names it.", atEachInterval,
		"To let the operator create the resource, set `reconcilePolicy: Enforce`, and remove `adoptionID`.",
	},
	{
		v1alpha1.ReasonSuspended,
		[]string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced, v1alpha1.ConditionReconciling},
		"`spec.suspend` of the object, or of its MeshProject, is true. The operator sends no requests to MeshAgent for this object.", never,
		"To continue, set `spec.suspend` to false. A deletion waits only if `deletionPolicy: Delete` is set on the object itself. To leave the resource in MeshAgent, set it to `Orphan`.",
	},
	{
		v1alpha1.ReasonSupported,
		[]string{v1alpha1.ConditionAPICompatible},
		"This release was tested with the generation of the API that the server speaks.", atEachInterval, nothing,
	},
	{
		v1alpha1.ReasonNewerThanTested,
		[]string{v1alpha1.ConditionAPICompatible},
		"The server is newer than what this release was tested with, and still answers the routes that the operator uses.", atEachInterval,
		"Upgrade the operator when a release supports the server.",
	},
}

var waits = []Reason{
	{
		v1alpha1.ReasonNotReady,
		[]string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced, v1alpha1.ConditionReconciling},
		"The remote resource exists, and MeshAgent has not finished with it. For example, the user of a grant was invited and has not joined yet.",
		"After 5 seconds, then less and less often, at least at each `--drift-interval`.", "Wait. If a user was invited, ask the user to join.",
	},
	{
		v1alpha1.ReasonDeleting,
		[]string{v1alpha1.ConditionReady},
		"The object is being deleted. Condition `Synced` says what the deletion waits for.", "As the reason of `Synced` says.",
		"See the reason of `Synced`. If the API key is lost and the remote resource can stay, remove the finalizer `meshagent.com/finalizer`.",
	},
	{
		v1alpha1.ReasonProjectNotFound, either,
		"The MeshProject does not exist, or the operator does not watch its namespace.", onChange,
		"Create the MeshProject, or correct `spec.projectRef`. If the MeshProject is in a namespace that the operator does not watch, add the namespace to `--watch-namespaces`.",
	},
	{
		v1alpha1.ReasonProjectNotReady, waiting,
		"The MeshProject is not Ready, or is being deleted.", onChange,
		"Run `kubectl describe meshproject` and follow the reason there.",
	},
	{
		v1alpha1.ReasonReferenceNotFound, waiting,
		"An object or a ConfigMap that the spec names does not exist, or a room that it names does not exist in MeshAgent.",
		"As soon as the object is created. For a room in MeshAgent, with backoff up to 5 minutes.", "Create what the message names, or correct the reference.",
	},
	{
		v1alpha1.ReasonReferenceNotReady, waiting,
		"An object that the spec names is not Ready.", onChange, "Run `kubectl describe` for the object that the message names.",
	},
	{
		v1alpha1.ReasonSecretNotFound, waiting,
		"A Kubernetes Secret that the spec names does not exist. What is in MeshAgent stays as it is.", onChange,
		"Create the Secret that the message names.",
	},
	{
		v1alpha1.ReasonDeletionHeld,
		[]string{v1alpha1.ConditionSynced, v1alpha1.ConditionReconciling, v1alpha1.ConditionDeletionsHeld},
		"`spec.deletionGuard` of the MeshProject holds the deletion.", "When earlier deletions are more than an hour old.",
		"If the deletion is intended, set the annotation on the MeshProject as the message says.",
	},
	{
		v1alpha1.ReasonInUse,
		[]string{v1alpha1.ConditionSynced, v1alpha1.ConditionReconciling},
		"The MeshProject is being deleted, and objects still use it.", onChange, "Delete the objects that the message names, or let them use another MeshProject.",
	},
}

var refusals = []Reason{
	{
		v1alpha1.ReasonInvalid, refused,
		"The operator cannot use the spec, or the contents of the Secret or ConfigMap that it names.", onEdit, "Correct what the message names.",
	},
	{
		v1alpha1.ReasonRejected, refused,
		"MeshAgent rejected the request as invalid.", onEdit, "Correct what the message quotes from MeshAgent.",
	},
	{
		v1alpha1.ReasonAlreadyExists, refused,
		"A remote resource of this name exists and differs from the spec, and `adoptionPolicy` does not allow the operator to take it over. " +
			"Or MeshAgent refused a new name because another resource has it.", onEdit,
		"Choose another name. To take over what exists, set `adoptionPolicy: IfUnowned`.",
	},
	{
		v1alpha1.ReasonOwnedElsewhere, refused,
		"Another object, or another operator, manages the remote resource.", "As soon as the other object gives the resource up, and at each `--drift-interval`.",
		"Delete one of the two objects, or choose another name. To take over the resource, set `adoptionPolicy: Always`.",
	},
	{
		v1alpha1.ReasonAmbiguous, refused,
		"More than one remote resource matches the object.", onEdit, "Delete all but one of the resources that the message lists.",
	},
	{
		v1alpha1.ReasonProjectNotAllowed, refused,
		"`spec.allowedNamespaces` of the MeshProject does not admit the namespace of the object.", onEdit,
		"Ask the owner of the MeshProject to admit the namespace, or use another MeshProject.",
	},
	{
		v1alpha1.ReasonProjectChanged, refused,
		"The remote resource was created in another MeshAgent project than the one that `projectRef` leads to.", onEdit,
		"Set `projectRef` back, or delete the object and create it again.",
	},
	{
		v1alpha1.ReasonParentChanged, refused,
		"The remote resource is in another room or feed than the one that the spec leads to, because that MeshRoom or MeshFeed was orphaned.", onEdit,
		"Delete the object and create it again, or set the reference back.",
	},
	{
		v1alpha1.ReasonInvalidAPIKey, refused,
		"The Secret of the MeshProject holds no well-formed API key, or a key of another project.", onEdit,
		"Put a valid API key into the Secret that the message names. You do not need to restart anything.",
	},
	{
		v1alpha1.ReasonInvalidEndpoint, refused,
		"`spec.endpoint` of the MeshProject is not an HTTP or HTTPS URL.", onEdit, "Set it to a URL such as `https://api.meshagent.com`.",
	},
	{
		v1alpha1.ReasonEndpointNotAllowed, refused,
		"The operator does not allow the endpoint of the MeshProject.", onEdit,
		"Add the endpoint to `--allowed-endpoints` (chart value `allowedEndpoints`), or use an endpoint that is allowed.",
	},
	{
		v1alpha1.ReasonUnsupported, refused,
		"The MeshAgent server does not have what the object needs, or not in a way that the operator knows. What was Ready stays Ready.",
		"When the server changes, and at each `--drift-interval`.", "See [Compatibility](../README.md#compatibility).",
	},
	{
		v1alpha1.ReasonUnsupportedAPI, append([]string{v1alpha1.ConditionAPICompatible}, refused...),
		"The server no longer has the routes that the operator uses. The operator sends nothing for objects of the MeshProject.",
		"At each check of the MeshProject.", "Upgrade the operator. See [Compatibility](../README.md#compatibility).",
	},
	{
		v1alpha1.ReasonNotConverging,
		[]string{v1alpha1.ConditionSynced},
		"MeshAgent did not keep a value as the operator wrote it, twice in a row. The remote resource is in use.",
		"The operator compares at each `--drift-interval`. It writes again when the spec, a Secret or the value in MeshAgent changes.",
		"Set the field to the value in `status.drift`, or report the difference to MeshAgent.",
	},
}

var failures = []Reason{
	{
		v1alpha1.ReasonUnauthorized, waiting,
		"MeshAgent rejected the API key (401). What was Ready stays Ready.",
		"As soon as the Secret changes, and with backoff up to 5 minutes.", "Put a valid API key into the Secret that the MeshProject names.",
	},
	{
		v1alpha1.ReasonForbidden, waiting,
		"The API key lacks the right for a request (403). What was Ready stays Ready.",
		"As soon as the Secret changes, and at each `--drift-interval`.",
		"Grant the right in MeshAgent and ask the operator to look now, or use another API key.",
	},
	{
		v1alpha1.ReasonParentNotFound, waiting,
		"MeshAgent returned 404: it does not find what the remote resource is in, such as the room.", withBackoff,
		"If the message persists, check that the room or feed exists in MeshAgent.",
	},
	{
		v1alpha1.ReasonParentDisabled, waiting,
		"MeshAgent returned 423: what the remote resource is in is disabled.", withBackoff, "Enable it in MeshAgent.",
	},
	{
		v1alpha1.ReasonRateLimited, waiting,
		"MeshAgent returned 429, or the budget in `rateLimit` of the MeshProject is used up.", "After the delay that MeshAgent asked for.",
		"Nothing. If it happens often, raise `rateLimit`, or ask for a higher limit in MeshAgent.",
	},
	{
		v1alpha1.ReasonUnavailable, waiting,
		"The operator cannot reach MeshAgent, MeshAgent returned an error, or something on the way answered in its place. What was Ready stays Ready.", withBackoff,
		"Check the network, the endpoint and the state of MeshAgent.",
	},
	{
		v1alpha1.ReasonAnswerTooLarge, append([]string{v1alpha1.ConditionListsReadable}, waiting...),
		"An answer of MeshAgent is larger than the operator reads. The operator reads existing resources one by one, and creates none that need the list.",
		"At each `--drift-interval`.", "Delete resources that you do not need: see [Projects](projects.md#lists-that-are-too-large).",
	},
	{
		v1alpha1.ReasonConflict, waiting,
		"MeshAgent returned 409, or the remote resource changed while the operator wrote it.", withBackoff, nothing,
	},
}
