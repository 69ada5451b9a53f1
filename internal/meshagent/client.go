// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultEndpoint is where the MeshAgent API usually is.
const DefaultEndpoint = "https://api.meshagent.com"

// Options say how a client talks to MeshAgent. Only the key is required.
type Options struct {
	// Endpoint is the base URL; unset means DefaultEndpoint.
	Endpoint string
	// Key is sent as bearer token.
	Key APIKey
	// UserAgent names the program.
	UserAgent string
	// Limiter is the budget of this credential, shared by all clients that use it; nil means none.
	Limiter *Limiter
	// Observe is told of every request that was sent; nil means nobody is.
	Observe func(Call)
	// Around stands between the budget and what sends requests, such as to make traces; nil means that nothing does.
	Around func(http.RoundTripper) http.RoundTripper
	// Transport carries requests; nil means the network.
	Transport http.RoundTripper
	// Timeout bounds one request, its answer included; 0 means 30 seconds.
	Timeout time.Duration
	// MembersAge is how long a list of a project's members is believed; 0 means a minute.
	MembersAge time.Duration
}

// Client sends requests to one MeshAgent API with one credential.
type Client struct {
	base       string
	key        APIKey
	http       http.Client
	limiter    *Limiter
	observe    func(Call)
	membersAge time.Duration
	reading    slots
	lists      unreadableLists
}

// New makes a client. It sends nothing.
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
			// A redirect would carry the key to wherever it points.
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

// Config is what a deployment says of itself.
type Config struct {
	Version string         `json:"version"`
	Domains map[string]any `json:"domains"`
}

// Genuine says that it is MeshAgent that answered: nothing else tells its version, or its domains.
func (c Config) Genuine() bool {
	return c.Version != "" || c.Domains != nil
}

// Config reads the deployment's configuration: GET /config.
func (c *Client) Config(ctx context.Context) (Config, error) {
	var config Config
	return config, c.do(ctx, request{method: http.MethodGet, route: expand("/config"), out: &config, open: true})
}

// request is one call of the API.
type request struct {
	method string
	route  route
	query  url.Values
	in     any                 // sent as JSON, unless nil
	out    any                 // filled from the answer's JSON, unless nil or the answer is empty
	read   func(*answer) error // reads the answer in place of out
	open   bool                // neither body nor answer holds a secret value, so that the words of a refusal may be shown
}

// do sends a request. Any answer outside 200 to 299 is an *Error.
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
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal)) // the status counts
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

// send waits for the rate limit and sends the request. It takes note when MeshAgent asks for a pause, and tells the observer.
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
		c.observe(call)
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
	var body io.Reader
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
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}
