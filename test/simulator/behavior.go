// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import "time"

// Behavior picks what the server does where the contract leaves it open. The
// zero value is the likelier choice everywhere.
type Behavior struct {
	// MergeSettings makes PUT settings keep members that the body leaves out.
	MergeSettings bool
	// WrapOAuthClient answers the creation of an OAuth client with {"client": …}.
	WrapOAuthClient bool
	// ClientSecrets is how reads show the secret of an OAuth client (usually Masked).
	ClientSecrets Visibility
	// WebhookSecrets is how lists show the secret of a webhook (usually Shown).
	WebhookSecrets Visibility
	// ExternalOAuthSecrets is how lists show the client secret of an external
	// OAuth registration (usually Shown).
	ExternalOAuthSecrets Visibility
	// RefuseDeleteInUse refuses (409) to delete what others refer to, where the
	// usual thing is to delete those too.
	RefuseDeleteInUse bool
	// OverwriteGrants replaces a grant that exists, instead of answering 409.
	OverwriteGrants bool
	// ImmediateEmailGrants makes a member of an unknown e-mail address at once,
	// instead of waiting until the invitation is accepted.
	ImmediateEmailGrants bool
	// DuplicateSecretNames lets several project secrets have one name.
	DuplicateSecretNames bool
	// DuplicateNames lets several agents or feeds have one name, a room several
	// subscriptions of one path, and several scheduled tasks of one name.
	DuplicateNames bool
	// OverwriteExisting replaces a member, a grant, or a secret under an id that is taken,
	// instead of answering 409.
	OverwriteExisting bool
	// UnknownIsInvalid answers 400, instead of 404, when the body of a request refers to
	// a room or an agent that there is not.
	UnknownIsInvalid bool
	// KeepOldNames leaves the name of what was renamed as it was where other documents
	// repeat it.
	KeepOldNames bool
	// FixedAgentNames ignores the name in an update of an agent, which usually renames it.
	FixedAgentNames bool
	// NullClearsSecrets makes an update of a webhook with a null secret, or none, generate
	// another, instead of keeping the one that there is.
	NullClearsSecrets bool
	// TokenLifetime is how long tokens of connections are good for (usually an hour).
	// Negative: they say nothing about it.
	TokenLifetime time.Duration
	// ServicesAsText answers single service reads as text/plain.
	ServicesAsText bool
	// Templates is how much of templates and their values is checked (usually
	// CheckDeclared).
	Templates TemplateCheck
	// LegacyRoutes shows room routes with one path in their old flat shape.
	LegacyRoutes bool
	// AnyDomain takes routes outside the deployment's pages domain.
	AnyDomain bool
	// OneInvitation answers 409 to a second invitation of an address to a room or an
	// agent, instead of sending another.
	OneInvitation bool
	// Newer is a server of a later version than the contract: every object of every
	// document has a member more (NewerMember).
	Newer bool
	// Normalize is how the server rewrites what it is sent, before it stores it.
	Normalize Normalization
	// DropInTurn makes each write to a collection lose one of the members that it sets,
	// each time the next one. It is assumed: so look two faulty servers behind one name.
	DropInTurn bool
}

// Visibility is how a secret value shows in reads.
type Visibility int

// The ways to show a secret value.
const (
	// UsualVisibility is the likelier one, said at each member of Behavior.
	UsualVisibility Visibility = iota
	// Shown is the value itself.
	Shown
	// Masked is a row of asterisks.
	Masked
	// Absent is no value: the member is left out, or empty where it must be there.
	Absent
)

// show returns what reads of a secret value contain, and whether at all.
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
