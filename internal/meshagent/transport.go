// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// Call is one request as metrics see it.
type Call struct {
	Method  string
	Route   string        // the template, such as /accounts/projects/{project_id}/rooms
	Status  int           // 0 when there was no answer
	Latency time.Duration // without the wait for the budget
	Waited  time.Duration // for the budget
}

// routeKey is the context key of a request's route template.
type routeKey struct{}

// RouteOf is the template of a request's route, such as /accounts/projects/{project_id}/rooms.
func RouteOf(r *http.Request) string {
	template, _ := r.Context().Value(routeKey{}).(string)
	return template
}

// roundTripper is a function that is an http.RoundTripper.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// defaultTransport keeps as many connections as there are workers: net/http would keep two to a host, and close and open
// one for almost every request.
var defaultTransport = func() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport // somebody replaced it, for reasons of their own
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = 64
	return t
}()

// transport is the chain that every request passes: what the caller puts around, then time-out, then credentials, then the
// wire.
func transport(options Options, timeout time.Duration) http.RoundTripper {
	wire := options.Transport
	if wire == nil {
		wire = defaultTransport
	}
	sent := timed(timeout, authorized(options, wire))
	if options.Around != nil {
		sent = options.Around(sent)
	}
	return sent
}

// authorized adds what identifies the caller.
func authorized(options Options, next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+options.Key.reveal())
		if options.UserAgent != "" {
			r.Header.Set("User-Agent", options.UserAgent)
		}
		return next.RoundTrip(r)
	})
}

// timed bounds a request from when it is sent; the wait for the budget does not count.
func timed(timeout time.Duration, next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		ctx, cancel := context.WithTimeoutCause(r.Context(), timeout, errTimeout{timeout})
		resp, err := next.RoundTrip(r.WithContext(ctx))
		if err != nil {
			// Only the cause tells whose deadline it was.
			if cause := context.Cause(ctx); cause != nil && errors.As(cause, new(errTimeout)) {
				err = cause
			}
			cancel()
			return nil, err
		}
		resp.Body = &body{ReadCloser: resp.Body, ctx: ctx, cancel: cancel}
		return resp, nil
	})
}

// body releases a request's context when it was read.
type body struct {
	io.ReadCloser
	ctx    context.Context //nolint:containedctx // it is the request's, and lives exactly as long
	cancel context.CancelFunc
}

// Read names the time-out, for the answer may be what takes too long.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		if cause := context.Cause(b.ctx); cause != nil && errors.As(cause, new(errTimeout)) {
			err = cause
		}
	}
	return n, err
}

// Close ends the request.
func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// errTimeout says how long was waited, always in the same words.
type errTimeout struct{ after time.Duration }

func (e errTimeout) Error() string { return "no answer within " + e.after.String() }
