// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultEndpoint is the public MeshAgent API.
const DefaultEndpoint = "https://api.meshagent.com"

// Options configure a client. Only the key is required.
type Options struct {
	// Endpoint is the base URL. Defaults to DefaultEndpoint.
	Endpoint string
	// Key is sent as a bearer token.
	Key APIKey
	// UserAgent names the program.
	UserAgent string
	// Limiter is the rate limit of this credential. All clients with the credential share it. nil
	// means no limit.
	Limiter *Limiter
	// Observe is called after each request that was sent, with the context of the request. It can
	// be nil.
	Observe func(context.Context, Call)
	// Around wraps the transport inside the rate limit, for example to create traces. nil wraps
	// nothing.
	Around func(http.RoundTripper) http.RoundTripper
	// RootCAs are the CAs that the client trusts. Defaults to those of the system. They have no
	// effect with another Transport.
	RootCAs *x509.CertPool
	// Transport sends requests. Defaults to the network.
	Transport http.RoundTripper
	// Timeout limits one request including its response. Defaults to 30 seconds.
	Timeout time.Duration
	// MembersAge is how long the client uses a list of a project's members. Defaults to a minute.
	MembersAge time.Duration
}

// Client sends requests to one MeshAgent API with one credential.
type Client struct {
	base       string
	key        APIKey
	http       http.Client
	limiter    *Limiter
	observe    func(context.Context, Call)
	membersAge time.Duration
	reading    slots
	lists      unreadableLists
}

// New creates a client. It sends nothing.
func New(options Options) (*Client, error) {
	endpoint := options.Endpoint
	if endpoint == "" {
		endpoint = DefaultEndpoint
	}
	base, err := url.Parse(endpoint)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, fmt.Errorf("endpoint %q is not a URL such as %s", endpoint, DefaultEndpoint)
	}
	if base.User != nil || base.ForceQuery || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("endpoint %q must have no user, query or fragment", base.Redacted())
	}
	timeout := options.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	age := options.MembersAge
	if age == 0 {
		age = time.Minute
	}
	return &Client{
		base: strings.TrimRight(base.String(), "/"),
		key:  options.Key,
		http: http.Client{
			Transport: transport(options, timeout),
			// A redirect would send the key to the location that it names.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		limiter:    options.Limiter,
		observe:    options.Observe,
		membersAge: age,
		reading:    newSlots(2, 1),
	}, nil
}

// Endpoint is the base URL in use.
func (c *Client) Endpoint() string { return c.base }

// Config is what a deployment reports about itself.
type Config struct {
	Version string         `json:"version"`
	Domains map[string]any `json:"domains"`
}

// Genuine is true if MeshAgent answered, because only MeshAgent reports its version or its domains.
func (c Config) Genuine() bool {
	return c.Version != "" || c.Domains != nil
}

// Config reads the deployment's configuration: GET /config.
func (c *Client) Config(ctx context.Context) (Config, error) {
	var config Config
	return config, c.do(ctx, request{method: http.MethodGet, route: expand("/config"), out: &config, open: true})
}

// request is one API call.
type request struct {
	method string
	route  route
	query  url.Values
	in     any                 // sent as JSON, unless nil
	raw    io.Reader           // sent as it is, instead of in
	accept string              // the content type of the response; "" for JSON
	out    any                 // filled from the response's JSON, unless nil or the response is empty
	read   func(*answer) error // reads the response instead of out
	open   bool                // neither request nor response has a secret value, so that messages can show MeshAgent's words
}

// do sends a request. Any status outside 200 to 299 becomes an *Error.
func (c *Client) do(ctx context.Context, r request) error {
	req, err := c.build(ctx, r)
	if err != nil {
		return err
	}
	resp, err := c.send(req, r) //nolint:bodyclose // answer closes it
	if err != nil {
		return err
	}
	a := &answer{ctx: ctx, client: c, resp: resp, head: make([]byte, 0, 512)}
	defer a.close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal)) // the status decides, even without the text
		return newError(r, resp, text, c.key)
	}
	if r.read != nil {
		err = r.read(a)
	} else {
		err = a.resource(r.out)
	}
	if err != nil {
		return a.failed(r, err)
	}
	return nil
}

// send waits for the rate limit and sends the request. It pauses the limiter if MeshAgent asks for
// that, and calls the observer.
func (c *Client) send(req *http.Request, r request) (*http.Response, error) {
	asked := time.Now()
	if c.limiter != nil {
		if err := c.limiter.wait(req.Context(), r.method, r.route.template); err != nil {
			return nil, err
		}
	}
	sent := time.Now()
	resp, err := c.http.Do(req)
	call := Call{Method: r.method, Route: r.route.template, Latency: time.Since(sent), Waited: sent.Sub(asked)}
	if err == nil {
		call.Status = resp.StatusCode
		if resp.StatusCode == http.StatusTooManyRequests && c.limiter != nil {
			c.limiter.pause(retryAfter(resp.Header, time.Now()))
		}
	}
	if c.observe != nil {
		c.observe(req.Context(), call)
	}
	if err != nil {
		return nil, &NetworkError{Method: r.method, Route: r.route.template, Cause: plain(err), unsent: neverSent(err)}
	}
	return resp, nil
}

func (c *Client) build(ctx context.Context, r request) (*http.Request, error) {
	if r.route.err != nil {
		return nil, r.route.err
	}
	body := r.raw
	if r.in != nil {
		encoded, err := Encode(r.in)
		if err != nil {
			return nil, fmt.Errorf("encoding the body of %s %s: %w", r.method, r.route.template, err)
		}
		body = bytes.NewReader(encoded)
	}
	target := c.base + r.route.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(context.WithValue(ctx, routeKey{}, r.route.template), r.method, target, body)
	if err != nil {
		return nil, fmt.Errorf("building %s %s: %w", r.method, r.route.template, err)
	}
	req.Header.Set("Accept", cmp.Or(r.accept, "application/json"))
	switch {
	case r.raw != nil:
		req.Header.Set("Content-Type", "application/octet-stream")
	case body != nil:
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}
