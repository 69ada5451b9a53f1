// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// trouble is what can go wrong with the requests for one collection, and the reason that users are
// told.
type trouble struct {
	name   string
	fault  simulator.Fault
	reason string // of condition Synced; "" for what can happen to writes only
	// writes has, by method, the reason if only such requests are struck. It is "" for methods to
	// which the fault cannot happen.
	writes map[string]string
	// credible says that MeshAgent's own answer to a write may say no more than this one, which is
	// believed until the resource is looked at.
	credible bool
	// isContent says that the answer could be the content of a resource that is sent as it is.
	isContent bool
	// deleted says that another user deletes the resource just before the request arrives. The
	// answer is MeshAgent's own.
	deleted bool
}

// copes is used in place of a reason if a retry is enough, because what happened once does no harm.
const copes = "copes"

// struck says which of the requests for a collection a trouble strikes.
type struck string

const (
	everything struck = "every request"
	writes     struck = "only what writes"
)

// reasonFor returns the reason that users see if requests of a method are necessary and are struck,
// or "" if they cannot be struck.
func (t trouble) reasonFor(what struck, method string) string {
	if own, ok := t.writes[method]; ok && what == writes {
		return own
	}
	return t.reason
}

// carriedOut is for troubles that lose no more than the answer: the next look finds out.
var carriedOut = map[string]string{http.MethodPost: copes, http.MethodPut: copes, http.MethodDelete: copes}

// troubles are in the order of docs/faults.md.
var troubles = []trouble{
	{name: "400", fault: simulator.Fault{Status: 400}, reason: "Rejected"},
	{name: "401", fault: simulator.Fault{Status: 401}, reason: "Unauthorized"},
	{name: "403", fault: simulator.Fault{Status: 403}, reason: "Forbidden"},
	{name: "404", fault: simulator.Fault{Status: 404}, reason: "ParentNotFound"},
	{
		name: "404, because others deleted it just before", deleted: true,
		writes: map[string]string{http.MethodPut: copes, http.MethodDelete: copes},
	},
	{
		name: "409", fault: simulator.Fault{Status: 409},
		writes: map[string]string{http.MethodPost: "Conflict", http.MethodPut: "AlreadyExists", http.MethodDelete: "Conflict"},
	},
	{name: "422", fault: simulator.Fault{Status: 422}, reason: "Rejected"},
	{name: "423", fault: simulator.Fault{Status: 423}, reason: "ParentDisabled"},
	{name: "429", fault: simulator.Fault{Status: 429}, reason: "RateLimited"},
	{name: "429 with Retry-After: 1", fault: simulator.Fault{Status: 429, RetryAfter: "1"}, reason: "RateLimited"},
	{name: "429 with a date in Retry-After, and a wrong clock", fault: simulator.Fault{
		Status: 429, Date: "Mon, 02 Jan 2040 15:04:05 GMT", RetryAfter: "Mon, 02 Jan 2040 15:04:06 GMT",
	}, reason: "RateLimited"},
	{name: "500", fault: simulator.Fault{Status: 500}, reason: "Unavailable"},
	{name: "502 with a proxy's HTML page", fault: simulator.Fault{Status: 502, ContentType: "text/html", Body: "<html>Bad gateway</html>"}, reason: "Unavailable"},
	{name: "503", fault: simulator.Fault{Status: 503}, reason: "Unavailable"},
	{name: "504", fault: simulator.Fault{Status: 504}, reason: "Unavailable"},
	{name: "a redirect", fault: simulator.Fault{Status: 302, Location: "https://login.example.com/"}, reason: "Unavailable"},
	{name: "200 with a sign-in page", fault: simulator.Fault{Status: 200, ContentType: "text/html", Body: "<html>Sign in</html>"}, reason: "Unavailable"},
	{name: "200 without JSON", isContent: true, fault: simulator.Fault{Status: 200, ContentType: "text/plain", Body: "It works!"}, reason: "Unavailable"},
	{
		name: "200 with unrelated JSON", isContent: true, fault: simulator.Fault{Status: 200, ContentType: "application/json", Body: `{"status": "up"}`}, reason: "Unavailable",
		credible: true, writes: map[string]string{http.MethodPut: "", http.MethodDelete: ""},
	},
	{
		name: "200 with an empty body", isContent: true, fault: simulator.Fault{Status: 200, ContentType: "application/json", Body: " "}, reason: "Unavailable",
		credible: true, writes: map[string]string{http.MethodPut: "", http.MethodDelete: ""},
	},
	{name: "no response in time", fault: simulator.Fault{Delay: time.Minute}, reason: "Unavailable", writes: carriedOut},
	{name: "a response that never ends", fault: simulator.Fault{Drop: simulator.StallWithin}, reason: "Unavailable", writes: carriedOut},
	{name: "a truncated response", fault: simulator.Fault{Drop: simulator.DropWithin}, reason: "Unavailable", writes: carriedOut},
	{name: "no such host", fault: simulator.Fault{Drop: simulator.DropBefore, Err: lookupFails}, reason: "Unavailable"},
	{name: "connection refused", fault: simulator.Fault{Drop: simulator.DropBefore, Err: func() error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}}, reason: "Unavailable"},
	{
		name: "TLS: an unknown authority", fault: simulator.Fault{Drop: simulator.DropBefore, Err: func() error { return x509.UnknownAuthorityError{} }},
		reason: "Unavailable",
	},
	{name: "TLS: an expired certificate", fault: simulator.Fault{Drop: simulator.DropBefore, Err: hasExpired}, reason: "Unavailable"},
	{name: "connection lost before MeshAgent carries out the request", fault: simulator.Fault{Drop: simulator.DropBefore}, reason: "Unavailable"},
	{name: "connection lost after MeshAgent carries out the request", fault: simulator.Fault{Drop: simulator.DropAfter}, reason: "Unavailable", writes: carriedOut},
}

// ports are those that requests are sent from: another one each time.
var ports atomic.Int64

// lookupFails is the resolver's error for a name server that is unreachable.
func lookupFails() error {
	const server = "192.0.2.53:53"
	return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{
		Err:  fmt.Sprintf("read udp 192.0.2.1:%d->%s: i/o timeout", 32768+ports.Add(1), server),
		Name: "api.meshagent.com", Server: server, IsTimeout: true, IsTemporary: true,
	}}
}

// hasExpired is what crypto/tls says of an old certificate: with the time.
func hasExpired() error {
	return &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{
		Reason: x509.Expired, Detail: fmt.Sprintf("current time %s is after 2026-01-01T00:00:00Z", time.Now().Format(time.RFC3339Nano)),
	}}
}
