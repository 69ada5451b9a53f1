// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// endpoint is the URL of the simulated MeshAgent for the operator.
const endpoint = "http://simulator." + mesh + ".svc:8080"

// startMeshAgent runs the simulator in the cluster.
func startMeshAgent(ctx context.Context) {
	GinkgoHelper()
	repository, tag := image("E2E_SIMULATOR_IMAGE")
	labels := map[string]string{"app": "simulator"}
	meta := metav1.ObjectMeta{Namespace: mesh, Name: "simulator"}
	deployment := &appsv1.Deployment{
		ObjectMeta: meta,
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					SecurityContext: &corev1.PodSecurityContext{
						RunAsNonRoot: new(true), RunAsUser: new(int64(65532)), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
					},
					Containers: []corev1.Container{{
						Name: "simulator", Image: repository + ":" + tag, Args: []string{"--listen", ":8080"},
						ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/_simulator/", Port: intstr.FromInt32(8080)}}, PeriodSeconds: 1},
						SecurityContext: &corev1.SecurityContext{
							AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
						},
					}},
				},
			},
		},
	}
	service := &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{Selector: labels, Ports: []corev1.ServicePort{{Port: 8080}}}}
	for _, obj := range []client.Object{deployment, service} {
		Expect(cluster.Create(ctx, obj)).To(Succeed())
	}
	Eventually(func() int32 {
		Expect(cluster.Get(ctx, client.ObjectKeyFromObject(deployment), deployment)).To(Succeed())
		return deployment.Status.AvailableReplicas
	}).WithContext(ctx).Should(BeEquivalentTo(1))
}
