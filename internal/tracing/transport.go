// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package tracing

import (
	"net/http"
	"net/url"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Transport makes a span of every request to MeshAgent, from when it is sent until the answer
// begins. The span has the template of the route. It has neither the URL, which names resources,
// nor anything of headers and bodies. Requests carry no trace context.
func Transport(provider trace.TracerProvider, next http.RoundTripper) http.RoundTripper {
	return transport{provider.Tracer("github.com/meshagent/meshagent-operator/internal/tracing"), next}
}

type transport struct {
	tracer trace.Tracer
	next   http.RoundTripper
}

func portOf(endpoint *url.URL) int {
	if port, err := strconv.Atoi(endpoint.Port()); err == nil {
		return port
	}
	if endpoint.Scheme == "http" {
		return 80
	}
	return 443
}

// RoundTrip sends a request.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	route := meshagent.RouteOf(r)
	ctx, span := t.tracer.Start(r.Context(), r.Method+" "+route, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String(string(semconv.HTTPRequestMethodKey), r.Method), semconv.URLTemplate(route), semconv.ServerAddress(r.URL.Hostname()), semconv.ServerPort(portOf(r.URL)),
	))
	defer span.End()
	resp, err := t.next.RoundTrip(r.WithContext(ctx))
	switch {
	case err != nil:
		span.SetStatus(codes.Error, "no answer")
	case resp.StatusCode >= http.StatusBadRequest:
		span.SetAttributes(semconv.HTTPResponseStatusCode(resp.StatusCode), semconv.ErrorTypeKey.String(strconv.Itoa(resp.StatusCode)))
		span.SetStatus(codes.Error, "")
	default:
		span.SetAttributes(semconv.HTTPResponseStatusCode(resp.StatusCode))
	}
	return resp, err
}
