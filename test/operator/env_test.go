// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

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

func (w *world) annotate(ctx context.Context, obj client.Object, name, value string) {
	GinkgoHelper()
	patch := fmt.Sprintf(`{"metadata": {"annotations": {%q: %q}}}`, name, value)
	Expect(w.Patch(ctx, obj, client.RawPatch(types.MergePatchType, []byte(patch)), client.FieldOwner("kubectl-annotate"))).To(Succeed())
}

// applySamples applies all samples, and the Secrets and the like that they need.
func (w *world) applySamples(ctx context.Context, prepared func(client.Object) client.Object) {
	GinkgoHelper()
	w.apply(ctx, keySecret(simulator.DevelopmentKey))
	for _, one := range readSamples().other {
		w.apply(ctx, prepared(one.object()))
	}
	for _, one := range readSamples().own {
		obj := one.object()
		if project, ok := obj.(*v1alpha1.MeshProject); ok {
			project.Spec.RateLimit = &v1alpha1.RateLimit{RequestsPerSecond: 1000, Burst: 1000}
			w.apply(ctx, project)
			continue
		}
		w.apply(ctx, prepared(obj))
	}
}

// world is a namespace with a MeshAgent of its own, and whatever operators the test starts there.
type world struct {
	client.Client
	plane     *controlplane.ControlPlane
	namespace string
	meshagent *simulator.Simulator
	endpoint  string // where MeshAgent is for operators outside of this process
	newer     bool   // MeshAgent has members that the contract does not know, which updates send back
}

// newWorld makes a namespace, and a MeshAgent whose every request and answer is held against the contract.
func newWorld(ctx context.Context, options ...simulator.Option) *world {
	GinkgoHelper()
	return newWorldIn(ctx, plane, direct, options...)
}

// newWorldIn makes one in another control plane than that of the suite.
func newWorldIn(ctx context.Context, plane *controlplane.ControlPlane, direct client.Client, options ...simulator.Option) *world {
	GinkgoHelper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	Expect(direct.Create(ctx, namespace)).To(Succeed())
	w := &world{Client: direct, plane: plane, namespace: namespace.Name, meshagent: simulator.New(options...)}
	// The namespace stays: it goes with the control plane, and to delete one is by far the most costly thing that a test can ask of it.
	return w
}

// wire is the way from an operator to MeshAgent, past the contract's validator.
func (w *world) wire() http.RoundTripper {
	known := validator
	if w.newer {
		known = validator.Tolerant(w.meshagent.Unknown)
	}
	return known.Transport(w.meshagent, reportViolation)
}

// serve opens the same way to operators outside of this process.
func (w *world) serve() {
	server := httptest.NewServer(validator.Handler(w.meshagent, reportViolation))
	DeferCleanup(server.Close)
	w.endpoint = server.URL
}

func reportViolation(violation error) {
	defer GinkgoRecover()
	Fail("against the contract: "+violation.Error(), 1)
}

// apply creates objects in the world's namespace.
func (w *world) apply(ctx context.Context, objects ...client.Object) {
	GinkgoHelper()
	for _, obj := range objects {
		obj.SetNamespace(w.namespace)
		if project, ok := obj.(*v1alpha1.MeshProject); ok && w.endpoint != "" {
			project.Spec.Endpoint = w.endpoint
		}
		Expect(w.Create(ctx, obj)).To(Succeed())
	}
}

// project applies the MeshProject "default", and the Secret with its key.
func (w *world) project(ctx context.Context) *v1alpha1.MeshProject {
	GinkgoHelper()
	project := &v1alpha1.MeshProject{
		ObjectMeta: metav1.ObjectMeta{Name: v1alpha1.DefaultProject},
		Spec: v1alpha1.MeshProjectSpec{
			APIKeySecretRef: v1alpha1.SecretKeyReference{Name: "meshagent-api-key"},
			RateLimit:       &v1alpha1.RateLimit{RequestsPerSecond: 1000, Burst: 1000},
		},
	}
	w.apply(ctx, keySecret(simulator.DevelopmentKey), project)
	return project
}

// edit changes an object as a user does.
func (w *world) edit(ctx context.Context, obj client.Object, change func()) {
	GinkgoHelper()
	Eventually(func() error {
		if err := w.Get(ctx, client.ObjectKeyFromObject(obj), obj); err != nil {
			return err
		}
		change()
		return w.Update(ctx, obj)
	}).WithContext(ctx).Should(Succeed())
}
