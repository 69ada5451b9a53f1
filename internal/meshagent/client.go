// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultEndpoint is where the MeshAgent API usually is.
const DefaultEndpoint = "https://api.meshagent.com"

// What is read of an answer is bounded: endpoints belong to whoever may write a MeshProject, and the memory to all of them.
const (
	maxRefusal = 64 << 10 // nobody is shown more than some words of it
	// The largest resource is a service with files, or a secret. Kubernetes holds objects of at most 1.5 MiB, which get longer by quotes
	// and by base64; whether MeshAgent takes more from others is not known.
	maxResource = 8 << 20
	maxList     = 16 << 20 // services are not paged: some 5,000 of usual size
)

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
	membersAge time.Duration
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
		membersAge: age,
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
	return config, c.do(ctx, request{method: http.MethodGet, route: expand("/config"), out: &config})
}

// request is one call of the API.
type request struct {
	method string
	route  route
	query  url.Values
	in     any  // sent as JSON, unless nil
	out    any  // filled from the answer's JSON, unless nil or the answer is empty
	list   bool // the answer may hold many resources
	secret bool // body or answer hold secret values, which the words of a refusal may repeat
}

// do sends a request. Any answer outside 200 to 299 is an *Error.
func (c *Client) do(ctx context.Context, r request) error {
	req, err := c.build(ctx, r)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if limited, ok := errors.AsType[*Error](err); ok {
			return limited // the request was not sent
		}
		return &NetworkError{Method: r.method, Route: r.route.template, Cause: plain(err)}
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		answer, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal)) // the status counts
		return newError(r, resp, answer, c.key)
	}
	answer, err := r.read(resp.Body)
	if err != nil {
		return &NetworkError{Method: r.method, Route: r.route.template, Cause: err}
	}
	if len(bytes.TrimSpace(answer)) == 0 {
		return nil
	}
	// Also where the answer is of no use: what is not JSON does not come from MeshAgent, and says nothing about what was done.
	if !json.Valid(answer) || r.out != nil && json.Unmarshal(answer, r.out) != nil {
		return &NetworkError{Method: r.method, Route: r.route.template, Cause: errNotMeshAgent(resp, answer)}
	}
	return nil
}

// read reads the answer to its end, if that is near enough.
func (r request) read(body io.Reader) ([]byte, error) {
	limit := maxResource
	if r.list {
		limit = maxList
	}
	answer, err := io.ReadAll(io.LimitReader(body, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", plain(err))
	}
	if len(answer) > limit {
		return nil, fmt.Errorf("the answer is longer than %d MiB", limit>>20)
	}
	return answer, nil
}

func (c *Client) build(ctx context.Context, r request) (*http.Request, error) {
	if r.route.err != nil {
		return nil, r.route.err
	}
	var body io.Reader
	if r.in != nil {
		encoded, err := json.Marshal(r.in)
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

// route is a path with the template that it was made from.
type route struct {
	template string
	path     string
	err      error
}

// expand puts values, escaped, into the {placeholders} of a template, in their order.
func expand(template string, values ...string) route {
	return route{}.join(template, values...)
}

// join appends a template to a route.
func (r route) join(template string, values ...string) route {
	path, rest := strings.Builder{}, template
	for _, value := range values {
		before, after, ok := strings.Cut(rest, "{")
		_, after, closed := strings.Cut(after, "}")
		if !ok || !closed {
			panic("meshagent: more values than placeholders in " + template)
		}
		// These cannot be escaped: what is in between takes them for a way up.
		if r.err == nil && (value == "" || value == "." || value == "..") {
			r.err = &Error{Status: http.StatusBadRequest, Route: r.template + template, Message: fmt.Sprintf("%q cannot be addressed in MeshAgent", value), unaddressable: true}
		}
		path.WriteString(before + url.PathEscape(value))
		rest = after
	}
	path.WriteString(rest)
	return route{template: r.template + template, path: r.path + path.String(), err: r.err}
}
