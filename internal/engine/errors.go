// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

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

// class is what kind of trouble an error is, and so who has to do something about it.
type class int

const (
	// waiting: something else must come first; a watch tells when it has. (What is missing in MeshAgent is unavailable: no watch tells.)
	waiting class = iota
	// refused: the spec, or what it refers to, must be changed by a person.
	refused
	// denied: the credential must be changed; the project's controller sees to that.
	denied
	// limited: MeshAgent, or the budget, says when to come back.
	limited
	// onHold: the deletion guard holds it, for a time that it names, unless a person lets it go.
	onHold
	// unavailable: it may work the next time.
	unavailable
	// silent: an ordinary race, nothing that a user should hear of.
	silent
)

// problem is an error with a class and a reason: the form in which the engine and kinds report what is not
// an answer of MeshAgent.
type problem struct {
	class   class
	reason  string
	message string
	quiet   bool          // it will pass within a moment, and deserves no event
	after   time.Duration // when to look again; 0 means as usual
	// keepsReady says of a refusal that the resource is as usable as before.
	keepsReady bool
}

func (p *problem) Error() string { return p.message }

// waitFor says that something else must come first.
func waitFor(reason, format string, args ...any) error {
	return &problem{class: waiting, reason: reason, message: fmt.Sprintf(format, args...)}
}

// waitAMoment is waitFor for what has just been made and was not looked at yet.
func waitAMoment(reason, format string, args ...any) error {
	return &problem{class: waiting, reason: reason, message: fmt.Sprintf(format, args...), quiet: true}
}

// refuse says that a person must change something.
func refuse(reason, format string, args ...any) error {
	return &problem{class: refused, reason: reason, message: fmt.Sprintf(format, args...)}
}

// Invalid says what in a spec, or in what it refers to, cannot be used. The message must hold no secret.
func Invalid(format string, args ...any) error {
	return refuse(v1alpha1.ReasonInvalid, format, args...)
}

// race is a write of the object at hand that found another version of it, or none: somebody changed
// or deleted the object after it was read, and its next version is on its way.
type race struct{ error }

func (r *race) Unwrap() error { return r.error }

// raced marks such a failure. That another object is missing, such as a namespace or a MeshProject,
// is something that users should hear of.
func raced(err error) error {
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return &race{err}
	}
	return err
}

// verdict is what an error means for an object: the reason and message of its conditions, and when to look again.
type verdict struct {
	class   class
	reason  string
	message string
	after   time.Duration // limited, onHold and silent; unavailable while the circuit is open
	quiet   bool          // without an event
	// keepsReady says that what was Ready stays so although a person must change something.
	keepsReady bool
}

// retries says that an error calls for another try by and by, so that a look that was asked for is not over yet. A key that MeshAgent does not
// know may have been exchanged while the request was under way.
func (v verdict) retries(err error) bool {
	return v.class == unavailable || v.class == limited || meshagent.IsUnauthorized(err)
}

// isMissing says that something else is not there, or not yet.
func isMissing(err error) bool {
	reason := judge(err).reason
	return reason == v1alpha1.ReasonReferenceNotFound || reason == v1alpha1.ReasonReferenceNotReady
}

// judge is the one table that gives errors their meaning. There must be an error.
func judge(err error) verdict {
	if p, ok := errors.AsType[*problem](err); ok {
		return p.verdict()
	}
	if e, ok := errors.AsType[*meshagent.Error](err); ok {
		return judgeAnswer(e)
	}
	switch {
	case errors.Is(err, meshagent.ErrValueHidden):
		return verdict{class: refused, reason: v1alpha1.ReasonInvalid, message: err.Error()}
	// The same answer comes again. It is tried again each interval, and nothing is created meanwhile.
	case errors.Is(err, meshagent.ErrAnswerTooLarge):
		return verdict{class: waiting, reason: v1alpha1.ReasonAnswerTooLarge, message: err.Error()}
	case errors.As(err, new(*race)):
		return verdict{class: silent, after: time.Second}
	// The process is about to end. A time-out of the pass is something else.
	case errors.Is(err, context.Canceled):
		return verdict{class: silent, after: time.Second}
	}
	if e, ok := errors.AsType[*meshagent.NetworkError](err); ok {
		return verdict{class: unavailable, reason: v1alpha1.ReasonUnavailable, message: "MeshAgent cannot be reached: " + e.Error()}
	}
	return verdict{class: unavailable, reason: v1alpha1.ReasonUnavailable, message: err.Error()}
}

func (p *problem) verdict() verdict {
	v := verdict{class: p.class, reason: p.reason, message: p.message, quiet: p.quiet, after: p.after, keepsReady: p.keepsReady}
	if v.class != unavailable {
		v.after = cmp.Or(v.after, time.Second)
	}
	return v
}

// isOnTheWay says that a refusal comes from something on the way to MeshAgent. A wait that it asks for
// counts all the same.
func isOnTheWay(e *meshagent.Error) bool {
	return e.Foreign() && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusTooManyRequests
}

// judgeAnswer reads an answer of MeshAgent, or of something on the way to it.
func judgeAnswer(e *meshagent.Error) verdict {
	if isOnTheWay(e) {
		return verdict{class: unavailable, reason: v1alpha1.ReasonUnavailable, message: "something on the way to MeshAgent answered: " + e.Error()}
	}
	said := ""
	if e.Message != "" {
		said = ": " + e.Message
	}
	switch {
	case e.Status == http.StatusUnauthorized:
		return verdict{class: denied, reason: v1alpha1.ReasonAccessDenied, message: "MeshAgent does not accept the API key (401): it may have been revoked"}
	case e.Status == http.StatusForbidden:
		return verdict{class: denied, reason: v1alpha1.ReasonAccessDenied, message: "the API key lacks the right for this (403)" + said}
	case e.Status == http.StatusNotFound:
		return verdict{class: unavailable, reason: v1alpha1.ReasonParentNotFound, message: "not found in MeshAgent (404)" + said}
	case e.Status == http.StatusConflict:
		return verdict{class: unavailable, reason: v1alpha1.ReasonConflict, message: "MeshAgent reports a conflict (409)" + said}
	case e.Status == http.StatusLocked:
		return verdict{class: unavailable, reason: v1alpha1.ReasonParentDisabled, message: "disabled in MeshAgent (423)" + said}
	case e.Status == http.StatusTooManyRequests:
		return verdict{class: limited, reason: v1alpha1.ReasonRateLimited, message: "MeshAgent, or the MeshProject's rateLimit, asks to wait (429)", after: e.RetryAfter}
	case !meshagent.IsRefusal(e), e.Status == http.StatusTooEarly:
		return verdict{class: unavailable, reason: v1alpha1.ReasonUnavailable, message: fmt.Sprintf("MeshAgent fails (%d %s)%s", e.Status, http.StatusText(e.Status), said)}
	default:
		return verdict{class: refused, reason: v1alpha1.ReasonRejected, message: fmt.Sprintf("MeshAgent refuses this (%d)%s", e.Status, said)}
	}
}
