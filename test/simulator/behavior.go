// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import "time"

// Behavior selects what the server does if the contract leaves it open. The zero value is the
// likelier choice everywhere.
type Behavior struct {
	// MergeSettings makes PUT settings keep members that the body leaves out.
	MergeSettings bool
	// WrapOAuthClient returns {"client": …} for the creation of an OAuth client.
	WrapOAuthClient bool
	// ClientSecrets is how reads show the secret of an OAuth client (usually Masked).
	ClientSecrets Visibility
	// WebhookSecrets is how lists show the secret of a webhook (usually Shown).
	WebhookSecrets Visibility
	// WebhookAnswers is what the response to the creation of a webhook contains (usually
	// WholeAnswer).
	WebhookAnswers Completeness
	// ShortDescriptions rejects (400) descriptions of webhooks and API keys that are longer than 64
	// characters.
	ShortDescriptions bool
	// ExternalOAuthSecrets is how lists show the client secret of an external
	// OAuth registration (usually Shown).
	ExternalOAuthSecrets Visibility
	// FillDelegate fills in the user of the API key where a registration has no delegate.
	// Usually, reads show an empty text.
	FillDelegate bool
	// RefuseDeleteInUse refuses (409) to delete a resource that others refer to. Usually, the
	// others are deleted, too.
	RefuseDeleteInUse bool
	// OverwriteGrants replaces an existing grant instead of returning 409.
	OverwriteGrants bool
	// ImmediateEmailGrants adds the user of an unknown e-mail address as a member at once, instead
	// of waiting until the invitation is accepted.
	ImmediateEmailGrants bool
	// DuplicateSecretNames allows several project secrets with one name.
	DuplicateSecretNames bool
	// DuplicateNames allows several agents, feeds, webhooks, registrations or scheduled tasks with
	// one name, and several subscriptions of a room with one path.
	DuplicateNames bool
	// OverwriteExisting replaces an existing member, grant, or secret with the same id, instead of
	// returning 409.
	OverwriteExisting bool
	// UnknownIsInvalid returns 400, instead of 404, if the body of a request refers to a room or an
	// agent that does not exist.
	UnknownIsInvalid bool
	// KeepOldNames does not update the name of a renamed document in other documents that repeat
	// it.
	KeepOldNames bool
	// FixedAgentNames ignores the name in an update of an agent, which usually renames it.
	FixedAgentNames bool
	// CheckAgentSecrets returns 400 if an MCP server of an agent names a secret that does not exist:
	// one that is neither the agent's nor, for an OAuth client, the project's.
	CheckAgentSecrets bool
	// NullClearsSecrets generates another secret if an update of a webhook has a null secret, or
	// none. Usually, the webhook keeps its secret.
	NullClearsSecrets bool
	// PlainSettings rejects settings of a share whose names have dots or slashes, such as an ownership
	// annotation.
	PlainSettings bool
	// TokenLifetime is the lifetime of connection tokens (usually an hour). If it is negative,
	// responses do not have it.
	TokenLifetime time.Duration
	// ServicesAsText answers single service reads as text/plain.
	ServicesAsText bool
	// Templates is how much of templates and their values is checked (usually
	// CheckDeclared).
	Templates TemplateCheck
	// LegacyRoutes shows room routes with one path in their old flat shape.
	LegacyRoutes bool
	// AnyDomain accepts routes outside the deployment's pages domain.
	AnyDomain bool
	// OneInvitation returns 409 for a second invitation of an address to a room or an agent,
	// instead of sending another.
	OneInvitation bool
	// Newer simulates a later version than the contract's: every object of every document has one
	// more member (NewerMember).
	Newer bool
	// Normalize is how the server rewrites a document before it stores it.
	Normalize Normalization
	// DropInTurn makes each write to a collection lose one of its members, each time the next one.
	// It is assumed that two faulty servers behind one name look like this.
	DropInTurn bool
}

// Visibility is how a secret value shows in reads.
type Visibility int

// The ways to show a secret value.
const (
	// UsualVisibility is the likelier one. Each member of Behavior says which.
	UsualVisibility Visibility = iota
	// Shown is the value itself.
	Shown
	// Masked is a row of asterisks.
	Masked
	// Absent omits the member, or empties it if it is required.
	Absent
)

// Completeness is how much of a resource the response to its creation contains.
type Completeness int

// The responses to a creation.
const (
	// WholeAnswer is the resource.
	WholeAnswer Completeness = iota
	// OnlyID is its id.
	OnlyID
	// EmptyAnswer is an empty object.
	EmptyAnswer
)

// show returns what reads show of a secret value, and whether they show it at all.
func (v Visibility) show(value any, usual Visibility) (any, bool) {
	if v == UsualVisibility {
		v = usual
	}
	switch {
	case v == Absent:
		return nil, false
	case v == Masked && value != nil && value != "":
		return "********", true
	}
	return value, true
}
