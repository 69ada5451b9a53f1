// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Annotate sets an annotation, as kubectl annotate does.
func (w *Env) Annotate(ctx context.Context, obj client.Object, name, value string) {
	GinkgoHelper()
	patch := fmt.Sprintf(`{"metadata": {"annotations": {%q: %q}}}`, name, value)
	Expect(w.Patch(ctx, obj, client.RawPatch(types.MergePatchType, []byte(patch)), client.FieldOwner("kubectl-annotate"))).To(Succeed())
}

// ApplySamples applies all samples, and the other objects that they need, such as Secrets. A sample
// that prepared returns as nil is left out.
func (w *Env) ApplySamples(ctx context.Context, prepared func(client.Object) client.Object) {
	GinkgoHelper()
	w.CreateAll(ctx, APIKeySecret(simulator.DevelopmentKey))
	for _, one := range ReadSamples().Other {
		w.CreateAll(ctx, prepared(one.Fresh()))
	}
	for _, one := range ReadSamples().Own {
		obj := one.Fresh()
		if project, ok := obj.(*v1alpha1.MeshProject); ok {
			project.Spec.RateLimit = &v1alpha1.RateLimit{RequestsPerSecond: 1000, Burst: 1000}
			w.CreateAll(ctx, project)
			continue
		}
		if obj := prepared(obj); obj != nil {
			w.CreateAll(ctx, obj)
		}
	}
}

// Env is a namespace with a MeshAgent of its own, and the operators that the test starts there.
type Env struct {
	client.Client
	Plane     *controlplane.ControlPlane
	Namespace string
	MeshAgent *simulator.Simulator
	Endpoint  string // the URL of MeshAgent for operators outside of this process
	Newer     bool   // MeshAgent has members that the contract does not have, and updates send them back
}

// NewEnv creates a namespace, and a MeshAgent whose requests and responses are checked against the
// contract.
func NewEnv(ctx context.Context, options ...simulator.Option) *Env {
	GinkgoHelper()
	return NewEnvIn(ctx, Plane(), Client(), options...)
}

// NewEnvIn creates an environment in another control plane than the suite's.
func NewEnvIn(ctx context.Context, plane *controlplane.ControlPlane, direct client.Client, options ...simulator.Option) *Env {
	GinkgoHelper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	Expect(direct.Create(ctx, namespace)).To(Succeed())
	w := &Env{Client: direct, Plane: plane, Namespace: namespace.Name, MeshAgent: simulator.New(options...)}
	// The namespace stays until the control plane ends, because deleting a namespace is by far the
	// most expensive operation of a test.
	return w
}

// Transport connects an operator to MeshAgent through the contract's validator.
func (w *Env) Transport() http.RoundTripper {
	known := Validator()
	if w.Newer {
		known = Validator().Tolerant(w.MeshAgent.Unknown)
	}
	return known.Transport(w.MeshAgent, reportViolation)
}

// ServeMeshAgent serves the same connection to operators outside of this process.
func (w *Env) ServeMeshAgent() {
	server := httptest.NewServer(Validator().Handler(w.MeshAgent, reportViolation))
	DeferCleanup(server.Close)
	w.Endpoint = server.URL
}

func reportViolation(violation error) {
	defer GinkgoRecover()
	Fail("against the contract: "+violation.Error(), 1)
}

// CreateAll creates objects in the namespace.
func (w *Env) CreateAll(ctx context.Context, objects ...client.Object) {
	GinkgoHelper()
	for _, obj := range objects {
		obj.SetNamespace(w.Namespace)
		if project, ok := obj.(*v1alpha1.MeshProject); ok && w.Endpoint != "" {
			project.Spec.Endpoint = w.Endpoint
		}
		Expect(w.Create(ctx, obj)).To(Succeed())
	}
}

// ApplyProject applies the MeshProject "default", and the Secret with its key.
func (w *Env) ApplyProject(ctx context.Context) *v1alpha1.MeshProject {
	GinkgoHelper()
	project := &v1alpha1.MeshProject{
		ObjectMeta: metav1.ObjectMeta{Name: v1alpha1.DefaultProject},
		Spec: v1alpha1.MeshProjectSpec{
			APIKeySecretRef: v1alpha1.APIKeyReference{Name: "meshagent-api-key"},
			RateLimit:       &v1alpha1.RateLimit{RequestsPerSecond: 1000, Burst: 1000},
		},
	}
	w.CreateAll(ctx, APIKeySecret(simulator.DevelopmentKey), project)
	return project
}

// Edit changes an object as a user does.
func (w *Env) Edit(ctx context.Context, obj client.Object, change func()) {
	GinkgoHelper()
	Eventually(func() error {
		if err := w.Get(ctx, client.ObjectKeyFromObject(obj), obj); err != nil {
			return err
		}
		change()
		return w.Update(ctx, obj)
	}).WithContext(ctx).Should(Succeed())
}
