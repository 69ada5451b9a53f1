// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// Transport checks the traffic of next. It calls report for each violation, possibly from several
// goroutines. It forwards requests and responses in any case.
func (v *Validator) Transport(next http.RoundTripper, report func(error)) http.RoundTripper {
	return &transport{validator: v, next: next, report: report}
}

type transport struct {
	validator *Validator
	next      http.RoundTripper
	report    func(error)
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	method, path := r.Method, r.URL.EscapedPath()
	rt, r, err := t.validator.checkRequest(r)
	if err != nil {
		t.report(fmt.Errorf("%s %s: %w", method, path, err))
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil || rt == nil || resp.Header.Get(FaultHeader) != "" {
		return resp, err
	}
	var body []byte
	contentType := resp.Header.Get("Content-Type")
	if mediaType(contentType) != mediaBinary {
		if body, resp.Body, err = buffer(resp.Body); err != nil {
			return resp, nil //nolint:nilerr // reading the body gives the caller the same error
		}
	}
	if err := rt.CheckResponse(resp.StatusCode, contentType, body); err != nil {
		t.report(fmt.Errorf("%s %s: %w", method, path, err))
	}
	return resp, nil
}

// checkRequest returns the route, or nil if it is unknown, and a request whose body can be read
// again.
func (v *Validator) checkRequest(r *http.Request) (*Route, *http.Request, error) {
	rt, err := v.Find(r.Method, r.URL.EscapedPath())
	if err != nil && isProbe(r) {
		return nil, r, nil
	}
	if err != nil {
		return nil, r, err
	}
	contentType := r.Header.Get("Content-Type")
	var body []byte
	if r.Body != nil && r.Body != http.NoBody && mediaType(contentType) != mediaBinary {
		r = r.WithContext(r.Context()) // a RoundTripper must not change the caller's request
		if body, r.Body, err = buffer(r.Body); err != nil {
			return rt, r, fmt.Errorf("reading the request body: %w", err)
		}
	}
	err = rt.CheckRequest(r.URL.RawQuery, contentType, body)
	if err != nil && v.unknown != nil {
		err = rt.CheckUpdate(r.URL.RawQuery, contentType, body, v.unknown(rt, body))
	}
	return rt, r, err
}

// isProbe is true if a request asks whether the server speaks a later generation. A client can ask
// that without any other knowledge of that generation.
func isProbe(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.EscapedPath() == "/accounts/whoami"
}

// buffer reads a whole body. It returns its bytes, and a body with the same bytes and the same
// error.
func buffer(body io.ReadCloser) ([]byte, io.ReadCloser, error) {
	data, err := io.ReadAll(body)
	if err == nil {
		err = body.Close()
	}
	if err != nil {
		return data, io.NopCloser(io.MultiReader(bytes.NewReader(data), failing{err})), err
	}
	return data, io.NopCloser(bytes.NewReader(data)), nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
