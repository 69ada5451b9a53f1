// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/internal/meshagent/simulator"
)

// trouble is what can go wrong with the requests for one collection, and the reason that users are told (the table of design §9).
type trouble struct {
	name   string
	fault  simulator.Fault
	reason string // of condition Synced
	nested bool   // it strikes only what lies under something else
}

// troubles are in the order of docs/faults.md.
var troubles = []trouble{
	{name: "400", fault: simulator.Fault{Status: 400}, reason: "Rejected"},
	{name: "401", fault: simulator.Fault{Status: 401}, reason: "AccessDenied"},
	{name: "403", fault: simulator.Fault{Status: 403}, reason: "AccessDenied"},
	{name: "404 to a creation", fault: simulator.Fault{Status: 404, Method: http.MethodPost}, reason: "ParentNotFound"},
	{name: "404, for what it lies under cannot be found", fault: simulator.Fault{Status: 404}, reason: "ParentNotFound", nested: true},
	{name: "409 to a creation", fault: simulator.Fault{Status: 409, Method: http.MethodPost}, reason: "Conflict"},
	{name: "422", fault: simulator.Fault{Status: 422}, reason: "Rejected"},
	{name: "423", fault: simulator.Fault{Status: 423}, reason: "ParentDisabled"},
	{name: "429, wait a second", fault: simulator.Fault{Status: 429, RetryAfter: "1"}, reason: "RateLimited"},
	{name: "429, wait until a time, by a clock that is wrong", fault: simulator.Fault{
		Status: 429, Date: "Mon, 02 Jan 2040 15:04:05 GMT", RetryAfter: "Mon, 02 Jan 2040 15:04:06 GMT",
	}, reason: "RateLimited"},
	{name: "500", fault: simulator.Fault{Status: 500}, reason: "Unavailable"},
	{name: "502, a page of a proxy", fault: simulator.Fault{Status: 502, ContentType: "text/html", Body: "<html>Bad gateway</html>"}, reason: "Unavailable"},
	{name: "503", fault: simulator.Fault{Status: 503}, reason: "Unavailable"},
	{name: "504", fault: simulator.Fault{Status: 504}, reason: "Unavailable"},
	{name: "a redirect", fault: simulator.Fault{Status: 302, Location: "https://login.example.com/"}, reason: "Unavailable"},
	{name: "200, a page to sign in", fault: simulator.Fault{Status: 200, ContentType: "text/html", Body: "<html>Sign in</html>"}, reason: "Unavailable"},
	{name: "200, no JSON", fault: simulator.Fault{Status: 200, ContentType: "text/plain", Body: "It works!"}, reason: "Unavailable"},
	{name: "200, JSON of something else", fault: simulator.Fault{Status: 200, ContentType: "application/json", Body: `{"status": "up"}`}, reason: "Unavailable"},
	{name: "200, nothing", fault: simulator.Fault{Status: 200, ContentType: "application/json", Body: " "}, reason: "Unavailable"},
	{name: "no answer in time", fault: simulator.Fault{Delay: time.Minute}, reason: "Unavailable"},
	{name: "an answer that does not end", fault: simulator.Fault{Drop: simulator.StallWithin}, reason: "Unavailable"},
	{name: "an answer that is cut off", fault: simulator.Fault{Drop: simulator.DropWithin}, reason: "Unavailable"},
	{name: "connection refused", fault: simulator.Fault{
		Drop: simulator.DropBefore, Err: &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
	}, reason: "Unavailable"},
	{name: "TLS: an unknown authority", fault: simulator.Fault{Drop: simulator.DropBefore, Err: x509.UnknownAuthorityError{}}, reason: "Unavailable"},
	{name: "connection lost before the request is carried out", fault: simulator.Fault{Drop: simulator.DropBefore}, reason: "Unavailable"},
	{name: "connection lost after it is carried out", fault: simulator.Fault{Drop: simulator.DropAfter}, reason: "Unavailable"},
}

// survivesFaults has every act of a sample's life fail in every way, one after the other.
func survivesFaults(ctx context.Context, s sample) {
	w := newWorld(ctx)
	w.start(operatorOptions{driftInterval: time.Second})
	l := w.begin(ctx, s)
	l.follow(ctx)
	l.again(ctx)
	l.patch(ctx, s.change())
	w.eventuallyReady(ctx, l.obj)
	changed := l.shape()
	l.delete(ctx)
	for _, t := range troubles {
		matrix.note(t, s, l.survives(ctx, t, changed))
	}
}

// shape is what stands for the sample in MeshAgent, but for what differs each time.
func (l *life) shape() string {
	text, err := json.MarshalIndent(l.document(), "", " ")
	Expect(err).NotTo(HaveOccurred())
	return l.anonymous(string(text))
}

// survives lets a sample be created, changed and deleted while there is trouble, and the trouble end each time.
func (l *life) survives(ctx context.Context, t trouble, changed string) (outcomes []outcome) {
	at := fmt.Sprintf("%s: %s", l.sample, t.name)
	strike := func(act string, do func()) {
		fault := t.fault
		fault.Path = regexp.QuoteMeta("/"+l.route) + "(/|$)"
		if !t.nested || strings.Contains(l.route, "/") {
			defer l.meshagent.Inject(fault)()
		}
		do()
		if fault.Method != "" && act != "create" || t.nested && !strings.Contains(l.route, "/") {
			return // it does not strike
		}
		Eventually(l.state(ctx, l.obj)).WithContext(ctx).Should(ContainSubstring("Synced=False "+t.reason+": "), at+": "+act)
		outcomes = append(outcomes, outcome{act, conditions(l.obj)})
	}
	strike("create", func() {
		l.obj = l.sample.object()
		l.apply(ctx, l.obj)
	})
	Eventually(l.state(ctx, l.obj)).WithContext(ctx).Should(beReady(), at)
	l.learn() // exactly one
	Expect(l.common().IsAdopted()).To(BeFalse(), at)

	strike("change", func() { l.patch(ctx, l.sample.change()) })
	Eventually(l.state(ctx, l.obj)).WithContext(ctx).Should(beReady(), at)
	l.learn()
	Expect(l.shape()).To(Equal(changed), at)

	strike("delete", func() { Expect(l.Delete(ctx, l.obj)).To(Succeed()) })
	l.eventuallyGone(ctx, l.obj)
	Expect(l.names()).To(Equal(l.without), at)
	return outcomes
}

// outcome is how an object was doing while an act could not be carried out.
type outcome struct{ act, conditions string }

func (o outcome) String() string {
	synced := regexp.MustCompile(`Synced=False (\w+)`).FindStringSubmatch(o.conditions)
	text := synced[1]
	switch {
	case strings.Contains(o.conditions, "Stalled=True"):
		text += " (Stalled)"
	case o.act == "change" && strings.HasPrefix(o.conditions, "Ready=False"):
		text += " (not Ready)"
	}
	return text
}
