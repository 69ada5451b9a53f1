// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
)

// Moment is just before or just after the operator sends a request: one to MeshAgent, or a write to
// the API server.
type Moment struct {
	// Object is what is being reconciled, such as "MeshRoom/support".
	Object string
	// Verb is an HTTP method, or that of a write to the API server.
	Verb string
	// Path is that of the request to MeshAgent, "" for one to the API server.
	Path string
	// CarriedOut says that the request was carried out. Its answer has not arrived yet.
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

// String describes a moment for people who read a failed test.
func (m Moment) String() string {
	if m.Path == "" {
		return m.When() + " " + m.Verb + " of " + m.Object
	}
	return m.When() + " " + m.Verb + " " + m.Path
}

// errKilled is what a process sees that is no longer there: it matters to no one.
var errKilled = errors.New("the process was killed")

// process is one run of the operator. Nothing that it sends after it was killed leaves it, and no
// answer arrives.
type process struct {
	server  *apiServer
	remote  http.RoundTripper
	watch   func(Moment) // nil: nobody watches
	dead    atomic.Bool
	context context.Context //nolint:containedctx // it is that of all passes
	cancel  context.CancelFunc
}

func newProcess(ctx context.Context, server *apiServer, remote http.RoundTripper) *process {
	p := &process{server: server, remote: remote}
	p.context, p.cancel = context.WithCancel(ctx)
	return p
}

// kill ends the process as SIGKILL does. It may be called from within a request.
func (p *process) kill() {
	p.dead.Store(true)
	p.cancel()
}

// reconciled is the key under which contexts hold the object that is being reconciled. A list that
// several objects share has that of the first.
type reconciled struct{}

// around carries out a request, unless the process is killed before.
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

// notify tells of a moment. Requests that are made for no object come from goroutines of their own.
func (p *process) notify(at Moment) {
	if p.watch != nil && at.Object != "" && !p.dead.Load() {
		p.watch(at)
	}
}

// RoundTrip sends a request to MeshAgent.
func (p *process) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	err = p.around(r.Context(), r.Method, r.URL.EscapedPath(), func() (sendErr error) {
		resp, sendErr = p.remote.RoundTrip(r) //nolint:bodyclose // whoever gets the answer closes it
		return sendErr
	})
	if err != nil && resp != nil {
		_ = resp.Body.Close()
		resp = nil
	}
	return resp, err
}
