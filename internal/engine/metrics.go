// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/internal/version"
)

// What happens is counted where it happens. What is the case, such as how many objects are Ready, is looked up when somebody asks: see
// collector.go. docs/observability.md lists all of it.
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

	driftFound = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "meshagent_drift_found_total",
		Help: "Changes made behind the operator's back that it found, by kind. A change whose correction fails is found again at the next try.",
	}, []string{"kind"})

	driftCorrected = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "meshagent_drift_corrected_total",
		Help: "Changes made behind the operator's back that it undid, by kind.",
	}, []string{"kind"})

	// NamespacesLeftOut has a series for each namespace that main leaves out.
	NamespacesLeftOut = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "meshagent_operator_namespaces_left_out",
		Help: "Always 1: a namespace of --watch-namespaces that the operator leaves out because it has no rights in it. Every replica tells.",
	}, []string{"object_namespace"})

	timeToReady = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "meshagent_time_to_ready_seconds",
		Help: "From the creation of an object, which Kubernetes tells in whole seconds, until it was Ready for the first time, by kind.",
		// The first is what a healthy object takes.
		Buckets: []float64{2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600},
	}, []string{"kind"})

	secretPropagation = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "meshagent_secret_propagation_seconds",
		Help:    "From when the operator heard of a changed Secret until MeshAgent had the new value, retries included, by the kind of the object that carries it.",
		Buckets: prometheus.ExponentialBuckets(0.01, 2, 16),
	}, []string{"kind"})

	buildInfo = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "meshagent_operator_build_info",
		Help:        "Always 1; the labels say which build of the operator this is.",
		ConstLabels: prometheus.Labels{"version": version.Version, "commit": version.Commit},
	}, func() float64 { return 1 })
)

// Metrics are those that a process keeps. A Collector has the others.
var Metrics = []prometheus.Collector{requests, requestWait, driftFound, driftCorrected, projects.DeletionsHeld, NamespacesLeftOut, timeToReady, secretPropagation, buildInfo}

//nolint:gochecknoinits // the registry is controller-runtime's, one per process
func init() { metrics.Registry.MustRegister(Metrics...) }

// ObserveCall counts a request to MeshAgent.
func ObserveCall(call meshagent.Call) {
	requests.WithLabelValues(call.Method, call.Route, strconv.Itoa(call.Status)).Observe(call.Latency.Seconds())
	requestWait.Observe(call.Waited.Seconds())
}
