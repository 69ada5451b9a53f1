// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/internal/version"
)

// This file names all metrics of the operator. docs/observability.md lists them, and a test
// compares the two. No label has the name of an object, except that of a MeshProject.
const (
	prefix = "meshagent_operator_"

	// labelNamespace is not "namespace", which Prometheus sets to that of the operator's pod.
	labelNamespace = "object_namespace"
	// labelProject is <namespace>/<name> of a MeshProject.
	labelProject = "mesh_project"

	// noAnswer is the code of a request that MeshAgent did not answer.
	noAnswer = "error"
)

// Histograms, and what does not end while the process runs, are in the registry of the process.
var (
	requestDuration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: prefix + "api_request_duration_seconds",
		Help: "Duration of requests to MeshAgent by method, route and status code, without the wait for the rate limit. " +
			`The code is "error" if there was no answer.`,
		Buckets: prometheus.ExponentialBuckets(0.005, 2, 13),
	}, []string{"method", "route", "code"})

	rateLimitWait = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    prefix + "api_rate_limit_wait_seconds",
		Help:    "Time that requests to MeshAgent waited for the rate limit of their MeshProject.",
		Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
	})

	timeToReady = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: prefix + "time_to_ready_seconds",
		Help: "Time from the creation of an object until it was Ready for the first time. Kubernetes stores the creation in whole seconds.",
		// The first is what a healthy object takes.
		Buckets: []float64{2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600},
	}, []string{"kind"})

	secretPropagation = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: prefix + "secret_propagation_seconds",
		Help: "Time from when the operator noticed a changed Secret until MeshAgent had the new value, retries included. " +
			"The kind is that of the object that carries the value.",
		Buckets: prometheus.ExponentialBuckets(0.01, 2, 16),
	}, []string{"kind"})

	// NamespacesLeftOut has a series for each namespace that the process leaves out.
	NamespacesLeftOut = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: prefix + "namespaces_left_out",
		Help: "Always 1. A namespace of --watch-namespaces that the operator leaves out because it has no rights in it. Every replica reports it.",
	}, []string{labelNamespace})

	buildInfo = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        prefix + "build_info",
		Help:        "Always 1. The labels name the version and the commit of the operator.",
		ConstLabels: prometheus.Labels{"version": version.Version, "commit": version.Commit},
	}, func() float64 { return 1 })
)

// All others are about objects and MeshProjects, and end with them. The Collector reports them.
var (
	objects = gauge("objects",
		"Objects by kind and namespace, and by the status and reason of each of their conditions.",
		"kind", labelNamespace, "condition", "status", "reason")
	projectObjects = gauge("project_objects",
		`Objects by kind, MeshProject, and mode: "Enforce", "Observe" (reconcilePolicy) or "Suspended". `+
			"mesh_project is empty if the MeshProject does not exist.",
		"kind", labelProject, "mode")
	projectInfo = gauge("project_info",
		"Always 1. The labels name the version of MeshAgent that serves a MeshProject, and the generation of its API.",
		labelProject, "api_version", "api_generation")
	circuitOpen = gauge("api_circuit_open",
		"1 while MeshAgent does not answer at the endpoint of a MeshProject, so that the operator sends only one small request at a time. Otherwise 0.",
		labelProject)
	rateLimitLeft = gauge("api_rate_limit_remaining_requests",
		"Requests that the operator could send to MeshAgent at once. 0 while MeshAgent asks for a pause, negative while requests wait. "+
			"MeshProjects with the same API key share a rate limit.",
		labelProject)
	deletionsHeld = gauge("deletions_held",
		"Objects whose deletion waits because of spec.deletionGuard of their MeshProject.",
		labelProject)
	lastDriftCheck = gauge("last_drift_check_timestamp_seconds",
		"Unix time at which the operator last compared an object of the kind with MeshAgent. Missing if there are no objects to compare.",
		"kind", labelProject)
	driftInterval = gauge("drift_interval_seconds",
		"How often the operator compares each object with MeshAgent (--drift-interval).")

	requestsTotal = counter("api_requests_total",
		"Requests to MeshAgent by MeshProject and status code. "+
			`The code is "error" if there was no answer. A list that MeshProjects with the same API key share counts for the one that needed it first.`,
		labelProject, "code")
	driftFound = counter("drift_found_total",
		"Changes in MeshAgent that the operator did not make and that differ from the spec. A change counts again each time that its correction fails.",
		"kind", labelNamespace)
	driftCorrected = counter("drift_corrected_total",
		"Changes in MeshAgent that the operator did not make and that it corrected.",
		"kind", labelNamespace)
	adoptions = counter("adoptions_total",
		"Resources that existed in MeshAgent and that the operator adopted.",
		"kind", labelNamespace)

	collected = []metric{
		objects, projectObjects, projectInfo, circuitOpen, rateLimitLeft, deletionsHeld, lastDriftCheck, driftInterval,
		requestsTotal, driftFound, driftCorrected, adoptions,
	}
)

// Metrics are those in the registry of the process.
var Metrics = []prometheus.Collector{requestDuration, rateLimitWait, timeToReady, secretPropagation, NamespacesLeftOut, buildInfo}

//nolint:gochecknoinits // the registry is controller-runtime's, one per process
func init() { metrics.Registry.MustRegister(Metrics...) }

// metric is one that the Collector reports.
type metric struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

func gauge(name, help string, labels ...string) metric {
	return metric{prometheus.NewDesc(prefix+name, help, labels, nil), prometheus.GaugeValue}
}

func counter(name, help string, labels ...string) metric {
	return metric{prometheus.NewDesc(prefix+name, help, labels, nil), prometheus.CounterValue}
}

// is a sample of the metric.
func (m metric) is(value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(m.desc, m.kind, value, labels...)
}

// ObserveCall counts a request to MeshAgent.
func (e *Environment) ObserveCall(ctx context.Context, call meshagent.Call) {
	code := codeOf(call.Status)
	requestDuration.WithLabelValues(call.Method, call.Route, code).Observe(call.Latency.Seconds())
	rateLimitWait.Observe(call.Waited.Seconds())
	if project, ok := projects.Requester(ctx); ok {
		e.counts.requests.inc(requestGroup{project, code})
	}
}

// codeOf is the label of a status. Codes that HTTP does not define become their class, such as 5xx:
// an endpoint must not be able to make a series of each.
func codeOf(status int) string {
	switch {
	case status == 0:
		return noAnswer
	case http.StatusText(status) == "":
		return strconv.Itoa(status/100) + "xx"
	}
	return strconv.Itoa(status)
}
