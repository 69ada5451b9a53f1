// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// IsEvent is true if a request to the API server is about events.
func IsEvent(r *http.Request) bool { return strings.Contains(r.URL.Path, "/events") }

var errKilled = errors.New("the operator is dead")

// killable blocks everything once the operator is dead. A request that was sent before can still be
// carried out, but its response is lost.
func (o *Operator) killable(next http.RoundTripper, counts bool) http.RoundTripper {
	return RoundTripFunc(func(r *http.Request) (*http.Response, error) {
		if o.observe != nil {
			o.observe(o, r, false)
		}
		if o.Dead.Load() {
			return nil, errKilled
		}
		if counts {
			if err := lookAtBody(r); err != nil {
				return nil, err
			}
		}
		if counts && r.Method != http.MethodGet && !IsEvent(r) {
			o.Writes.Add(1)
		}
		resp, err := next.RoundTrip(r)
		if o.observe != nil {
			o.observe(o, r, true)
		}
		if o.Dead.Load() {
			if err == nil {
				_ = resp.Body.Close()
			}
			return nil, errKilled
		}
		return resp, err
	})
}

// breakable tracks the watches among the requests to the API server, so that BreakWatches can end
// them.
func (o *Operator) breakable(next http.RoundTripper) http.RoundTripper {
	return RoundTripFunc(func(r *http.Request) (*http.Response, error) {
		if !IsWatch(r) {
			return next.RoundTrip(r)
		}
		ctx, end := context.WithCancel(r.Context())
		o.mu.Lock()
		o.watches = append(o.watches, end)
		o.mu.Unlock()
		resp, err := next.RoundTrip(r.WithContext(ctx))
		if err == nil {
			resp.Body = breakableBody{resp.Body, ctx}
		}
		return resp, err
	})
}

// breakableBody reads as if the connection were lost after its context has ended.
type breakableBody struct {
	io.ReadCloser
	ctx context.Context //nolint:containedctx // that of the request whose answer it is
}

func (b breakableBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && b.ctx.Err() != nil {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// BreakWatches ends all watches as if their connection were lost.
func (o *Operator) BreakWatches() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, end := range o.watches {
		end()
	}
	o.watches = nil
}

// IsWatch is true if a request to the API server is a watch.
func IsWatch(r *http.Request) bool { return r.URL.Query().Get("watch") == "true" }

// refusing makes the API server seem to refuse requests.
func refusing(next http.RoundTripper, refuse func(*http.Request) (int, metav1.StatusReason)) http.RoundTripper {
	if refuse == nil {
		return next
	}
	return RoundTripFunc(func(r *http.Request) (*http.Response, error) {
		code, reason := refuse(r)
		if code == 0 {
			return next.RoundTrip(r)
		}
		body, err := json.Marshal(metav1.Status{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusFailure,
			Code: int32(code), Reason: reason, Message: "refused by the test",
		})
		return &http.Response{
			StatusCode: code, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r,
		}, err
	})
}

// RoundTripFunc is a transport.
type RoundTripFunc func(*http.Request) (*http.Response, error)

// RoundTrip sends a request.
func (f RoundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
