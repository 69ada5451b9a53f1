// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/contract"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var (
	plane     *controlplane.ControlPlane
	direct    client.Client // to the API server, as an administrator
	scheme    = runtime.NewScheme()
	validator *contract.Validator
)

func TestController(t *testing.T) {
	t.Parallel()
	RegisterFailHandler(Fail)
	format.TruncatedDiff = false             // of documents, all of it is wanted
	SetDefaultEventuallyTimeout(time.Minute) // machines are shared; what passes does not wait
	SetDefaultEventuallyPollingInterval(20 * time.Millisecond)
	EnforceDefaultTimeoutsWhenUsingContexts()
	RunSpecs(t, "Controllers")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	ctrl.SetLogger(zap.New(zap.WriteTo(watched{GinkgoWriter}), zap.UseDevMode(true)))
	Expect(clientgoscheme.AddToScheme(scheme)).To(Succeed())
	Expect(apiextensionsv1.AddToScheme(scheme)).To(Succeed())
	Expect(v1alpha1.AddToScheme(scheme)).To(Succeed())
	var err error
	validator, err = contract.Load()
	Expect(err).NotTo(HaveOccurred())
	plane, err = controlplane.Start(ctx, controlplane.Options{
		CRDPaths:          append(prometheusDefinitions(ctx), filepath.Join("..", "..", "config", "crd", "bases")),
		ControllerManager: true, // namespaces are deleted for real
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() { Expect(plane.Stop()).To(Succeed()) })
	direct, err = client.New(plane.Config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
})

// prometheusDefinitions are the definitions of what the chart gives to the Prometheus operator, from that project's own module.
func prometheusDefinitions(ctx context.Context) []string {
	GinkgoHelper()
	const module = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
	out, err := exec.CommandContext(ctx, "go", "mod", "download", "-json", module).Output()
	Expect(err).NotTo(HaveOccurred(), "%s", out)
	var downloaded struct{ Dir string }
	Expect(json.Unmarshal(out, &downloaded)).To(Succeed())
	var files []string
	for _, kind := range []string{"servicemonitors", "prometheusrules"} {
		files = append(files, filepath.Join(downloaded.Dir, "example", "prometheus-operator-crd", "monitoring.coreos.com_"+kind+".yaml"))
	}
	return files
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

func keySecret(key string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "meshagent-api-key"}, StringData: map[string]string{"apiKey": key}}
}

// room makes a MeshRoom.
func room(name string, change ...func(*v1alpha1.MeshRoom)) *v1alpha1.MeshRoom {
	made := &v1alpha1.MeshRoom{ObjectMeta: metav1.ObjectMeta{Name: name}}
	for _, change := range change {
		change(made)
	}
	return made
}

// withMetadata gives a MeshRoom metadata.
func withMetadata(text string) func(*v1alpha1.MeshRoom) {
	return func(room *v1alpha1.MeshRoom) { room.Spec.Metadata = &runtime.RawExtension{Raw: []byte(text)} }
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
