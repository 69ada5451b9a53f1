// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"fmt"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// What is looked for is in leaks_test.go, and so is where.
var _ = It("A refusal that repeats the request leaks no secret", func(ctx SpecContext) {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
	w.ApplyProject(ctx)
	source := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s"}, StringData: map[string]string{"K": "first-c4n4ry"}}
	secret := &v1alpha1.MeshSecret{ObjectMeta: metav1.ObjectMeta{Name: "s"}, Spec: v1alpha1.MeshSecretSpec{SecretRef: v1alpha1.LocalObjectReference{Name: "s"}}}
	agent := service("a", func(spec *v1alpha1.MeshServiceSpec) {
		spec.Container.Image = "i"
		spec.Ports = []v1alpha1.ServicePort{{Num: new(intstr.FromInt32(1)), Endpoints: []v1alpha1.ServiceEndpoint{{
			Path: "/", MCP: &v1alpha1.MCPEndpoint{Label: "l", OAuth: &v1alpha1.OAuthClientConfig{ClientID: "c"}},
		}}}}
	})
	w.CreateAll(ctx, source, secret, agent)
	w.ExpectReady(ctx, secret, agent)
	w.MeshAgent.Edit("services", agent.Status.ID, func(doc map[string]any) {
		endpoint := doc["ports"].([]any)[0].(map[string]any)["endpoints"].([]any)[0].(map[string]any)
		endpoint["mcp"].(map[string]any)["oauth"].(map[string]any)["client_secret"] = "c4n4ry"
	})

	refused := func(obj client.Object, want string) {
		GinkgoHelper()
		Eventually(w.State(ctx, obj)).WithContext(ctx).Should(And(ContainSubstring("Synced=False"), ContainSubstring(want)))
	}
	for _, status := range []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict} {
		By(fmt.Sprint(status))
		end := w.MeshAgent.Inject(simulator.Fault{Method: http.MethodPut, Status: status, Body: "no", Echo: true})
		w.Edit(ctx, source, func() { source.StringData = map[string]string{"K": fmt.Sprintf("%d-c4n4ry", status)} })
		w.Edit(ctx, agent, func() { agent.Spec.Ports[0].Liveness = fmt.Sprintf("/%d", status) })
		hidden := "MeshAgent's words are not shown"
		change := hidden
		if status == http.StatusConflict {
			change = "another resource has the name" // these words are the operator's own
		}
		refused(secret, change)
		refused(agent, change)

		created := secret.DeepCopy()
		created.ObjectMeta = metav1.ObjectMeta{Name: fmt.Sprintf("s-%d", status)}
		endCreate := w.MeshAgent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/secrets$", Status: status, Body: "no", Echo: true})
		w.CreateAll(ctx, created)
		refused(created, hidden)
		end()
		endCreate()
		w.ExpectReady(ctx, secret, agent, created)
	}
})
