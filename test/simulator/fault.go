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

// Fault is a failure of some calls. Several faults can affect one call. The first one with a status
// decides the response.
type Fault struct {
	// Method of the calls, "" for any.
	Method string
	// Path is a regular expression on the escaped path, "" for any.
	Path string
	// Skip is how many matching calls pass first.
	Skip int
	// Times is how many calls fail. With 0, calls fail until the fault is removed.
	Times int
	// Status of the response, without carrying out the call. 0 carries out the call.
	Status int
	// Date, RetryAfter, Location, ContentType and Body belong to Status.
	Date, RetryAfter, Location, ContentType, Body string
	// Echo repeats the body of the request after Body, as servers do that quote a rejected request.
	Echo bool
	// Delay before the response, after the call was carried out. It ends early when the request's
	// context ends.
	Delay time.Duration
	// Drop closes the connection.
	Drop Drop
	// Err creates the error that a client of RoundTrip then gets. It is called for each failure.
	// nil means a broken connection.
	Err func() error
	// Hook runs before the call is carried out.
	Hook func(*http.Request)
	// After runs after the call was carried out, before the response.
	After func(*http.Request)
}

// Drop is the moment when a connection breaks.
type Drop int

// The moments when a connection breaks.
const (
	// NoDrop keeps the connection.
	NoDrop Drop = iota
	// DropBefore breaks it before the call is carried out.
	DropBefore
	// DropAfter breaks it afterwards, so that only the response is lost.
	DropAfter
	// DropWithin breaks it afterwards, after half of the response.
	DropWithin
	// StallWithin sends half of the response, and keeps the connection open.
	StallWithin
)

// armed is a fault with its counters.
type armed struct {
	Fault

	path   *regexp.Regexp
	passed int
	struck int
}

// Inject adds a fault. It panics if the path is not a regular expression.
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

// strike returns the faults of a call, in the order of injection.
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

// madeUp returns the response of a fault with a status.
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
