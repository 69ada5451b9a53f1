// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Each spec continues where the one before has ended.
var _ = Describe("The operator in a cluster", Ordered, func() {
	AfterEach(func(ctx SpecContext) {
		if CurrentSpecReport().Failed() {
			explain(ctx)
		}
	})

	It("is installed, becomes ready, and works", func(ctx SpecContext) {
		// The MeshProject waits for the Secret, and the upgrade below waits for the MeshProject.
		// The installation does not wait, because the MeshProject is a hook there.
		secret := &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: "meshagent-api-key"}, StringData: map[string]string{"apiKey": simulator.DevelopmentKey},
		}
		Expect(cluster.Create(ctx, secret)).To(Succeed())
		helm(ctx, append([]string{"install", release, chart, "--wait", "--timeout", "2m"}, values()...)...)
		count, restarts := ready(ctx)
		Expect(count).To(Equal(2))
		Expect(restarts).To(BeZero())
		works(ctx, "first")
	})

	It("is upgraded pod by pod, without an interruption", func(ctx SpecContext) {
		before := names(operators(ctx))
		// All supported kubelets start the new pods before the old ones end.
		watching, stop := context.WithCancel(ctx)
		least := make(chan int32)
		go func() { least <- leastAvailable(watching) }()
		helm(ctx, append([]string{"upgrade", release, chart, "--wait", "--timeout", "2m", "--set", "podAnnotations.upgraded=yes"}, values()...)...)
		stop()
		Expect(<-least).To(BeNumerically(">=", 1))
		for _, pod := range operators(ctx) {
			Expect(before).NotTo(ContainElement(pod.Name))
			Expect(pod.Annotations).To(HaveKeyWithValue("upgraded", "yes"))
		}
		works(ctx, "second")
	})

	It("continues when its leader is deleted", func(ctx SpecContext) {
		leader := leader(ctx)
		Expect(cluster.Delete(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: leader}})).To(Succeed())
		Eventually(holder).WithContext(ctx).WithArguments(ctx).ShouldNot(Or(BeEmpty(), Equal(leader)))
		works(ctx, "third")
		Eventually(func() int { count, _ := ready(ctx); return count }).WithContext(ctx).Should(Equal(2))
	})

	It("restarts when it loses its lease", func(ctx SpecContext) {
		leader := leader(ctx)
		// A leader that cannot renew its lease must end, so that there are never two leaders.
		lease := getLease(ctx)
		patch := client.MergeFrom(lease.DeepCopy())
		lease.Spec.HolderIdentity, lease.Spec.RenewTime = new("another-pod"), new(metav1.NowMicro())
		Expect(cluster.Patch(ctx, lease, patch)).To(Succeed())
		Eventually(func() int32 { _, restarts := ready(ctx); return restarts }).WithContext(ctx).Should(BeEquivalentTo(1), "%s led", leader)
		Eventually(holder).WithContext(ctx).WithArguments(ctx).Should(BeElementOf(names(operators(ctx))))
		works(ctx, "fourth")
		Eventually(func() int { count, _ := ready(ctx); return count }).WithContext(ctx).Should(Equal(2))
	})

	It("is uninstalled without losing anything, and no object is stuck", func(ctx SpecContext) {
		before := rooms(ctx)
		Expect(before).To(ConsistOf("first", "second", "third", "fourth"))
		helm(ctx, "uninstall", release, "--wait", "--timeout", "2m")
		Eventually(func() []corev1.Pod { return operators(ctx) }).WithContext(ctx).Should(BeEmpty())

		var kept v1alpha1.MeshRoomList
		Expect(cluster.List(ctx, &kept, client.InNamespace(team))).To(Succeed())
		Expect(kept.Items).To(HaveLen(len(before)))
		for _, room := range kept.Items {
			Expect(room.Finalizers).To(BeEmpty())
		}
		var project v1alpha1.MeshProject
		Expect(cluster.Get(ctx, client.ObjectKey{Namespace: team, Name: v1alpha1.DefaultProject}, &project)).To(Succeed())
		Expect(project.Finalizers).To(BeEmpty())
		Expect(cluster.DeleteAllOf(ctx, &v1alpha1.MeshRoom{}, client.InNamespace(team))).To(Succeed())
		Expect(cluster.List(ctx, &kept, client.InNamespace(team))).To(Succeed())
		Expect(kept.Items).To(BeEmpty())
		Expect(rooms(ctx)).To(ConsistOf(before))
	})
})

// values are the values of the release.
func values() []string {
	repository, tag := image("E2E_IMAGE")
	return []string{
		"--set", "replicas=2,image.repository=" + repository,
		"--set-string", "image.tag=" + tag,
		"--set", "projects[0].name=default,projects[0].namespace=" + team + ",projects[0].spec.apiKeySecretRef.name=meshagent-api-key,projects[0].spec.endpoint=" + endpoint + ",allowedEndpoints[0]=" + endpoint,
	}
}

// works declares a room and waits until MeshAgent has it.
func works(ctx context.Context, name string) {
	GinkgoHelper()
	room := &v1alpha1.MeshRoom{ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: name}}
	Expect(cluster.Create(ctx, room)).To(Succeed())
	Eventually(func() []metav1.Condition {
		Expect(cluster.Get(ctx, client.ObjectKeyFromObject(room), room)).To(Succeed())
		return room.Status.Conditions
	}).WithContext(ctx).Should(ContainElement(And(HaveField("Type", v1alpha1.ConditionReady), HaveField("Status", metav1.ConditionTrue))))
	Expect(rooms(ctx)).To(ContainElement(name))
}

func names(pods []corev1.Pod) []string {
	var names []string
	for _, pod := range pods {
		names = append(names, pod.Name)
	}
	return names
}

func getLease(ctx context.Context) *coordinationv1.Lease {
	GinkgoHelper()
	lease := &coordinationv1.Lease{}
	Expect(cluster.Get(ctx, types.NamespacedName{Namespace: namespace, Name: release}, lease)).To(Succeed())
	return lease
}

// holder returns the pod that has the lease, or "".
func holder(ctx context.Context) string {
	GinkgoHelper()
	identity := getLease(ctx).Spec.HolderIdentity
	if identity == nil {
		return ""
	}
	pod, _, _ := strings.Cut(*identity, "_")
	return pod
}

// leader waits until one of the pods is the leader.
func leader(ctx context.Context) string {
	GinkgoHelper()
	Eventually(holder).WithContext(ctx).WithArguments(ctx).Should(BeElementOf(names(operators(ctx))))
	return holder(ctx)
}

// leastAvailable watches the Deployment until the context ends, and returns the smallest number of
// available pods.
func leastAvailable(ctx context.Context) int32 {
	least := int32(100)
	for ctx.Err() == nil {
		var deployment appsv1.Deployment
		if cluster.Get(ctx, types.NamespacedName{Namespace: namespace, Name: release}, &deployment) == nil {
			least = min(least, deployment.Status.AvailableReplicas)
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	return least
}
