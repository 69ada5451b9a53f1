// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/contract"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
)

// Scheme has the kinds of Kubernetes and of this project.
var Scheme = func() *runtime.Scheme {
	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(apiextensionsv1.AddToScheme(scheme))
	utilruntime.Must(v1alpha1.AddToScheme(scheme))
	return scheme
}()

// Validator checks requests to MeshAgent and its responses against the contract.
var Validator = sync.OnceValue(func() *contract.Validator {
	validator, err := contract.Load()
	utilruntime.Must(err)
	return validator
})

// Definitions is the folder of the CustomResourceDefinitions.
var Definitions = Path("config", "crd", "bases")

// Path returns a path in the repository. Every suite is two folders below its root.
func Path(elements ...string) string {
	return filepath.Join(append([]string{"..", ".."}, elements...)...)
}

// shared is what the specs of a suite share.
var shared struct {
	mu      sync.Mutex
	options controlplane.Options
	once    sync.Once
	plane   *controlplane.ControlPlane
	client  client.Client
	folder  string
}

// pollingInterval is long enough that polls are a small part of what the API server does.
const pollingInterval = 50 * time.Millisecond

// Run runs the specs of a package. All specs that need a control plane share one with these options
// and the CustomResourceDefinitions. It starts when the first spec asks for it.
func Run(t *testing.T, name string, options controlplane.Options) {
	t.Helper()
	RegisterFailHandler(Fail)
	format.TruncatedDiff = false             // show documents completely
	SetDefaultEventuallyTimeout(time.Minute) // enough for busy machines; passing specs do not wait
	SetDefaultEventuallyPollingInterval(pollingInterval)
	EnforceDefaultTimeoutsWhenUsingContexts()
	ctrl.SetLogger(zap.New(zap.WriteTo(CheckedWriter(GinkgoWriter)), zap.UseDevMode(true)))

	options.CRDPaths = append(options.CRDPaths, Definitions)
	shared.options = options
	AfterEach(expectNoLeaks)
	AfterSuite(func() {
		findSecretsInMetrics()
		expectNoLeaks()
		if shared.plane != nil {
			Expect(shared.plane.Stop()).To(Succeed())
		}
		if shared.folder != "" {
			Expect(os.RemoveAll(shared.folder)).To(Succeed())
		}
	})
	RunSpecs(t, name)
}

// Plane returns the control plane of the suite.
func Plane() *controlplane.ControlPlane {
	GinkgoHelper()
	shared.once.Do(func() {
		var err error
		// It outlives the spec that asks for it first.
		shared.plane, err = controlplane.Start(context.Background(), shared.options) //nolint:forbidigo // see above
		Expect(err).NotTo(HaveOccurred())
		shared.client, err = client.New(shared.plane.Config, client.Options{Scheme: Scheme})
		Expect(err).NotTo(HaveOccurred())
	})
	Expect(shared.client).NotTo(BeNil(), "the control plane did not start")
	return shared.plane
}

// SuiteFolder returns a folder that is removed when the suite ends.
func SuiteFolder() string {
	GinkgoHelper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.folder == "" {
		var err error
		shared.folder, err = os.MkdirTemp("", "meshagent-operator-suite-")
		Expect(err).NotTo(HaveOccurred())
	}
	return shared.folder
}

// Client returns a client of the suite's API server, as an administrator.
func Client() client.Client {
	GinkgoHelper()
	Plane()
	return shared.client
}
