// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("Traces", func() {
	It("show a pass and its requests, and nothing that is secret or names a resource", func(ctx SpecContext) {
		exporter := tracetest.NewInMemoryExporter()
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{Traces: sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))})
		project := w.ApplyProject(ctx)
		w.ExpectReady(ctx, project)
		spans := func() []string { return describeSpans(exporter.GetSpans(), w.Namespace) }
		Eventually(spans).WithContext(ctx).Should(Equal([]string{
			"reconcile MeshProject default: InSync",
			"  GET /accounts/projects/{project_id} 200",
			"  GET /config 200",
			"  GET /accounts/projects/{project_id}/role 200",
			"  GET /accounts/projects/{project_id}/status 200",
		}))

		exporter.Reset()
		one := harness.Room("one")
		w.CreateAll(ctx, one)
		w.ExpectReady(ctx, one)
		Eventually(spans).WithContext(ctx).Should(Equal([]string{
			"reconcile MeshRoom one: InSync, wrote",
			"  POST /accounts/projects/{project_id}/rooms 200",
		}))

		By("showing what failed")
		exporter.Reset()
		w.MeshAgent.Inject(simulator.Fault{Status: 403, Times: 1})
		w.RequestReconcile(ctx, one)
		Eventually(spans).WithContext(ctx).Should(HaveLen(2))
		Expect(spans()[0]).To(HavePrefix("reconcile MeshRoom one: Forbidden, Error: The API key lacks the right for this request (403)"))
		Expect(spans()[1]).To(HaveSuffix(" 403, Error"))

		By("showing the deletion")
		exporter.Reset()
		Expect(w.Delete(ctx, one)).To(Succeed())
		w.ExpectGone(ctx, one)
		Eventually(spans).WithContext(ctx).Should(Equal([]string{
			"reconcile MeshRoom one: Released, wrote",
			"  GET /accounts/projects/{project_id}/rooms/{room} 200",
			"  DELETE /accounts/projects/{project_id}/rooms/{room} 200",
		}))
	})

	It("are not made unless they are asked for", func(ctx SpecContext) {
		exporter := tracetest.NewInMemoryExporter()
		before := otel.GetTracerProvider()
		otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)))
		DeferCleanup(func() { otel.SetTracerProvider(before) })
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		one := harness.Room("one")
		w.CreateAll(ctx, one)
		w.ExpectReady(ctx, one)
		Expect(exporter.GetSpans()).To(BeEmpty())
	})
})

// describeSpans shows passes in the order in which they ended, each with its requests.
func describeSpans(spans tracetest.SpanStubs, namespace string) []string {
	GinkgoHelper()
	described := []string{}
	for _, pass := range spans {
		if pass.Parent.IsValid() {
			continue
		}
		harness.FindSecrets("a trace", fmt.Appendf(nil, "%+v", pass))
		values := map[string]string{}
		for _, attribute := range pass.Attributes {
			values[string(attribute.Key)] = attribute.Value.String()
		}
		Expect(values).To(HaveKeyWithValue("k8s.namespace.name", namespace))
		Expect(values).To(HaveKeyWithValue("meshagent.reconcile.id", Not(BeEmpty())))
		text := fmt.Sprintf("reconcile %s %s: %s", values["meshagent.object.kind"], values["meshagent.object.name"], values["meshagent.reason"])
		if values["meshagent.wrote"] == "true" {
			text += ", wrote"
		}
		described = append(described, text+failure(pass))
		for _, request := range spans {
			if request.Parent.SpanID() != pass.SpanContext.SpanID() {
				continue
			}
			harness.FindSecrets("a trace", fmt.Appendf(nil, "%+v", request))
			status := ""
			for _, attribute := range request.Attributes {
				if attribute.Key == "http.response.status_code" {
					status = " " + attribute.Value.String()
				}
			}
			described = append(described, "  "+request.Name+status+failure(request))
		}
	}
	return described
}

func failure(span tracetest.SpanStub) string {
	switch {
	case span.Status.Description != "":
		return ", Error: " + span.Status.Description
	case span.Status.Code.String() == "Error":
		return ", Error"
	}
	return ""
}
