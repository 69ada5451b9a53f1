// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// restricted is the strictest Pod Security level.
var restricted = map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}

// valuesFiles returns the values files in the chart's folder ci.
func valuesFiles() []string {
	files, err := filepath.Glob(filepath.Join(harness.Chart, "ci", "*.yaml"))
	if err != nil || len(files) == 0 {
		panic(fmt.Sprintf("no values files: %v", err))
	}
	return files
}

var _ = Describe("The chart", func() {
	BeforeEach(func(ctx SpecContext) {
		for _, name := range []string{"agents", "team-a", "team-b", "2024"} {
			namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: restricted}}
			Expect(client.IgnoreAlreadyExists(harness.Client().Create(ctx, namespace))).To(Succeed())
		}
	})

	for _, values := range valuesFiles() {
		It("creates objects that the API server accepts from "+filepath.Base(values), func(ctx SpecContext) {
			out, err := harness.Helm(ctx, "", "lint", "--strict", harness.Chart, "--values", values)
			Expect(err).NotTo(HaveOccurred(), out)
			for _, api := range [][]string{nil, {"--api-versions", "meshagent.com/v1alpha1/MeshProject"}} {
				out, err = harness.Helm(ctx, "", append([]string{"template", "mesh", harness.Chart, "--namespace", "agents", "--values", values}, api...)...)
				Expect(err).NotTo(HaveOccurred(), out)
				for _, obj := range harness.ParseObjects(out) {
					accept(ctx, obj)
				}
			}
		})
	}

	DescribeTable("makes what the API server takes of names that YAML takes for something else, or that are long", func(ctx SpecContext, release string, set ...string) {
		args := []string{"template", release, harness.Chart, "--namespace", "2024", "--set", "crds.install=false,networkPolicy.enabled=true,replicas=2"}
		for _, value := range set {
			args = append(args, "--set-string", value)
		}
		out, err := harness.Helm(ctx, "", append(args, "--api-versions", "meshagent.com/v1alpha1/MeshProject")...)
		Expect(err).NotTo(HaveOccurred(), out)
		for _, obj := range harness.ParseObjects(out) {
			accept(ctx, obj)
		}
	},
		Entry("the release and its namespace", "2024"),
		Entry("all names", "2024", "nameOverride=1e3,fullnameOverride=2024,serviceAccount.name=2024",
			"projects[0].name=2024,projects[0].namespace=2024,projects[0].spec.apiKeySecretRef.name=2024"),
		Entry("a watched namespace", "mesh", "watchNamespaces[0]=2024"),
		Entry("a long name", "mesh", "nameOverride="+strings.Repeat("n", 63)),
		Entry("long names of all", strings.Repeat("r", 53), "fullnameOverride="+strings.Repeat("f", 63)),
	)

	It("keeps values that YAML would read as a map or a comment", func(ctx SpecContext) {
		out, err := harness.Helm(ctx, "", "template", "mesh", harness.Chart, "--set", "ownerID=prod:,meshagentAPIURL=https://meshagent.example.com/a #b")
		Expect(err).NotTo(HaveOccurred(), out)
		Expect(podOf(out).Containers[0].Args).To(ContainElements("--owner-id=prod:", "--meshagent-api-url=https://meshagent.example.com/a #b"))
	})

	It("lets the operator use the endpoints that are allowed", func(ctx SpecContext) {
		out, err := harness.Helm(ctx, "", "template", "mesh", harness.Chart, "--set", `allowedEndpoints={https://*.example.com,http://meshagent.svc:8080/,https://[::1]}`)
		Expect(err).NotTo(HaveOccurred(), out)
		Expect(podOf(out).Containers[0].Args).To(ContainElement("--allowed-endpoints=https://*.example.com,http://meshagent.svc:8080/,https://[::1]"))
		out, err = harness.Helm(ctx, "", "template", "mesh", harness.Chart)
		Expect(err).NotTo(HaveOccurred(), out)
		Expect(podOf(out).Containers[0].Args).NotTo(ContainElement(HavePrefix("--allowed-endpoints")), "the operator has a default")
	})

	It("can be a dependency that a value turns on, and takes flags with one dash", func(ctx SpecContext) {
		out, err := harness.Helm(ctx, "", "template", "mesh", harness.Chart, "--set", "enabled=true,extraArgs={-zap-log-level=debug}")
		Expect(err).NotTo(HaveOccurred(), out)
		Expect(podOf(out).Containers[0].Args).To(ContainElement("-zap-log-level=debug"))
	})

	It("labels the pod of the uninstallation as part of the release, not of the operator", func(ctx SpecContext) {
		out, err := harness.Helm(ctx, "", "template", "mesh", harness.Chart, "--set", "networkPolicy.enabled=true,podLabels.team=agents,podAnnotations.mesh=no")
		Expect(err).NotTo(HaveOccurred(), out)
		var deployment *appsv1.Deployment
		var job *batchv1.Job
		var policy *networkingv1.NetworkPolicy
		for _, obj := range harness.ParseObjects(out) {
			switch obj.GetKind() {
			case "Deployment":
				deployment = harness.As[appsv1.Deployment](obj)
			case "Job":
				job = harness.As[batchv1.Job](obj)
			case "NetworkPolicy":
				policy = harness.As[networkingv1.NetworkPolicy](obj)
			}
		}
		selects := func(selector *metav1.LabelSelector, pod corev1.PodTemplateSpec) bool {
			parsed, err := metav1.LabelSelectorAsSelector(selector)
			Expect(err).NotTo(HaveOccurred())
			return parsed.Matches(labels.Set(pod.Labels))
		}
		Expect(selects(&policy.Spec.PodSelector, deployment.Spec.Template)).To(BeTrue())
		Expect(selects(&policy.Spec.PodSelector, job.Spec.Template)).To(BeTrue())
		Expect(selects(deployment.Spec.Selector, deployment.Spec.Template)).To(BeTrue())
		Expect(selects(deployment.Spec.Selector, job.Spec.Template)).To(BeFalse())
		Expect(job.Spec.Template.Labels).To(HaveKeyWithValue("team", "agents"))
		Expect(job.Spec.Template.Annotations).To(HaveKeyWithValue("mesh", "no"))
	})

	It("puts the pod of the uninstallation on the nodes of the operator, whatever pods run there", func(ctx SpecContext) {
		affinity := `affinity={"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
			{"matchExpressions": [{"key": "infra", "operator": "Exists"}]}]}},
			"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostname"}]}}`
		out, err := harness.Helm(ctx, "", "template", "mesh", harness.Chart, "--set-json", affinity)
		Expect(err).NotTo(HaveOccurred(), out)
		for _, obj := range harness.ParseObjects(out) {
			if obj.GetKind() == "Job" {
				got := harness.As[batchv1.Job](obj).Spec.Template.Spec.Affinity
				Expect(got).To(Equal(&corev1.Affinity{NodeAffinity: podOf(out).Affinity.NodeAffinity}))
				return
			}
		}
		Fail("there is no Job")
	})

	It("lets two teams give their releases the same name", func(ctx SpecContext) {
		found := map[string]string{}
		for _, team := range []string{"team-a", "team-b"} {
			out, err := harness.Helm(ctx, "", "template", "mesh", harness.Chart, "--namespace", team, "--set", "watchNamespaces={"+team+"},crds.install=false")
			Expect(err).NotTo(HaveOccurred(), out)
			for _, obj := range harness.ParseObjects(out) {
				what := fmt.Sprintf("%s %s/%s", obj.GetKind(), obj.GetNamespace(), obj.GetName())
				Expect(found[what]).To(BeEmpty(), "%s is made by both", what)
				found[what] = team
			}
		}
	})

	It("grants nothing cluster-wide if watchNamespaces is set", func(ctx SpecContext) {
		out, err := harness.Helm(ctx, "", "template", "mesh", harness.Chart, "--namespace", "agents", "--set", "watchNamespaces={team-a,team-b},crds.install=false")
		Expect(err).NotTo(HaveOccurred(), out)
		for _, obj := range harness.ParseObjects(out) {
			Expect(obj.GetKind()).NotTo(HavePrefix("Cluster"))
			Expect([]string{"agents", "team-a", "team-b", "kube-system"}).To(ContainElement(obj.GetNamespace()), "%s %s", obj.GetKind(), obj.GetName())
		}
	})

	It("sets every value in at least one of these files", func() {
		all, set := map[string]bool{}, map[string]bool{}
		paths(readYAML(filepath.Join(harness.Chart, "values.yaml")), "", all)
		for _, values := range valuesFiles() {
			paths(readYAML(values), "", set)
		}
		Expect(set).NotTo(BeEmpty())
		var forgotten []string
		for path, ends := range all {
			if _, ok := set[path]; ends && !ok {
				forgotten = append(forgotten, path)
			}
		}
		Expect(forgotten).To(BeEmpty())
	})

	DescribeTable("rejects values that cannot work", func(ctx SpecContext, set, says string) {
		out, err := harness.Helm(ctx, "", "template", "mesh", harness.Chart, "--set", set)
		Expect(err).To(HaveOccurred())
		Expect(out).To(ContainSubstring(says))
	},
		Entry("a misspelt value", "replicaCount=2", "replicaCount"),
		Entry("an invalid namespace", "watchNamespaces={Team_A}", "/watchNamespaces/0"),
		Entry("an interval without a unit", "driftInterval=10", "/driftInterval"),
		Entry("an interval that the manager rejects", "driftInterval=500ms", "/driftInterval"),
		Entry("no interval", "driftInterval=0m0s", "/driftInterval"),
		Entry("a ServiceMonitor without metrics", "metrics.serviceMonitor.enabled=true,watchNamespaces={a}", "metrics.serviceMonitor.enabled requires metrics.enabled"),
		Entry("alerts without metrics", "metrics.prometheusRule.enabled=true,metrics.enabled=false", "metrics.prometheusRule.enabled requires metrics.enabled"),
		Entry("a dashboard without metrics", "metrics.dashboard.enabled=true,watchNamespaces={a}", "metrics.dashboard.enabled requires metrics.enabled"),
		Entry("a variable that is not text", "extraEnv[0].name=A,extraEnv[0].value=true", "/extraEnv/0/value"),
		Entry("a project without a key", "projects[0].name=default,projects[0].spec.endpoint=https://x", "apiKeySecretRef"),
		Entry("a project that is not watched", "watchNamespaces={a},projects[0].name=p,projects[0].namespace=b,projects[0].spec.apiKeySecretRef.name=key", `MeshProject "p" is in namespace "b", which is not in watchNamespaces`),
		Entry("no ServiceAccount", "serviceAccount.create=false", "serviceAccount.name must be set"),
	)
})

var _ = Describe("config/default", func() {
	It("creates objects that the API server accepts, and pods like those of the chart", func(ctx SpecContext) {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "meshagent-system", Labels: restricted}}
		Expect(harness.Client().Create(ctx, namespace)).To(Succeed())
		plain := harness.Kustomize(ctx, harness.Path("config", "default"))
		charted, err := harness.Helm(ctx, "", "template", "meshagent-operator", harness.Chart, "--namespace", "meshagent-system",
			"--set", "image.repository=meshagent-operator,image.tag=dev,serviceAccount.name=meshagent-controller-manager")
		Expect(err).NotTo(HaveOccurred(), charted)
		for _, obj := range harness.ParseObjects(plain) {
			accept(ctx, obj)
		}
		ours, theirs := podOf(plain), podOf(charted)
		// Both are for users without changes, so arguments in addition to the defaults must be
		// equal to the defaults.
		theirs.Containers[0].Args, ours.Containers[0].Args = nil, nil
		Expect(ours).To(Equal(theirs))
	})
})

// podOf returns the pod of the Deployment in manifests.
func podOf(manifests string) corev1.PodSpec {
	GinkgoHelper()
	for _, obj := range harness.ParseObjects(manifests) {
		if obj.GetKind() == "Deployment" {
			return harness.As[appsv1.Deployment](obj).Spec.Template.Spec
		}
	}
	Fail("there is no Deployment")
	return corev1.PodSpec{}
}

// accept lets the API server check an object. For workloads it also checks their pods, because Pod
// Security applies to pods.
func accept(ctx context.Context, obj *unstructured.Unstructured) {
	GinkgoHelper()
	what := fmt.Sprintf("%s %s", obj.GetKind(), obj.GetName())
	Expect(dryRun(ctx, obj)).To(Succeed(), what)
	var template corev1.PodTemplateSpec
	switch obj.GetKind() {
	case "Deployment":
		template = harness.As[appsv1.Deployment](obj).Spec.Template
	case "Job":
		template = harness.As[batchv1.Job](obj).Spec.Template
	default:
		return
	}
	pod := &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Namespace, pod.Name = obj.GetNamespace(), obj.GetName()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(pod)
	Expect(err).NotTo(HaveOccurred())
	Expect(dryRun(ctx, &unstructured.Unstructured{Object: content})).To(Succeed(), "a pod of "+what)
}

func dryRun(ctx context.Context, obj *unstructured.Unstructured) error {
	text, err := obj.MarshalJSON()
	Expect(err).NotTo(HaveOccurred())
	return harness.Client().Patch(ctx, obj.DeepCopy(), client.RawPatch(types.ApplyYAMLPatchType, text),
		client.DryRunAll, client.FieldOwner("helm"), client.ForceOwnership, client.FieldValidation(metav1.FieldValidationStrict))
}

func readYAML(file string) map[string]any {
	GinkgoHelper()
	text, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	objects := harness.ParseObjects(string(text))
	if len(objects) == 0 {
		return nil
	}
	return objects[0].Object
}

// paths lists the paths in a tree, and whether each one ends there. A value that is empty by
// default ends there, whatever users put into it.
func paths(tree map[string]any, prefix string, into map[string]bool) {
	for name, value := range tree {
		inner, _ := value.(map[string]any)
		into[prefix+name] = len(inner) == 0
		paths(inner, prefix+name+".", into)
	}
}
