// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"

	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/internal/meshagent/simulator"
)

// trouble is what can go wrong with a collection, and what a user is told of it (the table of design §9).
type trouble struct {
	name  string
	fault simulator.Fault
	want  string // of condition Synced
}

var troubles = []trouble{
	{"401", simulator.Fault{Status: 401}, "AccessDenied: MeshAgent does not accept the API key (401)"},
	{"403", simulator.Fault{Status: 403}, "AccessDenied: the API key lacks the right for this (403)"},
	{"404", simulator.Fault{Status: 404}, "ParentNotFound: not found in MeshAgent (404)"},
	{"409", simulator.Fault{Status: 409, Method: http.MethodPost}, "Conflict: MeshAgent reports a conflict (409)"},
	{"423", simulator.Fault{Status: 423}, "ParentDisabled: disabled in MeshAgent (423)"},
	{"429", simulator.Fault{Status: 429, RetryAfter: "1"}, "RateLimited: "},
	{"500", simulator.Fault{Status: 500}, "Unavailable: MeshAgent fails (500 Internal Server Error)"},
	{"503", simulator.Fault{Status: 503}, "Unavailable: MeshAgent fails (503 Service Unavailable)"},
	{"no answer in time", simulator.Fault{Delay: time.Minute}, "Unavailable: MeshAgent cannot be reached: "},
	{"connection lost before the write", simulator.Fault{Drop: simulator.DropBefore}, "Unavailable: MeshAgent cannot be reached: "},
	{"connection lost after the write", simulator.Fault{Drop: simulator.DropAfter}, "Unavailable: MeshAgent cannot be reached: "},
	{"a page of a proxy", simulator.Fault{Status: 200, ContentType: "text/html", Body: "<html>Sign in</html>"}, "Unavailable: MeshAgent cannot be reached: "},
}

// survivesFaults has the creation of a sample fail in every way, one after the other.
func survivesFaults(ctx context.Context, s sample) {
	w := newWorld(ctx)
	w.start(operatorOptions{driftInterval: time.Second})
	l := w.begin(ctx, s)
	l.follow(ctx)
	l.again(ctx)
	for _, t := range troubles {
		l.survives(ctx, t)
	}
	l.delete(ctx)
	Expect(w.names()).To(Equal(l.without))
}

func (l *life) survives(ctx context.Context, t trouble) {
	at := fmt.Sprintf("%s: %s", l.sample, t.name)
	l.delete(ctx)
	Expect(l.names()).To(Equal(l.without), at)

	fault := t.fault
	fault.Path = regexp.QuoteMeta("/"+l.route) + "(/|$)"
	mend := l.meshagent.Inject(fault)
	l.obj = l.sample.object()
	l.apply(ctx, l.obj)
	Eventually(l.state(ctx, l.obj)).WithContext(ctx).Should(And(
		HavePrefix("Ready=False"), ContainSubstring("Synced=False "+t.want), ContainSubstring("Reconciling=True")), at)
	mend()
	Eventually(l.state(ctx, l.obj)).WithContext(ctx).Should(beReady(), at)
	l.learn() // exactly one
	Expect(l.common().IsAdopted()).To(BeFalse(), at)
}
