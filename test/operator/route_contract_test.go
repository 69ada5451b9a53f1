// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("MeshRoute and the contract", func() {
	harness.DescribeRows("agree: all that a route can have survives", keepsRoute,
		harness.Row("to a room", "RoomRouteSpec", 0),
		harness.Row("to a room, with other alternatives", "RoomRouteSpec", 1),
		harness.Row("to an agent", "AgentRouteSpec", 0),
		harness.Row("to an agent, with other alternatives", "AgentRouteSpec", 1),
	)
})

func keepsRoute(ctx SpecContext, schema string, pick int) {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{})
	w.ApplyProject(ctx)
	w.MeshAgent.Add("rooms", map[string]any{"name": "text", "metadata": map[string]any{}})
	w.MeshAgent.Add("agents", managedAgent("text"))
	wire := exampleRoute(schema, pick)
	Expect(harness.Validator().CheckSchema(schema, normal(wire))).To(Succeed())

	raw := &unstructured.Unstructured{Object: map[string]any{"spec": routeAsCustomResource(wire)}}
	raw.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("MeshRoute"))
	raw.SetNamespace(w.Namespace)
	raw.SetName("example")
	Expect(client.WithFieldValidation(w, "Strict").Create(ctx, raw)).To(Succeed())
	made := &v1alpha1.MeshRoute{}
	made.SetNamespace(w.Namespace)
	made.SetName("example")
	w.ExpectReady(ctx, made)

	By("being in MeshAgent as it was written")
	there := w.MeshAgent.Documents("routes")[0]["spec"].(map[string]any)
	delete(there["metadata"].(map[string]any)["annotations"].(map[string]any), v1alpha1.OwnerAnnotation)
	Expect(normal(there)).To(Equal(normal(wire)))

	By("being looked at, without a difference")
	w.MeshAgent.ResetCalls()
	w.RequestReconcile(ctx, made)
	Expect(w.Calls()).To(Equal([]string{"GET routes/" + made.Status.ID}))
}

// exampleRoute is an example of a route that is possible.
func exampleRoute(schema string, pick int) map[string]any {
	made := example(harness.Validator().Document().Components.Schemas[schema].Value, pick).(map[string]any)
	made["domain"] = "example.meshagent.app"
	backend := made["backend"].(map[string]any)
	if schema == "RoomRouteSpec" {
		delete(backend, "agent")
		made["paths"].([]any)[0].(map[string]any)["path"] = "/text"
		return made
	}
	delete(backend, "room")
	delete(made, "paths") // it must be empty
	return made
}

// routeAsCustomResource returns the spec of the MeshRoute that declares a route.
func routeAsCustomResource(wire map[string]any) map[string]any {
	metadata := wire["metadata"].(map[string]any)
	spec := map[string]any{"domain": wire["domain"], "name": metadata["name"], "annotations": metadata["annotations"]}
	backend := map[string]any{}
	for member, target := range wire["backend"].(map[string]any) {
		backend[member+"Ref"] = map[string]any{"externalName": target.(map[string]any)["name"]}
	}
	spec["backend"] = backend
	if paths, ok := wire["paths"]; ok {
		spec["paths"] = camelCase(paths)
	}
	return spec
}
