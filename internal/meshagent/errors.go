// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Error is a refusal of a request by MeshAgent.
type Error struct {
	Status     int
	Method     string
	Route      string // the template; only the message can have names
	Message    string // MeshAgent's words in one shortened line; "" if they do not help people
	RetryAfter time.Duration

	unaddressable bool // no valid path exists
	unsent        bool // no request was sent
	foreign       bool // an HTML page, sent by a proxy in front of MeshAgent
}

// Foreign is true if the response comes from a proxy and not from MeshAgent, such as an ingress
// without a backend, a firewall or a sign-in page. The response says nothing about the resource,
// nor whether MeshAgent carried out the request.
func (e *Error) Foreign() bool { return e.foreign }

// Error returns, for example, "PUT /accounts/…/{room}: 409 Conflict: the words of MeshAgent".
func (e *Error) Error() string {
	text := fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
	if asked := strings.TrimSpace(e.Method + " " + e.Route); asked != "" {
		text = asked + ": " + text
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// NetworkError says that there was no response, or that it makes no sense. It is unknown whether
// MeshAgent carried out the request.
type NetworkError struct {
	Method string
	Route  string
	Cause  error

	unsent bool // the request did not reach MeshAgent
}

// Error returns, for example, "GET /config: connection refused".
func (e *NetworkError) Error() string { return fmt.Sprintf("%s %s: %v", e.Method, e.Route, e.Cause) }

// Unwrap returns the cause.
func (e *NetworkError) Unwrap() error { return e.Cause }

// TakenError is a conflict about a name that only MeshAgent knows.
type TakenError struct {
	Name     string // "" if MeshAgent did not tell
	conflict error
}

// Error returns the text of the conflict.
func (e *TakenError) Error() string { return e.conflict.Error() }

// Unwrap returns the conflict.
func (e *TakenError) Unwrap() error { return e.conflict }

// ErrUseList says that no route reads this resource with the known names, so that only a list can
// show it.
var ErrUseList = errors.New("only a list shows this resource")

// ErrNothingThere says that MeshAgent has nothing yet that could be deleted.
var ErrNothingThere = errors.New("there is nothing to delete in MeshAgent yet")

// ErrKept says that a resource was not deleted, because the operator would lose its access to the
// project.
var ErrKept = errors.New("the operator would lose its access to the project")

// IsNotFound is true if MeshAgent returned 404.
func IsNotFound(err error) bool { return status(err) == http.StatusNotFound }

// IsUnauthorized is true if MeshAgent does not accept the credential (401).
func IsUnauthorized(err error) bool { return status(err) == http.StatusUnauthorized }

// IsForbidden is true if the credential lacks a permission (403).
func IsForbidden(err error) bool { return status(err) == http.StatusForbidden }

// IsConflict is true if MeshAgent returned 409.
func IsConflict(err error) bool { return status(err) == http.StatusConflict }

// IsUnaddressable is true if no path can name the resource, so that it cannot exist.
func IsUnaddressable(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.unaddressable
}

// IsRefusal is true if MeshAgent certainly did not carry out the request, because it returned 4xx.
// The status 408 is not a refusal: a proxy returns it, too, if MeshAgent takes too long. "Too
// early" (425) and "too many requests" (429) are refusals, and worth a retry.
func IsRefusal(err error) bool {
	code := status(err)
	return code >= 400 && code < 500 && code != http.StatusRequestTimeout
}

// NotSent is true if nothing reached MeshAgent. The rate limit of this process refused the request,
// no valid path exists, or there was no connection.
func NotSent(err error) bool {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.unsent
	}
	e, ok := errors.AsType[*NetworkError](err)
	return ok && e.unsent
}

// status is MeshAgent's status code. It is 0 without a response, or if a proxy sent it.
func status(err error) int {
	if e, ok := errors.AsType[*Error](err); ok && !e.foreign {
		return e.Status
	}
	return 0
}

// newError reads a response with a status outside 200 to 299.
func newError(r request, resp *http.Response, answer []byte, key APIKey) *Error {
	e := &Error{Status: resp.StatusCode, Method: r.method, Route: r.route.template, foreign: isHTML(resp, answer)}
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		e.Message = "a redirect, which is not followed: check the endpoint"
	case resp.StatusCode == http.StatusTooManyRequests:
		e.RetryAfter = retryAfter(resp.Header, time.Now())
	case resp.StatusCode >= 500:
		// An HTML page describes the server, not the request, and often differs each time.
	case isHTML(resp, answer):
		e.Message = htmlInstead
	case r.open, r.in == nil && resp.StatusCode == http.StatusNotFound: // a reader of a missing resource knows no secret value
		e.Message = words(resp, answer, key)
	default:
		e.Message = "MeshAgent's words are not shown, since they might repeat a secret value"
	}
	return e
}

const htmlInstead = "an HTML page instead of a response from MeshAgent: check the endpoint, and the proxies in front of it"

// words finds the sentence for people in the body of an error. The body has no fixed form: it is
// plain text such as "400: reason", or JSON. JSON of an unknown form is shown unchanged, because it
// contains the reason.
func words(resp *http.Response, answer []byte, key APIKey) string {
	const limit = 300
	text := cmp.Or(sentence(answer), string(answer))
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	text = strings.TrimPrefix(text, strconv.Itoa(resp.StatusCode)+": ")
	text = key.redact(strings.ToValidUTF8(text, "?")) // before the text is shortened, which could leave half of the secret
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + "…"
	}
	return text
}

// sentence returns the member of a JSON object that is written for people. It is "" if there is
// none.
func sentence(answer []byte) string {
	var object map[string]json.RawMessage
	if json.Unmarshal(answer, &object) != nil {
		return ""
	}
	for _, member := range []string{"message", "error", "detail", "reason"} {
		var text string
		if json.Unmarshal(object[member], &text) == nil && text != "" {
			return text
		}
		var nested struct{ Message string }
		if json.Unmarshal(object[member], &nested) == nil && nested.Message != "" {
			return nested.Message
		}
	}
	return ""
}

func isHTML(resp *http.Response, answer []byte) bool {
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return media == "text/html" || bytes.HasPrefix(bytes.TrimSpace(answer), []byte("<"))
}

// errNotMeshAgent describes a response with a status of 200 to 299 that cannot be read.
func errNotMeshAgent(resp *http.Response, answer []byte) error {
	if isHTML(resp, answer) {
		return errors.New(htmlInstead)
	}
	return errors.New("the response is truncated, or is not the expected JSON")
}

// retryAfter reads both forms of the header, seconds and a date.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	wait := defaultPause
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		// MeshAgent's clock can differ from the local clock. Its own Date header gives the right
		// delay.
		if theirs, err := http.ParseTime(header.Get("Date")); err == nil {
			now = theirs
		}
		wait = date.Sub(now)
	}
	return min(max(wait, time.Second), maxPause)
}

// fixed refuses a change that MeshAgent has no way to make, in the form of MeshAgent's own
// refusals.
func fixed(what, is, wanted string) error {
	if is == wanted {
		return nil
	}
	return &Error{
		Status: http.StatusUnprocessableEntity, Message: fmt.Sprintf("the %s is %q and cannot be changed to %q", what, is, wanted), unsent: true,
	}
}
