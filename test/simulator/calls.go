// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"net/http"
	"slices"
	"time"
)

// keptBytes limits the size of the recorded bodies. Tests stay below it, but a simulator that runs
// for days would not.
const keptBytes = 64 << 20

// Call is one received request.
type Call struct {
	Method string
	// Path as it was received, escaped.
	Path, Query string
	// ContentType is that of the request.
	ContentType string
	// Status of the response, 0 if a fault closed the connection.
	Status                    int
	RequestBody, ResponseBody []byte
	// Existed is true if a creation returned what existed, and changed nothing.
	Existed bool
	At      time.Time
}

type callLog struct {
	calls []Call
	bytes int
}

// Calls returns the calls so far, in the order in which they were carried out. If there are too
// many, the oldest are dropped.
func (s *Simulator) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log.calls)
}

// ResetCalls forgets the calls so far.
func (s *Simulator) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = callLog{}
}

func (l *callLog) add(r *http.Request, raw []byte, a *answer, at time.Time) {
	l.calls = append(l.calls, Call{
		Method:       r.Method,
		Path:         r.URL.EscapedPath(),
		Query:        r.URL.RawQuery,
		ContentType:  r.Header.Get("Content-Type"),
		Status:       a.status,
		RequestBody:  raw,
		ResponseBody: a.body,
		Existed:      a.existed,
		At:           at,
	})
	if l.bytes += len(raw) + len(a.body); l.bytes > keptBytes {
		l.calls = slices.Clone(l.calls[len(l.calls)/2:])
		l.bytes /= 2 // close enough
	}
}
