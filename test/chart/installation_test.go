// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"context"
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// installation is a release of the chart.
type installation struct {
	*node
	name, namespace string
	account         string // the name of the ServiceAccount, and of all other objects
}

// installation creates a namespace for a release, with the strictest Pod Security level.
func (n *node) installation(ctx context.Context, name, namespace string) installation {
	GinkgoHelper()
	Expect(n.cluster.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace, Labels: restricted}})).To(Succeed())
	i := installation{n, name, namespace, name}
	if name != "meshagent-operator" {
		i.account += "-meshagent-operator"
	}
	return i
}

func (i installation) helm(ctx context.Context, args ...string) string {
	GinkgoHelper()
	out, err := harness.Helm(ctx, i.plane.KubeconfigPath, append(args, "--namespace", i.namespace)...)
	// Users install with --wait, which waits for new kinds, too. Here it would wait for the Deployment
	// without end, because there is no kubelet, so a busy API server may not serve the kind yet.
	for args[0] == "install" && err != nil && strings.Contains(out, `no matches for kind "MeshProject"`) {
		again := append([]string{"upgrade", "--install"}, args[1:]...)
		out, err = harness.Helm(ctx, i.plane.KubeconfigPath, append(again, "--namespace", i.namespace)...)
	}
	Expect(err).NotTo(HaveOccurred(), out)
	return out
}

// manifest returns all objects that Helm has installed, and the hooks that it will install.
func (i installation) manifest(ctx context.Context) []*unstructured.Unstructured {
	GinkgoHelper()
	return harness.ParseObjects(i.helm(ctx, "get", "manifest", i.name))
}

func (i installation) hooks(ctx context.Context) []*unstructured.Unstructured {
	GinkgoHelper()
	return harness.ParseObjects(i.helm(ctx, "get", "hooks", i.name))
}

// isWhole checks that every object of the release exists, and that the API server accepts its pods.
func (i installation) isWhole(ctx context.Context) {
	GinkgoHelper()
	objects := i.manifest(ctx)
	Expect(objects).NotTo(BeEmpty())
	for _, obj := range objects {
		Expect(i.cluster.Get(ctx, client.ObjectKeyFromObject(obj), obj)).To(Succeed(), "%s %s", obj.GetKind(), obj.GetName())
	}
	for _, template := range []corev1.PodTemplateSpec{i.deployment(ctx).Spec.Template, i.job(ctx).Spec.Template} {
		pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
		pod.GenerateName, pod.Namespace = i.name, i.namespace
		Expect(i.cluster.Create(ctx, pod, client.DryRunAll)).To(Succeed())
	}
}

func (i installation) deployment(ctx context.Context) *appsv1.Deployment {
	GinkgoHelper()
	var deployment appsv1.Deployment
	Expect(i.cluster.Get(ctx, client.ObjectKey{Namespace: i.namespace, Name: i.account}, &deployment)).To(Succeed())
	return &deployment
}

// job returns the hook of the uninstallation.
func (i installation) job(ctx context.Context) *batchv1.Job {
	GinkgoHelper()
	for _, obj := range i.hooks(ctx) {
		if obj.GetKind() == "Job" {
			return harness.As[batchv1.Job](obj)
		}
	}
	Fail("there is no Job among the hooks")
	return nil
}

// replicas runs the pods of the Deployment, and waits until their probes succeed.
func (i installation) replicas(ctx context.Context) []*pod {
	GinkgoHelper()
	deployment := i.deployment(ctx)
	var replicas []*pod
	for range *deployment.Spec.Replicas {
		replicas = append(replicas, i.run(ctx, i.namespace, deployment.Spec.Template))
	}
	for _, p := range replicas {
		for _, probe := range []*corev1.Probe{p.spec.LivenessProbe, p.spec.ReadinessProbe} {
			url := "http://" + p.address(probe.HTTPGet.Port) + probe.HTTPGet.Path
			Eventually(func() int { status, _ := get(ctx, url, ""); return status }).WithContext(ctx).Should(Equal(http.StatusOK), url)
		}
	}
	return replicas
}

// uninstall lets Helm uninstall the release, simulates Kubernetes meanwhile, and checks what is
// left.
func (i installation) uninstall(ctx context.Context, running ...*pod) {
	GinkgoHelper()
	objects := i.manifest(ctx)
	ended := make(chan struct{})
	go func() {
		defer GinkgoRecover()
		defer close(ended)
		i.runHook(ctx, running)
	}()
	i.helm(ctx, "uninstall", i.name)
	<-ended
	for _, obj := range objects {
		err := i.cluster.Get(ctx, client.ObjectKeyFromObject(obj), obj)
		if slices.Contains([]string{"CustomResourceDefinition", "MeshProject"}, obj.GetKind()) {
			Expect(err).NotTo(HaveOccurred(), obj.GetName())
		} else {
			Expect(apierrors.IsNotFound(err)).To(BeTrue(), "%s %s is still there: %v", obj.GetKind(), obj.GetName(), err)
		}
	}
}

// runHook simulates the controllers of the Job and the Deployment, and the kubelet of their pods.
func (i installation) runHook(ctx context.Context, running []*pod) {
	GinkgoHelper()
	var job batchv1.Job
	key := client.ObjectKey{Namespace: i.namespace, Name: i.account + "-uninstall"}
	Eventually(func() error { return i.cluster.Get(ctx, key, &job) }).WithContext(ctx).Should(Succeed())
	hook := i.run(ctx, i.namespace, job.Spec.Template)
	Eventually(func() int32 { return *i.deployment(ctx).Spec.Replicas }).WithContext(ctx).Should(BeZero())
	for _, p := range running {
		Expect(p.terminate()).To(Equal(0))
	}
	Expect(hook.ExitCode()).To(Equal(0))
	job.Status = completed()
	Expect(i.cluster.Status().Update(ctx, &job)).To(Succeed())
}

// firstColumn returns the first column of MeshRooms in the cluster.
func (i installation) firstColumn(ctx context.Context) string {
	GinkgoHelper()
	var crd apiextensionsv1.CustomResourceDefinition
	Expect(i.cluster.Get(ctx, client.ObjectKey{Name: "meshrooms.meshagent.com"}, &crd)).To(Succeed())
	return crd.Spec.Versions[0].AdditionalPrinterColumns[0].Name
}

// keepsProject checks that the MeshProject of the release exists and is not being deleted.
func (i installation) keepsProject(ctx context.Context, w *harness.Env) {
	GinkgoHelper()
	var project v1alpha1.MeshProject
	Expect(i.cluster.Get(ctx, client.ObjectKey{Namespace: w.Namespace, Name: v1alpha1.DefaultProject}, &project)).To(Succeed())
	Expect(project.DeletionTimestamp).To(BeNil())
}

// project creates the Secret with the API key for the MeshProject of the release, and a room in it.
func (i installation) project(ctx context.Context, w *harness.Env) *v1alpha1.MeshRoom {
	GinkgoHelper()
	kept := harness.Room("kept", harness.WithMetadata(`{"team": "support"}`))
	w.CreateAll(ctx, harness.APIKeySecret(simulator.DevelopmentKey), kept)
	return kept
}

// completed is the status of a Job whose pod has succeeded.
func completed() batchv1.JobStatus {
	now := metav1.Now()
	return batchv1.JobStatus{
		StartTime: &now, CompletionTime: &now, Succeeded: 1,
		Conditions: []batchv1.JobCondition{
			{Type: batchv1.JobSuccessCriteriaMet, Status: corev1.ConditionTrue, LastTransitionTime: now},
			{Type: batchv1.JobComplete, Status: corev1.ConditionTrue, LastTransitionTime: now},
		},
	}
}
