// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
)

// These need a control plane of their own: they break it for all who are in it.
var _ = Describe("A cluster", Ordered, func() {
	var plane *controlplane.ControlPlane
	var direct client.Client
	BeforeAll(func(ctx SpecContext) {
		var err error
		plane, err = controlplane.Start(ctx, controlplane.Options{CRDPaths: []string{harness.Definitions}})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() { Expect(plane.Stop()).To(Succeed()) })
		Expect(apiextensionsv1.AddToScheme(harness.Scheme)).To(Succeed())
		direct, err = client.New(plane.Config, client.Options{Scheme: harness.Scheme})
		Expect(err).NotTo(HaveOccurred())
	})

	It("whose API server is killed and started again loses nothing", func(ctx SpecContext) {
		w := harness.NewEnvIn(ctx, plane, direct)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		project := w.ApplyProject(ctx)
		rooms := w.ApplyRooms(ctx, 3)
		w.MeshAgent.ResetCalls()
		Expect(plane.RestartAPIServer(ctx)).To(Succeed())
		mine := rooms[0].(*v1alpha1.MeshRoom)
		w.Edit(ctx, mine, func() { mine.Spec.Metadata = &runtime.RawExtension{Raw: []byte(`{"team": "care"}`)} })
		late := harness.Room("late")
		w.CreateAll(ctx, late)
		w.ExpectReady(ctx, append(rooms, late)...)
		Expect(w.Writes()).To(ConsistOf("PUT rooms/"+mine.Status.ID, "POST rooms"))
		vacate(ctx, w, append(rooms, late, project)...)
	})

	It("from which the CustomResourceDefinitions are removed, with a deletionGuard, keeps what they declared until a user allows the deletions", func(ctx SpecContext) {
		w := harness.NewEnvIn(ctx, plane, direct)
		operator := w.StartOperator(harness.OperatorOptions{})
		project := w.ApplyProject(ctx)
		w.Edit(ctx, project, func() { project.Spec.DeletionGuard = &v1alpha1.DeletionGuard{MaxPerHour: new(int32(0))} })
		w.ExpectReady(ctx, project)
		w.ApplyRooms(ctx, 3)
		removeDefinitions(ctx, w)
		w.ExpectHeldRooms(ctx, 3)
		Eventually(w.State(ctx, project)).WithContext(ctx).Should(And(ContainSubstring("InUse"), ContainSubstring("DeletionsHeld=True DeletionHeld: ")))
		Expect(project.DeletionTimestamp).NotTo(BeNil())
		Expect(definitions(ctx, w)()).To(ConsistOf("meshprojects.meshagent.com", "meshrooms.meshagent.com"))

		By("being released")
		w.Annotate(ctx, project, v1alpha1.AllowDeletionsUntilAnnotation, time.Now().Add(time.Hour).Format(time.RFC3339))
		Eventually(definitions(ctx, w)).WithContext(ctx).Should(BeEmpty())
		Expect(w.MeshAgent.Documents("rooms")).To(BeEmpty())
		Expect(operator.DeletionsHeld()).To(BeEmpty())

		By("going on when they are back")
		reinstall(plane)
		late := harness.Room("late")
		again := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Name: v1alpha1.DefaultProject}, Spec: v1alpha1.MeshProjectSpec{APIKeySecretRef: project.Spec.APIKeySecretRef}}
		w.CreateAll(ctx, again, late)
		w.ExpectReady(ctx, late)
		vacate(ctx, w, late, again)
	}, SpecTimeout(10*time.Minute))
})

func reinstall(plane *controlplane.ControlPlane) {
	GinkgoHelper()
	_, err := envtest.InstallCRDs(plane.Config, envtest.CRDInstallOptions{Paths: []string{harness.Definitions}})
	Expect(err).NotTo(HaveOccurred())
}

// definitions are the names of our CustomResourceDefinitions.
func definitions(ctx context.Context, w *harness.Env) func() ([]string, error) {
	return func() ([]string, error) {
		var list apiextensionsv1.CustomResourceDefinitionList
		err := w.List(ctx, &list)
		var names []string
		for _, one := range list.Items {
			names = append(names, one.Name)
		}
		return names, err
	}
}

// removeDefinitions deletes all our CustomResourceDefinitions, as uninstalling with them does, and
// waits until those without objects are gone.
func removeDefinitions(ctx context.Context, w *harness.Env) {
	GinkgoHelper()
	names, err := definitions(ctx, w)()
	Expect(err).NotTo(HaveOccurred())
	for _, name := range names {
		Expect(w.Delete(ctx, &apiextensionsv1.CustomResourceDefinition{ObjectMeta: metav1.ObjectMeta{Name: name}})).To(Succeed())
	}
	Eventually(definitions(ctx, w)).WithContext(ctx).Should(HaveLen(2))
}

// vacate deletes objects. While one is left, its definition could not be removed.
func vacate(ctx context.Context, w *harness.Env, objects ...client.Object) {
	GinkgoHelper()
	for _, obj := range objects {
		Expect(w.Delete(ctx, obj)).To(Succeed())
	}
	w.ExpectGone(ctx, objects...)
}
