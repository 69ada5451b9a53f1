// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// budget gives the operator 20 requests a second, the default of spec.rateLimit, for 1,000 secrets.
// Each secret takes one request to be created, and one at each check. First all secrets are
// created. Then checks are due more often than the budget allows, while users change Secrets.
func budget(ctx context.Context, b *bench, out *findings) error {
	return b.within(ctx, func(w *world) error { return w.spend(ctx, out) })
}

func (w *world) spend(ctx context.Context, out *findings) error {
	const n, perSecond, burst, edits, least = 1000, 20, 40, 20, 95
	if err := w.project(ctx, &v1alpha1.RateLimit{RequestsPerSecond: perSecond, Burst: burst}); err != nil {
		return err
	}
	m, err := w.start(ctx, time.Hour)
	if err != nil {
		return err
	}
	if _, err := w.declare(ctx, n, func(i int) []client.Object { return secret(secretName(i)) }); err != nil {
		return err
	}
	if err := w.awaitReady(ctx); err != nil {
		return err
	}
	use := used(w.meshagent.Calls(), perSecond, burst)
	out.seconds("creation until all are Ready", use.span)
	out.add("creation: budget used", use.percent, "%").atLeast(least)
	out.add("creation: requests beyond the budget", use.beyond, "").atMost(1)

	if err := m.stop(); err != nil {
		return err
	}
	w.meshagent.ResetCalls()
	if m, err = w.start(ctx, n/perSecond*time.Second/2); err != nil {
		return err
	}
	if err := m.awaitPasses(ctx, n); err != nil {
		return err
	}
	var took []time.Duration
	for i := range edits {
		one, err := w.change(ctx, i, "second")
		if err != nil {
			return err
		}
		took = append(took, one)
	}
	use = used(w.meshagent.Calls(), perSecond, burst)
	out.add("checks: budget used", use.percent, "%").atLeast(least)
	out.add("checks: requests beyond the budget", use.beyond, "").atMost(1)
	out.spread("a Secret changed while checks queue, until its value is in MeshAgent", took)
	return nil
}

// usage is how a budget was used.
type usage struct {
	span    time.Duration // from the first request to the last
	percent float64       // of the requests that the budget allowed in that time
	beyond  float64       // the most requests beyond the budget at any time, as MeshAgent sees it, where requests do not arrive evenly
}

func used(calls []simulator.Call, perSecond, burst float64) usage {
	u := usage{span: calls[len(calls)-1].At.Sub(calls[0].At)}
	u.percent = 100 * float64(len(calls)) / (burst + perSecond*u.span.Seconds())
	tokens := burst
	for i, call := range calls {
		if i > 0 {
			tokens = min(burst, tokens+perSecond*call.At.Sub(calls[i-1].At).Seconds())
		}
		tokens--
		u.beyond = max(u.beyond, -tokens)
	}
	return u
}
