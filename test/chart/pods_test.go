// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/hack/child"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
)

// node simulates a kubelet. It runs pods of the operator's image as processes of this machine, with
// the arguments, the environment and the ServiceAccount of their containers. So the processes have
// exactly the permissions that RBAC grants.
type node struct {
	plane   *controlplane.ControlPlane
	cluster client.Client
}

// manager returns the operator's binary, which is built once.
var manager = sync.OnceValue(func() string {
	GinkgoHelper()
	path := filepath.Join(harness.SuiteFolder(), "manager")
	out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, harness.Path()).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), "%s", out)
	return path
})

// pod is a running pod.
type pod struct {
	*child.Process
	ports map[string]string // the addresses of the container's ports by name
	spec  corev1.Container
}

// run starts a pod.
func (n *node) run(ctx context.Context, namespace string, template corev1.PodTemplateSpec) *pod {
	GinkgoHelper()
	Expect(template.Spec.Containers).To(HaveLen(1))
	p := &pod{ports: map[string]string{}, spec: template.Spec.Containers[0]}
	Expect(p.spec.Command).To(BeEmpty(), "the image says what runs")
	args := append([]string(nil), p.spec.Args...)
	for _, port := range p.spec.Ports {
		p.ports[port.Name] = freeAddress(ctx)
		for i := range args {
			// Each pod would have its own network, but these processes share one.
			if before, ok := strings.CutSuffix(args[i], fmt.Sprintf("=:%d", port.ContainerPort)); ok {
				args[i] = before + "=" + p.ports[port.Name]
			}
		}
	}
	command := exec.Command(manager(), args...) //nolint:noctx // it outlives the node that starts it
	command.Env = []string{"KUBECONFIG=" + n.kubeconfig(ctx, namespace, template.Spec.ServiceAccountName)}
	for _, variable := range p.spec.Env {
		command.Env = append(command.Env, variable.Name+"="+variable.Value)
	}
	log := harness.CheckedWriter(GinkgoWriter)
	command.Stdout, command.Stderr = log, log
	var err error
	p.Process, err = child.StartCommand(command)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(p.Kill) // as if its node were lost
	return p
}

// terminate ends a pod as a kubelet does, and returns its exit code.
func (p *pod) terminate() int {
	p.Terminate()
	return p.ExitCode()
}

// address is the address of a pod's port on this machine. port is a name or a number, as in probes
// and Services.
func (p *pod) address(port intstr.IntOrString) string {
	GinkgoHelper()
	Expect(p.ports).To(HaveKey(port.String()))
	return p.ports[port.String()]
}

func freeAddress(ctx context.Context) string {
	GinkgoHelper()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// token creates a token of a ServiceAccount, as a kubelet does for its pods.
func (n *node) token(ctx context.Context, namespace, account string) string {
	GinkgoHelper()
	request := &authenticationv1.TokenRequest{}
	owner := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: account}}
	Expect(n.cluster.SubResource("token").Create(ctx, owner, request)).To(Succeed())
	return request.Status.Token
}

// kubeconfig writes a kubeconfig with a token of a ServiceAccount.
func (n *node) kubeconfig(ctx context.Context, namespace, account string) string {
	GinkgoHelper()
	file := filepath.Join(GinkgoT().TempDir(), account)
	config := clientcmdapi.NewConfig()
	config.Clusters["here"] = &clientcmdapi.Cluster{Server: n.plane.Config.Host, CertificateAuthorityData: n.authority()}
	config.AuthInfos["here"] = &clientcmdapi.AuthInfo{Token: n.token(ctx, namespace, account)}
	config.Contexts["here"] = &clientcmdapi.Context{Cluster: "here", AuthInfo: "here", Namespace: namespace}
	config.CurrentContext = "here"
	Expect(clientcmd.WriteToFile(*config, file)).To(Succeed())
	return file
}

func (n *node) authority() []byte {
	GinkgoHelper()
	config := rest.CopyConfig(n.plane.Config)
	Expect(rest.LoadTLSFiles(config)).To(Succeed())
	Expect(config.CAData).NotTo(BeEmpty())
	return config.CAData
}
