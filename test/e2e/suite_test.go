// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

//go:build e2e

// Package e2e installs the chart in a cluster with nodes and watches real pods: make test-e2e.
// KUBECONFIG names the cluster. It must have the images of E2E_IMAGE and E2E_SIMULATOR_IMAGE, and
// nothing of this project.
package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Names in the cluster.
const (
	release   = "meshagent-operator"
	namespace = "meshagent-system"
	team      = "team"      // where objects are declared
	mesh      = "meshagent" // the namespace of the simulated MeshAgent
)

var (
	chart     = filepath.Join("..", "..", "charts", "meshagent-operator")
	cluster   client.Client
	clientset *kubernetes.Clientset
)

func TestE2E(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(2 * time.Minute)
	SetDefaultEventuallyPollingInterval(200 * time.Millisecond)
	EnforceDefaultTimeoutsWhenUsingContexts()
	RunSpecs(t, "End to end")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	ctrl.SetLogger(zap.New(zap.WriteTo(GinkgoWriter)))
	scheme := runtime.NewScheme()
	Expect(clientgoscheme.AddToScheme(scheme)).To(Succeed())
	Expect(apiextensionsv1.AddToScheme(scheme)).To(Succeed())
	Expect(v1alpha1.AddToScheme(scheme)).To(Succeed())
	config, err := ctrl.GetConfig()
	Expect(err).NotTo(HaveOccurred(), "set KUBECONFIG")
	cluster, err = client.New(config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
	clientset, err = kubernetes.NewForConfig(config)
	Expect(err).NotTo(HaveOccurred())
	for _, name := range []string{namespace, team, mesh} {
		made := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}}}
		Expect(cluster.Create(ctx, made)).To(Succeed(), "the cluster must have nothing of ours")
		DeferCleanup(func(ctx SpecContext) {
			Expect(cluster.Delete(ctx, made)).To(Succeed())
			Eventually(func() error { return cluster.Get(ctx, client.ObjectKeyFromObject(made), made) }).WithContext(ctx).ShouldNot(Succeed())
		})
	}
	startMeshAgent(ctx)
	DeferCleanup(func(ctx SpecContext) {
		helm(ctx, "uninstall", release, "--ignore-not-found", "--wait", "--timeout", "2m")
		var crds apiextensionsv1.CustomResourceDefinitionList // Helm does not delete them
		Expect(cluster.List(ctx, &crds)).To(Succeed())
		for i := range crds.Items {
			if crds.Items[i].Spec.Group == v1alpha1.GroupVersion.Group {
				Expect(cluster.Delete(ctx, &crds.Items[i])).To(Succeed())
			}
		}
	})
})

// image splits the image in an environment variable.
func image(variable string) (repository, tag string) {
	GinkgoHelper()
	repository, tag, found := strings.Cut(os.Getenv(variable), ":")
	Expect(found).To(BeTrue(), "%s must be an image with a tag, not %q", variable, os.Getenv(variable))
	return repository, tag
}

// helm runs the version of Helm that hack/tools pins.
func helm(ctx context.Context, args ...string) {
	GinkgoHelper()
	args = append([]string{"tool", "-modfile=" + filepath.Join("..", "..", "hack", "tools", "go.mod"), "helm", "--namespace", namespace}, args...)
	out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
	GinkgoWriter.Printf("%s\n%s\n", strings.Join(args, " "), out)
	Expect(err).NotTo(HaveOccurred(), "%s", out)
}

// rooms returns the rooms of the simulated MeshAgent, from its page.
func rooms(ctx context.Context) (names []string) {
	GinkgoHelper()
	raw, err := clientset.CoreV1().RESTClient().Get().Namespace(mesh).Resource("services").Name("simulator:8080").
		SubResource("proxy").Suffix("_simulator/state.json").DoRaw(ctx)
	Expect(err).NotTo(HaveOccurred(), "%s", raw)
	var state simulator.Overview
	Expect(json.Unmarshal(raw, &state)).To(Succeed())
	for _, collection := range state.Collections {
		if strings.HasSuffix(collection.Path, "rooms") {
			for _, row := range collection.Rows {
				names = append(names, row.Name)
			}
		}
	}
	return names
}

// operators returns the operator's pods that are not terminating.
func operators(ctx context.Context) []corev1.Pod {
	GinkgoHelper()
	var all corev1.PodList
	Expect(cluster.List(ctx, &all, client.InNamespace(namespace), client.MatchingLabels{"app.kubernetes.io/name": release})).To(Succeed())
	var alive []corev1.Pod
	for _, pod := range all.Items {
		if pod.DeletionTimestamp.IsZero() {
			alive = append(alive, pod)
		}
	}
	return alive
}

// ready returns how many of the operator's pods are ready, and how many times their containers
// restarted.
func ready(ctx context.Context) (count int, restarts int32) {
	GinkgoHelper()
	for _, pod := range operators(ctx) {
		for _, container := range pod.Status.ContainerStatuses {
			restarts += container.RestartCount
			if container.Ready {
				count++
			}
		}
	}
	return count, restarts
}

// explain reports the logs of the operator's pods if a test fails.
func explain(ctx context.Context) {
	for _, pod := range operators(ctx) {
		text, err := clientset.CoreV1().Pods(namespace).GetLogs(pod.Name, &corev1.PodLogOptions{TailLines: new(int64(40))}).DoRaw(ctx)
		AddReportEntry(fmt.Sprintf("log of %s (%v)", pod.Name, err), string(text))
	}
}
