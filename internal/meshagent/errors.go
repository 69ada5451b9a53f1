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

// Error is MeshAgent's refusal of a request.
type Error struct {
	Status     int
	Method     string
	Route      string // the template: names of things are in the message, if anywhere
	Message    string // MeshAgent's words, one line, shortened; "" when they are of no use to a person
	RetryAfter time.Duration

	unaddressable bool // no path leads there
	unsent        bool // no request was sent
	foreign       bool // it is an HTML page: something on the way to MeshAgent answered
}

// Foreign says that the answer does not come from MeshAgent but from something on the way, such as
// an ingress without a backend, a firewall or a page to sign in. It says nothing about what was
// asked for, nor whether MeshAgent carried it out.
func (e *Error) Foreign() bool { return e.foreign }

// Error reads "PUT /accounts/…/{room}: 409 Conflict: the words of MeshAgent".
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

// NetworkError says that there was no answer, or none that makes sense. Whether the request was carried out is unknown.
type NetworkError struct {
	Method string
	Route  string
	Cause  error

	unsent bool // the request did not reach MeshAgent
}

// Error reads "GET /config: connection refused".
func (e *NetworkError) Error() string { return fmt.Sprintf("%s %s: %v", e.Method, e.Route, e.Cause) }

// Unwrap gives the cause.
func (e *NetworkError) Unwrap() error { return e.Cause }

// TakenError is a conflict about a name that only MeshAgent could tell.
type TakenError struct {
	Name     string
	conflict error
}

// Error is that of the conflict.
func (e *TakenError) Error() string { return e.conflict.Error() }

// Unwrap gives the conflict.
func (e *TakenError) Unwrap() error { return e.conflict }

// ErrUseList says that no route reads this resource by what is known of it: only a list can tell.
var ErrUseList = errors.New("only a list can tell")

// ErrNothingThere says that there is nothing yet that could be deleted.
var ErrNothingThere = errors.New("there is nothing in MeshAgent yet")

// IsNotFound says that MeshAgent answered 404.
func IsNotFound(err error) bool { return status(err) == http.StatusNotFound }

// IsUnauthorized says that MeshAgent does not know the credential (401).
func IsUnauthorized(err error) bool { return status(err) == http.StatusUnauthorized }

// IsForbidden says that the credential lacks the right (403).
func IsForbidden(err error) bool { return status(err) == http.StatusForbidden }

// IsConflict says that MeshAgent answered 409.
func IsConflict(err error) bool { return status(err) == http.StatusConflict }

// IsUnaddressable says that no path can lead there, so that nothing is there.
func IsUnaddressable(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.unaddressable
}

// IsRefusal says that what was asked for was certainly not done: MeshAgent answered 4xx. That it gave up waiting for the rest
// of the request (408) is none: what stands between here and there says so too, when MeshAgent takes too long. "Too early"
// (425) and "too many" (429) are refusals that are worth a retry.
func IsRefusal(err error) bool {
	code := status(err)
	return code >= 400 && code < 500 && code != http.StatusRequestTimeout
}

// NotSent says that nothing reached MeshAgent: the rate limit of this process refused the request, no path leads there, or no
// connection was made.
func NotSent(err error) bool {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.unsent
	}
	e, ok := errors.AsType[*NetworkError](err)
	return ok && e.unsent
}

// status is MeshAgent's answer; 0 if there is none, or if it comes from something else.
func status(err error) int {
	if e, ok := errors.AsType[*Error](err); ok && !e.foreign {
		return e.Status
	}
	return 0
}

// newError reads an answer outside 200 to 299.
func newError(r request, resp *http.Response, answer []byte, key APIKey) *Error {
	e := &Error{Status: resp.StatusCode, Method: r.method, Route: r.route.template, foreign: isHTML(resp, answer)}
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		e.Message = "a redirect, which is not followed: check the endpoint"
	case resp.StatusCode == http.StatusTooManyRequests:
		e.RetryAfter = retryAfter(resp.Header, time.Now())
	case resp.StatusCode >= 500:
		// These words are about the server, not about the request, and often differ each time.
	case isHTML(resp, answer):
		e.Message = htmlInstead
	case r.open, r.in == nil && resp.StatusCode == http.StatusNotFound: // who asks for what is not there knows no value
		e.Message = words(resp, answer, key)
	default:
		e.Message = "MeshAgent's words are not shown, since they might repeat a secret value"
	}
	return e
}

const htmlInstead = "an HTML page instead of an answer of MeshAgent: check the endpoint, and proxies on the way"

// words finds the sentence for people in an error's body, whose form is not fixed: plain text such as "400: reason", or JSON. JSON of an
// unknown form is shown as it is, for a reason is in it.
func words(resp *http.Response, answer []byte, key APIKey) string {
	const limit = 300
	text := cmp.Or(sentence(answer), string(answer))
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	text = strings.TrimPrefix(text, strconv.Itoa(resp.StatusCode)+": ")
	text = key.redact(strings.ToValidUTF8(text, "?")) // before it is cut, or half of the secret would stay
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + "…"
	}
	return text
}

// sentence is the text of the member of a JSON object that is meant for people; "" if there is none.
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

// errNotMeshAgent describes a successful answer that cannot be read.
func errNotMeshAgent(resp *http.Response, answer []byte) error {
	if isHTML(resp, answer) {
		return errors.New(htmlInstead)
	}
	return errors.New("the answer is cut off, or is not the JSON that was expected")
}

// retryAfter reads the header in both its forms, seconds and a date.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	wait := defaultPause
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		// MeshAgent's clock may differ from ours: by its own, it is known how long to wait.
		if theirs, err := http.ParseTime(header.Get("Date")); err == nil {
			now = theirs
		}
		wait = date.Sub(now)
	}
	return min(max(wait, time.Second), maxPause)
}

// fixed refuses a change of what MeshAgent has no way to change, in the form of MeshAgent's own refusals.
func fixed(what, is, wanted string) error {
	if is == wanted {
		return nil
	}
	return &Error{
		Status: http.StatusUnprocessableEntity, Message: fmt.Sprintf("the %s is %q and cannot be changed to %q", what, is, wanted), unsent: true,
	}
}
