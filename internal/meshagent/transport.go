// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"time"
)

// Call describes one request for metrics.
type Call struct {
	Method  string
	Route   string        // the template, such as /accounts/projects/{project_id}/rooms
	Status  int           // 0 if there was no response
	Latency time.Duration // without the wait for the rate limit
	Waited  time.Duration // for the rate limit
}

// routeKey is the context key of a request's route template.
type routeKey struct{}

// RouteOf is the template of a request's route, such as /accounts/projects/{project_id}/rooms.
func RouteOf(r *http.Request) string {
	template, _ := r.Context().Value(routeKey{}).(string)
	return template
}

// roundTripper makes a function an http.RoundTripper.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// defaultTransport keeps as many idle connections as there are workers. By default, net/http keeps
// two per host, and would open and close a connection for almost every request.
var defaultTransport = func() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport // the program replaced the default transport on purpose
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = 64
	return t
}()

// trusting returns the network with these CAs; nil means those of the system.
func trusting(roots *x509.CertPool) http.RoundTripper {
	if roots == nil {
		return defaultTransport
	}
	t, ok := defaultTransport.(*http.Transport)
	if ok {
		t = t.Clone()
	} else {
		t = &http.Transport{Proxy: http.ProxyFromEnvironment}
	}
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.TLSClientConfig.RootCAs = roots
	return t
}

// transport is the chain that every request passes: what the caller puts around it, then the
// timeout, the credentials, and the network.
func transport(options Options, timeout time.Duration) http.RoundTripper {
	wire := options.Transport
	if wire == nil {
		wire = trusting(options.RootCAs)
	}
	sent := timed(timeout, authorized(options, wire))
	if options.Around != nil {
		sent = options.Around(sent)
	}
	return sent
}

// authorized adds the credentials and the user agent.
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

// timed limits the time of a request from when it is sent. The wait for the rate limit does not
// count.
func timed(timeout time.Duration, next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		ctx, cancel := context.WithTimeoutCause(r.Context(), timeout, errTimeout{timeout})
		resp, err := next.RoundTrip(r.WithContext(ctx))
		if err != nil {
			// Only the cause shows whose deadline expired.
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

// body releases a request's context when it is closed.
type body struct {
	io.ReadCloser
	ctx    context.Context //nolint:containedctx // it is the request's, and lives exactly as long
	cancel context.CancelFunc
}

// Read names the timeout, because it can expire while the response is read.
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

// errTimeout names the duration, so that its text is always the same.
type errTimeout struct{ after time.Duration }

func (e errTimeout) Error() string { return "no answer within " + e.after.String() }
