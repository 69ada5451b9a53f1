// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package tracing

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	coltracepb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

func TestWanted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env    map[string]string
		on     bool
		failed bool
	}{
		"off by default":              {},
		"by an endpoint":              {env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317"}, on: true},
		"by an endpoint for traces":   {env: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4317"}, on: true},
		"by the exporter":             {env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, on: true},
		"an endpoint of other things": {env: map[string]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://collector:4317"}},
		"no exporter":                 {env: map[string]string{"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317"}},
		"disabled":                    {env: map[string]string{"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317"}},
		"an unknown exporter":         {env: map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, failed: true},
		"gRPC":                        {env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, on: true},
		"another protocol":            {env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, failed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on, err := wanted(func(name string) string { return test.env[name] })
			if on != test.on || (err != nil) != test.failed {
				t.Errorf("got %v, %v", on, err)
			}
		})
	}
}

// collector is an OTLP collector that remembers the names of spans and of who sent them.
type collector struct {
	coltracepb.UnimplementedTraceServiceServer
	services, spans []string
}

func (c *collector) Export(_ context.Context, r *coltracepb.ExportTraceServiceRequest) (*coltracepb.ExportTraceServiceResponse, error) {
	for _, from := range r.GetResourceSpans() {
		for _, attribute := range from.GetResource().GetAttributes() {
			if attribute.GetKey() == "service.name" {
				c.services = append(c.services, attribute.GetValue().GetStringValue())
			}
		}
		for _, scope := range from.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				c.spans = append(c.spans, span.GetName())
			}
		}
	}
	return &coltracepb.ExportTraceServiceResponse{}, nil
}

// What was not sent yet is sent at the end.
func TestFromEnvironment(t *testing.T) {
	if provider, err := FromEnvironment(t.Context()); provider != nil || err != nil {
		t.Fatalf("without variables: %v, %v", provider, err)
	}
	received, server := &collector{}, grpc.NewServer()
	coltracepb.RegisterTraceServiceServer(server, received)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+listener.Addr().String())
	provider, err := FromEnvironment(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("test").Start(t.Context(), "one")
	span.End()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := provider.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	server.GracefulStop()
	if len(received.spans) != 1 || received.spans[0] != "one" || len(received.services) != 1 || received.services[0] != "meshagent-operator" {
		t.Errorf("the collector has %v of %v", received.spans, received.services)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTransport(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		failed bool
	}{
		"an answer":  {status: http.StatusOK},
		"a refusal":  {status: http.StatusForbidden, failed: true},
		"no answer":  {failed: true},
		"a redirect": {status: http.StatusFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spans := tracetest.NewInMemoryExporter()
			provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
			var sent http.Header
			client, err := meshagent.New(meshagent.Options{
				Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					sent = r.Header
					if test.status == 0 {
						return nil, errors.New("no way to c4n4ry")
					}
					return &http.Response{StatusCode: test.status, Body: http.NoBody, Request: r}, nil
				}),
				Around: func(next http.RoundTripper) http.RoundTripper { return Transport(provider, next) },
			})
			if err != nil {
				t.Fatal(err)
			}
			_, _ = client.Config(t.Context()) // whether it fails is not the question
			if len(spans.GetSpans()) != 1 {
				t.Fatalf("%d spans", len(spans.GetSpans()))
			}
			span := spans.GetSpans()[0]
			status := 0
			for _, attribute := range span.Attributes {
				if attribute.Key == "http.response.status_code" {
					status = int(attribute.Value.AsInt64())
				}
			}
			if span.Name != "GET /config" || status != test.status || (span.Status.Code == codes.Error) != test.failed {
				t.Errorf("got span %q with status code %d and %v", span.Name, status, span.Status)
			}
			if all := fmt.Sprintf("%+v", span); len(span.Events) > 0 || strings.Contains(all, "c4n4ry") {
				t.Errorf("the span repeats the error: %s", all)
			}
			if sent.Get("Traceparent") != "" {
				t.Error("MeshAgent is told of the trace")
			}
		})
	}
}
