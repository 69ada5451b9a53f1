// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

const (
	// manyFailures in a row open a circuit.
	manyFailures = 3
	// longSilence is how long a request without an answer must have taken to open it alone.
	longSilence = 10 * time.Second
	// An open circuit is probed after firstProbe, then ever more rarely.
	firstProbe = time.Second
	lastProbe  = time.Minute
	// probeTimeout is enough for the smallest of all answers.
	probeTimeout = 10 * time.Second
)

// circuit is what is known of whether the endpoint of a connection answers. While it does not, the
// circuit is open: passes end before they send anything, and one small request at a time, which
// holds no worker, finds out when they can continue.
type circuit struct {
	// probe sends that request. Its answer comes in through around, like that of any other.
	probe func(context.Context) error
	// opened is called when the circuit opens.
	opened func()

	mu       sync.Mutex
	failures int           // in a row
	cause    string        // what opened it, in words; "" while it is closed
	due      time.Time     // when to probe next
	pause    time.Duration // before that
	probing  bool
}

// enter lets a pass begin, or says why it cannot. The words stay the same while the circuit is
// open.
func (c *circuit) enter(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause == "" {
		return nil
	}
	wait := time.Until(c.due)
	switch {
	case c.probing:
		wait = c.pause
	case wait <= 0:
		c.probing, wait = true, firstProbe
		project, _ := Requester(ctx)
		go c.look(project) //nolint:contextcheck,gosec // the probe is for all passes, and outlives this one
	}
	// Not before the probe, and spread: all of them may be let through then.
	return &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: c.cause, After: wait + wait/5, Unsent: true}
}

// look probes, for the MeshProject whose pass came first.
func (c *circuit) look(project types.NamespacedName) {
	ctx, cancel := context.WithTimeout(WithRequester(context.Background(), project), probeTimeout)
	defer cancel()
	defer func() {
		_ = recover() // a panic is not an answer
		c.mu.Lock()
		defer c.mu.Unlock()
		c.probing = false
		c.pause = min(2*c.pause, lastProbe)
		c.due = time.Now().Add(c.pause)
	}()
	_ = c.probe(ctx) // around has seen what came of it
}

// isOpen says that the endpoint does not answer.
func (c *circuit) isOpen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause != ""
}

// answered closes the circuit: whatever the answer says, there is one.
func (c *circuit) answered() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failures, c.cause = 0, ""
}

// failed counts a request without an answer.
func (c *circuit) failed(took time.Duration, cause string) {
	if c.opens(took, cause) && c.opened != nil {
		c.opened()
	}
}

func (c *circuit) opens(took time.Duration, cause string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failures++
	if took >= longSilence {
		c.failures = max(c.failures, manyFailures)
	}
	if c.failures < manyFailures || c.cause != "" {
		return false
	}
	c.cause, c.pause = cause, firstProbe
	c.due = time.Now().Add(Jittered(c.pause))
	return true
}

// around watches the requests of a connection.
func (c *circuit) around(next http.RoundTripper) http.RoundTripper {
	return watched{circuit: c, next: next}
}

type watched struct {
	circuit *circuit
	next    http.RoundTripper
}

// RoundTrip sends a request. It is answered when all of the answer is there.
func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	begun := time.Now()
	resp, err := w.next.RoundTrip(r)
	switch {
	case err != nil && r.Context().Err() != nil: // anyone who asked no longer wants to know
	case err != nil:
		w.circuit.failed(time.Since(begun), unreachable(err))
	case resp.StatusCode == http.StatusBadGateway, resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusGatewayTimeout:
		// Something in between says that MeshAgent does not answer, or MeshAgent that it cannot.
		w.circuit.failed(time.Since(begun), verdict.Of(&meshagent.Error{Status: resp.StatusCode}).Message)
	default:
		resp.Body = &watchedBody{ReadCloser: resp.Body, request: r, circuit: w.circuit, begun: begun}
	}
	return resp, err //nolint:wrapcheck // it stands between those who understand it
}

func unreachable(err error) string {
	return fmt.Sprintf(msgUnreachable, meshagent.Plain(err))
}

// watchedBody is an answer under way.
type watchedBody struct {
	io.ReadCloser

	request *http.Request
	circuit *circuit
	begun   time.Time
	failed  bool
}

// Read notes that the rest does not come.
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF && !b.failed {
		b.failed = true
		if b.request.Context().Err() == nil {
			b.circuit.failed(time.Since(b.begun), unreachable(err))
		}
	}
	return n, err //nolint:wrapcheck // as above
}

// Close ends the answer.
func (b *watchedBody) Close() error {
	if !b.failed {
		b.circuit.answered()
	}
	return b.ReadCloser.Close() //nolint:wrapcheck // as above
}
