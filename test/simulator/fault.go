// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// Fault is something that goes wrong with some calls. Several may strike one
// call; the first made-up status among them counts.
type Fault struct {
	// Method of the calls, "" for any.
	Method string
	// Path is a regular expression on the escaped path, "" for any.
	Path string
	// Skip lets so many matching calls pass first.
	Skip int
	// Times is how often it strikes, 0 until removed.
	Times int
	// Status to answer with, without carrying the call out. 0 carries on.
	Status int
	// Date, RetryAfter, Location, ContentType and Body belong to Status.
	Date, RetryAfter, Location, ContentType, Body string
	// Echo repeats the body of the request after Body, as servers do that
	// quote what they refuse.
	Echo bool
	// Delay before the answer, after the call was carried out. It ends early
	// when the request's context does.
	Delay time.Duration
	// Drop loses the connection.
	Drop Drop
	// Err makes what a client of RoundTrip then sees, each time anew; nil for a connection that broke.
	Err func() error
	// Hook runs when the fault strikes, before the call is carried out.
	Hook func(*http.Request)
	// After runs when the call was carried out, before the answer.
	After func(*http.Request)
}

// Drop is when a connection is lost.
type Drop int

// The moments to lose a connection.
const (
	// NoDrop keeps the connection.
	NoDrop Drop = iota
	// DropBefore loses it before the call was carried out.
	DropBefore
	// DropAfter loses it afterwards: only the answer is lost.
	DropAfter
	// DropWithin loses it afterwards, when half of the answer has arrived.
	DropWithin
	// StallWithin lets no more than half of the answer arrive, and keeps the
	// connection.
	StallWithin
)

// armed is a fault with its counters.
type armed struct {
	Fault

	path   *regexp.Regexp
	passed int
	struck int
}

// Inject arms a fault. It panics if the path is no regular expression.
func (s *Simulator) Inject(f Fault) (remove func()) {
	a := &armed{Fault: f, path: regexp.MustCompile(f.Path)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, a)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(other *armed) bool { return other == a })
	}
}

// strike returns the faults that strike a call, in the order of injection.
func (s *Simulator) strike(r *http.Request) []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var struck []Fault
	for _, a := range s.faults {
		if a.Method != "" && a.Method != r.Method || !a.path.MatchString(r.URL.EscapedPath()) {
			continue
		}
		if a.passed < a.Skip {
			a.passed++
			continue
		}
		if a.Times == 0 || a.struck < a.Times {
			a.struck++
			struck = append(struck, a.Fault)
		}
	}
	return struck
}

func totalDelay(struck []Fault) (d time.Duration) {
	for _, f := range struck {
		d += f.Delay
	}
	return d
}

// madeUp is the answer of a fault with a status to a request with a body.
func (f Fault) madeUp(raw []byte) *answer {
	a := textAnswer(f.Status, f.Body)
	if f.Body == "" {
		a.body = fmt.Appendf(nil, "%d: %s", f.Status, http.StatusText(f.Status))
	}
	if f.Echo {
		a.body = fmt.Appendf(a.body, ": %s", raw)
	}
	if f.ContentType != "" {
		a.contentType = f.ContentType
	}
	a.header = http.Header{contract.FaultHeader: {"1"}}
	for name, value := range map[string]string{"Date": f.Date, "Retry-After": f.RetryAfter, "Location": f.Location} {
		if value != "" {
			a.header.Set(name, value)
		}
	}
	return a
}
