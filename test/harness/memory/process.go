// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
)

// Moment is just before or just after the operator sends a request to MeshAgent, or a write to the
// API server.
type Moment struct {
	// Object is being reconciled, such as "MeshRoom/support".
	Object string
	// Verb is an HTTP method, or the verb of a write to the API server.
	Verb string
	// Path is the path of a request to MeshAgent, or "" for a write to the API server.
	Path string
	// CarriedOut is true if the request was carried out. Its response has not arrived yet.
	CarriedOut bool
}

// The verbs of writes to the API server.
const (
	Create       = "Create"
	Update       = "Update"
	UpdateStatus = "UpdateStatus"
	Patch        = "Patch"
	PatchStatus  = "PatchStatus"
	Delete       = "Delete"
)

// When is "before" or "after".
func (m Moment) When() string {
	if m.CarriedOut {
		return "after"
	}
	return "before"
}

// String describes a moment for the message of a failed test.
func (m Moment) String() string {
	if m.Path == "" {
		return m.When() + " " + m.Verb + " of " + m.Object
	}
	return m.When() + " " + m.Verb + " " + m.Path
}

// errKilled is the error in a killed process, where it matters no more.
var errKilled = errors.New("the process was killed")

// process is one run of the operator. After it is killed, it sends nothing, and gets no response.
type process struct {
	server  *apiServer
	remote  http.RoundTripper
	watch   func(Moment) // nil if the test does not watch
	dead    atomic.Bool
	context context.Context //nolint:containedctx // it is that of all passes
	cancel  context.CancelFunc
}

func newProcess(ctx context.Context, server *apiServer, remote http.RoundTripper) *process {
	p := &process{server: server, remote: remote}
	p.context, p.cancel = context.WithCancel(ctx)
	return p
}

// kill ends the process as by SIGKILL. It can be called from within a request.
func (p *process) kill() {
	p.dead.Store(true)
	p.cancel()
}

// reconciled is the context key of the object that is being reconciled. A list that several objects
// share has the first of them.
type reconciled struct{}

// around carries out a request, unless the process is killed first.
func (p *process) around(ctx context.Context, verb, path string, send func() error) error {
	object, _ := ctx.Value(reconciled{}).(string)
	at := Moment{Object: object, Verb: verb, Path: path}
	p.notify(at)
	if p.dead.Load() {
		return errKilled
	}
	err := send()
	at.CarriedOut = true
	p.notify(at)
	if p.dead.Load() {
		return errKilled
	}
	return err
}

// notify reports a moment. Requests without an object come from goroutines of their own.
func (p *process) notify(at Moment) {
	if p.watch != nil && at.Object != "" && !p.dead.Load() {
		p.watch(at)
	}
}

// RoundTrip sends a request to MeshAgent.
func (p *process) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	err = p.around(r.Context(), r.Method, r.URL.EscapedPath(), func() (sendErr error) {
		resp, sendErr = p.remote.RoundTrip(r) //nolint:bodyclose // the caller closes it
		return sendErr
	})
	if err != nil && resp != nil {
		_ = resp.Body.Close()
		resp = nil
	}
	return resp, err
}
