// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package tracing sends OpenTelemetry traces to the endpoint that the standard environment
// variables name. Without these variables it makes no traces.
package tracing

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"

	"github.com/meshagent/meshagent-operator/internal/version"
)

// The protocols that OTEL_EXPORTER_OTLP_PROTOCOL can name. The first is OpenTelemetry's default.
const (
	overHTTP = "http/protobuf"
	overGRPC = "grpc"
)

// FromEnvironment returns a provider of traces. It returns nil unless the environment asks for
// traces, by an endpoint for them or by OTEL_TRACES_EXPORTER=otlp. Exporter and sampler read the
// other variables of OpenTelemetry. The caller must shut the provider down, which sends what is
// left.
func FromEnvironment(ctx context.Context) (*sdktrace.TracerProvider, error) {
	protocol, err := wanted(os.Getenv)
	if err != nil || protocol == "" {
		return nil, err
	}
	// It connects when there is something to send, so the operator starts without a collector.
	exporter, err := exporterFor(ctx, protocol)
	if err != nil {
		return nil, fmt.Errorf("making the exporter of traces: %w", err)
	}
	// The latter wins: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
	about, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(semconv.ServiceName("meshagent-operator"), semconv.ServiceVersion(version.String())), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("reading OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about)), nil
}

func exporterFor(ctx context.Context, protocol string) (sdktrace.SpanExporter, error) {
	if protocol == overGRPC {
		return otlptracegrpc.New(ctx)
	}
	return otlptracehttp.New(ctx)
}

// wanted is the protocol by which traces are to be sent, or "" if there are to be none.
func wanted(env func(string) string) (protocol string, err error) {
	endpoint := cmp.Or(env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), env("OTEL_EXPORTER_OTLP_ENDPOINT"))
	exporter := env("OTEL_TRACES_EXPORTER")
	switch {
	case strings.EqualFold(env("OTEL_SDK_DISABLED"), "true"), exporter == "none", exporter == "" && endpoint == "":
		return "", nil
	case exporter != "" && exporter != "otlp":
		return "", fmt.Errorf("OTEL_TRACES_EXPORTER must be otlp or none, not %q", exporter)
	}
	protocol = cmp.Or(env("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"), env("OTEL_EXPORTER_OTLP_PROTOCOL"), overHTTP)
	if protocol != overHTTP && protocol != overGRPC {
		return "", fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL must be %s or %s, not %q", overHTTP, overGRPC, protocol)
	}
	return protocol, nil
}
