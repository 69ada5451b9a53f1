// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Helm installs the chart in a new cluster, and the operator runs as the chart says, with the
// permissions of its ServiceAccount.
var _ = Describe("Installed by Helm", Ordered, func() {
	var here *node
	var record audit

	BeforeAll(func(ctx SpecContext) {
		var flags map[string][]string
		record, flags = newAudit()
		fresh, err := controlplane.Start(ctx, controlplane.Options{ControllerManager: true, KubeAPIServerFlags: flags})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() { Expect(fresh.Stop()).To(Succeed()) })
		cluster, err := client.New(fresh.Config, client.Options{Scheme: harness.Scheme})
		Expect(err).NotTo(HaveOccurred())
		here = &node{plane: fresh, cluster: cluster}
	})

	It("works for all namespaces, is upgraded, fails over and is uninstalled, and leaves MeshAgent unchanged", func(ctx SpecContext) {
		w := here.world(ctx)
		release := here.installation(ctx, "meshagent-operator", "meshagent-system")
		values := []string{
			"--set", "replicas=2,driftInterval=1s,projects[0].name=default,projects[0].namespace=" + w.Namespace +
				",projects[0].spec.apiKeySecretRef.name=meshagent-api-key,projects[0].spec.endpoint=" + w.Endpoint + ",allowedEndpoints[0]=*",
		}

		By("installing an older version")
		out := release.helm(ctx, append([]string{"install", release.name, olderChart(), "--set-string", withoutStreams}, values...)...)
		Expect(out).NotTo(ContainSubstring("violate PodSecurity"))
		release.isWhole(ctx)
		Expect(release.firstColumn(ctx)).To(Equal(olderColumn))
		kept := release.project(ctx, w)
		before := release.replicas(ctx)
		w.ExpectReady(ctx, kept)

		By("walking all samples through their lives")
		harness.InParallel(harness.Samples(), func(s harness.Sample) { livesAsInstalled(ctx, here.world(ctx), s) })

		By("serving metrics to users with permission")
		release.servesMetrics(ctx, before[0])
		release.countsOnce(ctx, before)

		By("upgrading to this version")
		documents := w.Held()
		w.MeshAgent.ResetCalls()
		release.helm(ctx, append([]string{"upgrade", release.name, harness.Chart}, values...)...)
		release.isWhole(ctx)
		Expect(release.firstColumn(ctx)).To(Equal("Room"), "the CustomResourceDefinitions are upgraded")
		after := release.replicas(ctx)
		for _, p := range before {
			Expect(p.terminate()).To(Equal(0))
		}

		By("losing the leader")
		leader, standby := release.leader(ctx, after)
		leader.Kill() // its lease expires meanwhile

		By("rolling back to the first revision, in which the MeshProject was a hook, and upgrading again")
		release.helm(ctx, "rollback", release.name, "1")
		Expect(release.firstColumn(ctx)).To(Equal(olderColumn))
		release.keepsProject(ctx, w)
		release.helm(ctx, append([]string{"upgrade", release.name, harness.Chart}, values...)...)
		release.keepsProject(ctx, w)

		By("waiting for the other replica to lead")
		Eventually(func() bool { return release.leads(ctx, standby) }).WithContext(ctx).Should(BeTrue())
		w.RequestReconcile(ctx, kept)
		Expect(w.Held()).To(Equal(documents))
		Expect(w.Writes()).To(BeEmpty(), "neither the upgrade nor the new leader repeats a write")

		By("uninstalling it while a deletion is under way")
		doomed := harness.Room("doomed")
		w.CreateAll(ctx, doomed)
		w.ExpectReady(ctx, doomed)
		w.MeshAgent.Inject(simulator.Fault{Method: http.MethodDelete, Path: "/rooms/", Times: 3, Status: http.StatusBadGateway})
		Expect(w.Delete(ctx, doomed)).To(Succeed())
		grants := granted(ctx, release)
		release.uninstall(ctx, standby)
		Expect(client.IgnoreNotFound(w.Get(ctx, client.ObjectKeyFromObject(doomed), doomed))).To(Succeed())
		Expect(w.Held()).To(Equal(documents))
		Expect(w.Get(ctx, client.ObjectKeyFromObject(kept), kept)).To(Succeed(), "the CustomResourceDefinitions are kept, and so are all objects")
		Expect(kept.Finalizers).To(BeEmpty())

		By("having used every right that it was given, and having wished for no other")
		used, refused := record.used(release.namespace, release.account)
		Expect(refused).To(BeEmpty())
		Expect(grants).NotTo(BeEmpty())
		Expect(unused(grants, used)).To(BeEmpty())

		By("installing it once more, which continues where it was")
		w.MeshAgent.ResetCalls()
		release.helm(ctx, append([]string{"install", release.name, harness.Chart}, values...)...)
		again := release.replicas(ctx)
		Eventually(func() []string {
			Expect(w.Get(ctx, client.ObjectKeyFromObject(kept), kept)).To(Succeed())
			return kept.Finalizers
		}).WithContext(ctx).Should(ConsistOf(v1alpha1.Finalizer))
		w.ExpectReady(ctx, kept)
		Expect(w.Writes()).To(BeEmpty())
		release.uninstall(ctx, again...)

		release.keepsProject(ctx, w)

		By("deleting what is left: without an operator, this takes nothing away from MeshAgent")
		Expect(w.Delete(ctx, kept)).To(Succeed())
		Expect(apierrors.IsNotFound(w.Get(ctx, client.ObjectKeyFromObject(kept), kept))).To(BeTrue())
		Expect(w.Held()).To(Equal(documents))
	}, SpecTimeout(15*time.Minute))

	It("works for some namespaces with Roles in them and no other permissions", func(ctx SpecContext) {
		release := here.installation(ctx, "tenant", "tenant")
		host, guest, outside := here.world(ctx), here.world(ctx), here.world(ctx)
		guest.MeshAgent, guest.Endpoint = host.MeshAgent, host.Endpoint
		watch := []string{host.Namespace, guest.Namespace}
		worlds := map[string]*harness.Env{}
		for _, s := range harness.Samples() {
			worlds[s.String()] = here.world(ctx)
			watch = append(watch, worlds[s.String()].Namespace)
		}
		// The other installation has left its CustomResourceDefinitions.
		release.helm(ctx, "install", release.name, harness.Chart, "--set-string", withoutStreams, "--set", "crds.install=false,driftInterval=1s,watchNamespaces={"+strings.Join(watch, ",")+"}")
		release.isWhole(ctx)
		running := release.replicas(ctx)

		By("walking all samples through their lives")
		harness.InParallel(harness.Samples(), func(s harness.Sample) { livesAsInstalled(ctx, worlds[s.String()], s) })

		By("sharing a project with another of its namespaces, and with none that it does not watch")
		project := host.ApplyProject(ctx)
		host.Edit(ctx, project, func() {
			project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{
				MatchLabels: map[string]string{corev1.LabelMetadataName: guest.Namespace},
			}}
		})
		visitor := harness.Room("visitor", func(r *v1alpha1.MeshRoom) { r.Spec.ProjectRef.Namespace = host.Namespace })
		guest.CreateAll(ctx, visitor)
		guest.ExpectReady(ctx, visitor)
		lost := harness.Room("lost", func(r *v1alpha1.MeshRoom) { r.Spec.ProjectRef.Namespace = outside.Namespace })
		guest.CreateAll(ctx, lost)
		Eventually(guest.State(ctx, lost)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True ProjectNotFound"), ContainSubstring("does not watch")))
		unseen := harness.Room("unseen")
		outside.CreateAll(ctx, unseen)
		Expect(guest.Delete(ctx, lost)).To(Succeed())
		guest.ExpectGone(ctx, lost)

		By("having wished for no other right")
		_, refused := record.used(release.namespace, release.account)
		Expect(refused).To(BeEmpty())

		By("uninstalling it, which takes its rights away while it still ends its watches")
		grants := granted(ctx, release)
		documents := host.Held()
		release.uninstall(ctx, running...)
		Expect(host.Held()).To(Equal(documents))
		Expect(guest.Get(ctx, client.ObjectKeyFromObject(visitor), visitor)).To(Succeed())
		Expect(visitor.Finalizers).To(BeEmpty())
		Expect(outside.Get(ctx, client.ObjectKeyFromObject(unseen), unseen)).To(Succeed())
		Expect(unseen.Status.ObservedGeneration).To(BeEquivalentTo(-1), "no operator reconciles objects in other namespaces")

		By("having used every right that it was given")
		used, _ := record.used(release.namespace, release.account)
		Expect(grants).NotTo(BeEmpty())
		Expect(unused(grants, used)).To(BeEmpty())
	}, SpecTimeout(10*time.Minute))

	It("installs MeshProjects after the CustomResourceDefinitions, and keeps them when it is uninstalled", func(ctx SpecContext) {
		w := here.world(ctx)
		w.CreateAll(ctx, harness.APIKeySecret(simulator.DevelopmentKey))
		release := here.installation(ctx, "first", "first")
		values := []string{"--set-string", withoutStreams, "--set", "projects[0].name=default,projects[0].namespace=" + w.Namespace +
			",projects[0].spec.apiKeySecretRef.name=meshagent-api-key,projects[0].spec.endpoint=" + w.Endpoint + ",allowedEndpoints[0]=*"}
		project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: w.Namespace, Name: v1alpha1.DefaultProject}}

		By("uninstalling the first revision")
		here.forgetDefinitions(ctx)
		release.helm(ctx, append([]string{"install", release.name, harness.Chart}, values...)...)
		running := release.replicas(ctx)
		w.ExpectReady(ctx, project)
		release.uninstall(ctx, running...)
		release.keepsProject(ctx, w)
		Expect(w.Get(ctx, client.ObjectKeyFromObject(project), project)).To(Succeed())
		Expect(project.Finalizers).To(BeEmpty())

		By("having an upgrade install the CustomResourceDefinitions")
		here.forgetDefinitions(ctx)
		release.helm(ctx, "install", release.name, harness.Chart, "--set", "crds.install=false")
		release.helm(ctx, append([]string{"upgrade", release.name, harness.Chart}, values...)...)
		release.keepsProject(ctx, w)
		release.helm(ctx, append([]string{"upgrade", release.name, harness.Chart}, values...)...)
		release.keepsProject(ctx, w)
		release.uninstall(ctx)
		release.keepsProject(ctx, w)
	}, SpecTimeout(10*time.Minute))

	It("keeps objects of the last release when its definitions are upgraded", func(ctx SpecContext) {
		here.keepsObjects(ctx)
	}, SpecTimeout(10*time.Minute))
})

// withoutStreams makes the operator list before it watches. API servers before Kubernetes 1.34
// require that, because they cannot stream lists.
const withoutStreams = "extraEnv[0].name=KUBE_FEATURE_WatchListClient,extraEnv[0].value=false"

// livesAsInstalled takes a sample through a life in which the operator does everything that it can
// do.
func livesAsInstalled(ctx context.Context, w *harness.Env, s harness.Sample) {
	GinkgoHelper()
	l := w.ApplySample(ctx, s)
	l.ApplyDependencies(ctx)
	l.Recreate(ctx)
	l.RequestReconcile(ctx, l.Object)
	if s.HasRemote() {
		document := l.Document()
		for range 2 { // the second time, its event is repeated
			l.ChangeRemote()
			Eventually(l.Document).WithContext(ctx).Should(Equal(document))
		}
	}
	l.MergePatch(ctx, s.EditPatch())
	w.ExpectReady(ctx, l.Object)
	for _, need := range l.Dependencies {
		Expect(w.Delete(ctx, need)).To(Succeed())
	}
	l.DeleteObject(ctx)
	for _, need := range l.Dependencies {
		w.ExpectGone(ctx, need)
	}
	Expect(w.HeldNames()).To(Equal(l.HeldAtFirst))
}

// world creates an environment in the cluster of the node.
func (n *node) world(ctx context.Context) *harness.Env {
	GinkgoHelper()
	w := harness.NewEnvIn(ctx, n.plane, n.cluster)
	w.ServeMeshAgent()
	return w
}

// olderColumn is the first column of MeshRooms in an older version of the chart.
const olderColumn = "Name-In-MeshAgent"

// olderChart is a copy of the chart with another version and that column.
func olderChart() string {
	GinkgoHelper()
	folder := filepath.Join(GinkgoT().TempDir(), "meshagent-operator")
	Expect(os.CopyFS(folder, os.DirFS(harness.Chart))).To(Succeed())
	for file, change := range map[string][2]string{
		"Chart.yaml": {"\nversion: ", "\nversion: 0.0.1 # "},
		filepath.Join("files", "crds", "meshagent.com_meshrooms.yaml"): {"name: Room\n", "name: " + olderColumn + "\n"},
	} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(ContainSubstring(change[0]))
		Expect(os.WriteFile(filepath.Join(folder, file), []byte(strings.Replace(string(text), change[0], change[1], 1)), 0o600)).To(Succeed())
	}
	return folder
}

// forgetDefinitions removes the kinds of this project from the cluster.
func (n *node) forgetDefinitions(ctx context.Context) {
	GinkgoHelper()
	var crds apiextensionsv1.CustomResourceDefinitionList
	Expect(n.cluster.List(ctx, &crds)).To(Succeed())
	for i := range crds.Items {
		Expect(n.cluster.Delete(ctx, &crds.Items[i])).To(Succeed())
	}
	Eventually(func() []apiextensionsv1.CustomResourceDefinition {
		Expect(n.cluster.List(ctx, &crds)).To(Succeed())
		return crds.Items
	}).WithContext(ctx).Should(BeEmpty())
}
