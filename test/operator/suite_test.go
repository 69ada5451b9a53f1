// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/contract"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
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
