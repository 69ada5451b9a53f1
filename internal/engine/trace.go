// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// startSpan begins the span of a pass, and names its trace in the log. Requests to MeshAgent become
// its children. A list that several passes share is below the one that asked first.
func (e *Environment) startSpan(ctx context.Context, obj client.Object) (context.Context, trace.Span) {
	if e.Traces == nil {
		return ctx, noop.Span{}
	}
	ctx, span := e.Traces.Tracer("github.com/meshagent/meshagent-operator/internal/engine").Start(ctx, "reconcile "+kindOf(obj), trace.WithAttributes(
		semconv.K8SNamespaceName(obj.GetNamespace()),
		attribute.String("meshagent.object.kind", kindOf(obj)),
		attribute.String("meshagent.object.name", obj.GetName()),
		attribute.String("meshagent.reconcile.id", string(controller.ReconcileIDFromContext(ctx))), // reconcileID in the log
	))
	if made := span.SpanContext(); made.HasTraceID() {
		ctx = log.IntoContext(ctx, log.FromContext(ctx).WithValues("traceID", made.TraceID().String()))
	}
	return ctx, span
}

// endSpan ends it with the reason of the condition Synced. To wait for something is not an error.
func endSpan(span trace.Span, status *v1alpha1.ObjectStatus, o *outcome, err error) {
	defer span.End()
	if !span.IsRecording() {
		return
	}
	reason := reasonOf(status, v1alpha1.ConditionSynced)
	if o.released && err == nil {
		reason = "Released"
	}
	span.SetAttributes(attribute.String("meshagent.reason", reason), attribute.Bool("meshagent.wrote", o.wrote))
	if err == nil {
		return
	}
	switch v := verdict.Of(err); v.Class {
	case verdict.Refused, verdict.Denied, verdict.Unavailable:
		span.SetStatus(codes.Error, v.Message)
	case verdict.Waiting, verdict.Limited, verdict.OnHold, verdict.Silent:
	}
}
