// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

var (
	requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "meshagent_api_request_duration_seconds",
		Help:    "Requests to MeshAgent by method, route and status code (0: no answer), without the wait for the budget.",
		Buckets: prometheus.ExponentialBuckets(0.005, 2, 13),
	}, []string{"method", "route", "code"})

	requestWait = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "meshagent_api_budget_wait_seconds",
		Help:    "How long requests to MeshAgent waited for the request budget of their MeshProject.",
		Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
	})

	driftCorrected = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "meshagent_drift_corrected_total",
		Help: "Changes made behind the operator's back that it undid, by kind.",
	}, []string{"kind"})

	deletionsHeld = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "meshagent_deletions_held",
		Help: "Objects whose deletion the deletion guard of their MeshProject holds.",
	}, []string{"namespace", "project"})
)

//nolint:gochecknoinits // the registry is controller-runtime's, one per process
func init() { metrics.Registry.MustRegister(requests, requestWait, driftCorrected, deletionsHeld) }

// ObserveCall counts a request to MeshAgent.
func ObserveCall(call meshagent.Call) {
	requests.WithLabelValues(call.Method, call.Route, strconv.Itoa(call.Status)).Observe(call.Latency.Seconds())
	requestWait.Observe(call.Waited.Seconds())
}
