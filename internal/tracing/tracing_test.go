// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package tracing

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	"google.golang.org/protobuf/proto"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

func TestWanted(t *testing.T) {
	t.Parallel()
	const endpoint = "http://collector:4318"
	for name, test := range map[string]struct {
		env      map[string]string
		protocol string
		failed   bool
	}{
		"off by default":              {},
		"by an endpoint":              {env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}, protocol: overHTTP},
		"by an endpoint for traces":   {env: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": endpoint}, protocol: overHTTP},
		"by the exporter":             {env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, protocol: overHTTP},
		"an endpoint of other things": {env: map[string]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": endpoint}},
		"no exporter":                 {env: map[string]string{"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}},
		"disabled":                    {env: map[string]string{"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}},
		"an unknown exporter":         {env: map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, failed: true},
		"only a protocol":             {env: map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}},
		"gRPC":                        {env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, protocol: overGRPC},
		"gRPC for traces": {
			env:      map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc"},
			protocol: overGRPC,
		},
		"HTTP":             {env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, protocol: overHTTP},
		"another protocol": {env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}, failed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			protocol, err := wanted(func(name string) string { return test.env[name] })
			if protocol != test.protocol || (err != nil) != test.failed {
				t.Errorf("got %q, %v", protocol, err)
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

// ServeHTTP takes what is sent as http/protobuf.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request coltracepb.ExportTraceServiceRequest
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = proto.Unmarshal(body, &request)
	}
	if err != nil || r.URL.Path != "/v1/traces" {
		http.Error(w, fmt.Sprint(r.URL.Path, err), http.StatusBadRequest)
		return
	}
	_, _ = c.Export(r.Context(), &request)
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// The operator sends by the protocol that is asked for. What was not sent yet is sent at the end.
func TestFromEnvironment(t *testing.T) {
	if provider, err := FromEnvironment(t.Context()); provider != nil || err != nil {
		t.Fatalf("without variables: %v, %v", provider, err)
	}
	for protocol, serve := range map[string]func(net.Listener, *collector) (stop func()){
		overGRPC: func(listener net.Listener, received *collector) func() {
			server := grpc.NewServer()
			coltracepb.RegisterTraceServiceServer(server, received)
			go func() { _ = server.Serve(listener) }()
			return server.GracefulStop
		},
		overHTTP: func(listener net.Listener, received *collector) func() {
			server := &http.Server{Handler: received, ReadHeaderTimeout: time.Minute}
			go func() { _ = server.Serve(listener) }()
			return func() { _ = server.Shutdown(context.WithoutCancel(t.Context())) }
		},
	} {
		t.Run(protocol, func(t *testing.T) {
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			received := &collector{}
			stop := serve(listener, received)
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+listener.Addr().String())
			t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
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
			stop()
			if len(received.spans) != 1 || received.spans[0] != "one" || len(received.services) != 1 || received.services[0] != "meshagent-operator" {
				t.Errorf("the collector has %v of %v", received.spans, received.services)
			}
		})
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
				t.Error("the request carries the trace context")
			}
		})
	}
}
