// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package verdict says what errors mean for an object: for whom it is to act, what to tell, and
// when to try again.
package verdict

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Class is what kind of trouble an error is, and so who has to do something about it.
type Class int

const (
	// Waiting says: something else must come first; a watch tells when it has. (What is missing in
	// MeshAgent is unavailable: no watch tells.)
	Waiting Class = iota
	// Refused says: the spec, or what it refers to, must be changed by a person.
	Refused
	// Denied says: the credential must be changed; the project's controller sees to that.
	Denied
	// Limited says: MeshAgent, or the budget, says when to come back.
	Limited
	// OnHold says: the deletion guard holds it, for a time that it names, unless a person lets it
	// go.
	OnHold
	// Unavailable says: it may work the next time.
	Unavailable
	// Silent says: an ordinary race, nothing that a user should hear of.
	Silent
)

// Problem is an error with a class and a reason: the form in which the engine and kinds report what
// is not an answer of MeshAgent.
type Problem struct {
	Class   Class
	Reason  string
	Message string
	quiet   bool          // it will pass within a moment, and deserves no event
	After   time.Duration // when to look again; 0 means as usual
	// KeepsReady says of a refusal that the resource is as usable as before.
	KeepsReady bool
	// Unsent says that nothing was tried: if status already has this reason, its words stay.
	Unsent bool
}

func (p *Problem) Error() string { return p.Message }

// WaitFor says that something else must come first.
func WaitFor(reason, format string, args ...any) error {
	return &Problem{Class: Waiting, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// WaitAMoment is waitFor for what has just been made and was not looked at yet.
func WaitAMoment(reason, format string, args ...any) error {
	return &Problem{Class: Waiting, Reason: reason, Message: fmt.Sprintf(format, args...), quiet: true}
}

// Refuse says that a person must change something.
func Refuse(reason, format string, args ...any) error {
	return &Problem{Class: Refused, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Invalid says what in a spec, or in what it refers to, cannot be used. The message must hold no
// secret.
func Invalid(format string, args ...any) error {
	return Refuse(v1alpha1.ReasonInvalid, format, args...)
}

// race is a write of the object at hand that found another version of it, or none: another client
// changed or deleted the object after it was read, and its next version is on its way.
type race struct{ error }

func (r *race) Unwrap() error { return r.error }

// Raced marks such a failure. That another object is missing, such as a namespace or a MeshProject,
// is something that users should hear of.
func Raced(err error) error {
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return &race{err}
	}
	return err
}

// Verdict is what an error means for an object: the reason and message of its conditions, and when
// to look again.
type Verdict struct {
	Class   Class
	Reason  string
	Message string
	After   time.Duration // limited, onHold and silent; unavailable while the circuit is open
	Quiet   bool          // without an event
	// KeepsReady says that what was Ready stays so although a person must change something.
	KeepsReady bool
	// Unsent says that nothing was tried: if status already has this reason, its words stay.
	Unsent bool
}

// Retries says that an error calls for another try later, so that a look that was asked for is
// not over yet. A key that MeshAgent does not know may have been exchanged while the request was
// under way.
func (v Verdict) Retries(err error) bool {
	return v.Class == Unavailable || v.Class == Limited || meshagent.IsUnauthorized(err)
}

// IsMissing says that something else is not there, or not yet.
func IsMissing(err error) bool {
	reason := Of(err).Reason
	return reason == v1alpha1.ReasonReferenceNotFound || reason == v1alpha1.ReasonReferenceNotReady
}

// Of is the one table that gives errors their meaning. There must be an error.
func Of(err error) Verdict {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.verdict()
	}
	if e, ok := errors.AsType[*meshagent.Error](err); ok {
		return judgeAnswer(e)
	}
	switch {
	case errors.Is(err, meshagent.ErrValueHidden):
		return Verdict{Class: Refused, Reason: v1alpha1.ReasonInvalid, Message: err.Error() + msgSetSecretRef}
	// The same answer comes again. It is tried again each interval, and nothing is created
	// meanwhile.
	case errors.Is(err, meshagent.ErrAnswerTooLarge):
		return Verdict{Class: Waiting, Reason: v1alpha1.ReasonAnswerTooLarge, Message: err.Error()}
	case errors.As(err, new(*race)):
		return Verdict{Class: Silent, After: time.Second}
	// The process is about to end. A time-out of the pass is something else.
	case errors.Is(err, context.Canceled):
		return Verdict{Class: Silent, After: time.Second}
	}
	if e, ok := errors.AsType[*meshagent.NetworkError](err); ok {
		return Verdict{Class: Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: msgUnreachable + e.Error()}
	}
	return Verdict{Class: Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: err.Error()}
}

func (p *Problem) verdict() Verdict {
	v := Verdict{Class: p.Class, Reason: p.Reason, Message: p.Message, Quiet: p.quiet, After: p.After, KeepsReady: p.KeepsReady, Unsent: p.Unsent}
	if v.Class != Unavailable {
		v.After = cmp.Or(v.After, time.Second)
	}
	return v
}

// isOnTheWay says that a refusal comes from something on the way to MeshAgent. A wait that it asks
// for counts all the same.
func isOnTheWay(e *meshagent.Error) bool {
	return e.Foreign() && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusTooManyRequests
}

// judgeAnswer reads an answer of MeshAgent, or of something on the way to it.
func judgeAnswer(e *meshagent.Error) Verdict {
	if isOnTheWay(e) {
		return Verdict{Class: Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: msgIntermediary + e.Error()}
	}
	said := ""
	if e.Message != "" {
		said = ": " + e.Message
	}
	switch {
	case e.Status == http.StatusUnauthorized:
		return Verdict{Class: Denied, Reason: v1alpha1.ReasonUnauthorized, Message: msgUnauthorized}
	case e.Status == http.StatusForbidden:
		return Verdict{Class: Denied, Reason: v1alpha1.ReasonForbidden, Message: fmt.Sprintf(msgForbidden, said)}
	case e.Status == http.StatusNotFound:
		return Verdict{Class: Unavailable, Reason: v1alpha1.ReasonParentNotFound, Message: fmt.Sprintf(msgNotFound, said)}
	case e.Status == http.StatusConflict:
		return Verdict{Class: Unavailable, Reason: v1alpha1.ReasonConflict, Message: fmt.Sprintf(msgConflict, said)}
	case e.Status == http.StatusLocked:
		return Verdict{Class: Unavailable, Reason: v1alpha1.ReasonParentDisabled, Message: fmt.Sprintf(msgDisabled, said)}
	case e.Status == http.StatusTooManyRequests:
		return Verdict{Class: Limited, Reason: v1alpha1.ReasonRateLimited, Message: msgRateLimited, After: e.RetryAfter}
	case !meshagent.IsRefusal(e), e.Status == http.StatusTooEarly:
		return Verdict{Class: Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: fmt.Sprintf(msgFails, e.Status, http.StatusText(e.Status), said)}
	default:
		return Verdict{Class: Refused, Reason: v1alpha1.ReasonRejected, Message: fmt.Sprintf(msgRejected, e.Status, said)}
	}
}
