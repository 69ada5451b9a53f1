// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package gitops_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
)

var gitopsDocs = harness.Path("docs", "gitops")

// kustomized returns the output of kustomize for some files.
func kustomized(ctx context.Context, files map[string]string) string {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	for name, text := range files {
		Expect(os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)).To(Succeed())
	}
	return harness.Kustomize(ctx, folder)
}

// gitopsFile reads a file in docs/gitops.
func gitopsFile(name string) string {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(gitopsDocs, name))
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

// documented returns the only match of a pattern in docs/gitops/README.md.
func documented(pattern string) string {
	GinkgoHelper()
	found := regexp.MustCompile(pattern).FindAllStringSubmatch(gitopsFile("README.md"), -1)
	Expect(found).To(HaveLen(1), pattern)
	return found[0][1]
}

var _ = Describe("docs/gitops", func() {
	for _, how := range []string{"apply", "apply --server-side"} {
		It("adds to the ConfigMap of Argo CD, and removes nothing, if it was created by kubectl "+how, func(ctx SpecContext) {
			namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "argocd-"}}
			Expect(harness.Client().Create(ctx, namespace)).To(Succeed())
			kubectl := func(stdin, command string) {
				GinkgoHelper()
				path, err := controlplane.Find("kubectl")
				Expect(err).NotTo(HaveOccurred())
				cmd := exec.CommandContext(ctx, path, strings.Fields(command)...)
				cmd.Dir, cmd.Stdin = harness.Path(), strings.NewReader(stdin)
				cmd.Env = append(os.Environ(), "KUBECONFIG="+harness.Plane().KubeconfigPath)
				out, err := cmd.CombinedOutput()
				Expect(err).NotTo(HaveOccurred(), "%s: %s", command, out)
			}
			const theirs = `{apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-cm}, data: {url: "https://argocd.example.com", dex.config: x}}`
			kubectl(theirs, how+" -n "+namespace.Name+" -f -")
			command := documented(`(?m)^\$ kubectl (.* argocd-cm .*argocd-cm\.yaml)$`)
			for range 2 {
				kubectl("", strings.Replace(command, "-n argocd ", "-n "+namespace.Name+" ", 1))
				config := &corev1.ConfigMap{}
				Expect(harness.Client().Get(ctx, client.ObjectKey{Namespace: namespace.Name, Name: "argocd-cm"}, config)).To(Succeed())
				Expect(config.Data).To(And(HaveKeyWithValue("dex.config", "x"), HaveKey("url"),
					HaveKey("resource.customizations.health.meshagent.com_MeshRoom")))
			}
		})
	}

	It("patches Argo CD's manifests with kustomize", func(ctx SpecContext) {
		out := kustomized(ctx, map[string]string{
			"argocd.yaml":        "{apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-cm}, data: {dex.config: x}}",
			"argocd-cm.yaml":     gitopsFile("argocd-cm.yaml"),
			"kustomization.yaml": "namespace: argocd\nresources: [argocd.yaml]\n" + documented("(?ms)^```yaml\n(patches:\n.*?)^```$"),
		})
		objects := harness.ParseObjects(out)
		Expect(objects).To(HaveLen(1))
		Expect(objects[0].GetNamespace()).To(Equal("argocd"))
		Expect(harness.As[corev1.ConfigMap](objects[0]).Data).To(And(HaveKeyWithValue("dex.config", "x"),
			HaveKey("resource.customizations.health.meshagent.com_MeshRoom")))
	})

	It("configures kustomize for every field that names another object, or an image", func(ctx SpecContext) {
		files := map[string]string{"kustomizeconfig.yaml": gitopsFile("kustomizeconfig.yaml")}
		var resources []string
		for version, schema := range harness.Schemas(harness.Definitions) {
			kind, _, _ := strings.Cut(version, " ")
			obj := map[string]any{
				"apiVersion": v1alpha1.GroupVersion.String(), "kind": kind, "metadata": map[string]any{"name": "x"},
				"spec": referring("spec", schema["properties"].(map[string]any)["spec"].(map[string]any)),
			}
			text, err := yaml.Marshal(obj)
			Expect(err).NotTo(HaveOccurred())
			files[kind+".yaml"], resources = string(text), append(resources, kind+".yaml")
		}
		files["kustomization.yaml"] = "resources: [" + strings.Join(resources, ", ") + "]\n" + `
configurations: [kustomizeconfig.yaml]
namePrefix: dev-
secretGenerator: [{name: x, literals: [a=b]}]
configMapGenerator: [{name: x, literals: [a=b]}]
images: [{name: registry.example.com/x, newTag: new}]
`
		checked := 0
		for _, obj := range harness.ParseObjects(kustomized(ctx, files)) {
			if obj.GroupVersionKind().Group == v1alpha1.GroupVersion.Group {
				checked += checkReferences(obj.GetKind(), "spec", obj.Object["spec"])
			}
		}
		Expect(checked).To(BeNumerically(">", 15))
	})
})

// referring fills every field of a schema that names an image, or another object ("x"). It returns
// nil if there is no such field.
func referring(name string, schema map[string]any) any {
	properties, _ := schema["properties"].(map[string]any)
	items, _ := schema["items"].(map[string]any)
	values, _ := schema["additionalProperties"].(map[string]any)
	switch {
	case strings.HasSuffix(name, "Ref") && properties["name"] != nil:
		return map[string]any{"name": "x"}
	case name == "image" && schema["type"] == "string":
		return "registry.example.com/x:old"
	case items != nil:
		if one := referring(strings.TrimSuffix(name, "s"), items); one != nil {
			return []any{one}
		}
	case values != nil:
		if one := referring("", values); one != nil {
			return map[string]any{"key": one}
		}
	}
	filled := map[string]any{}
	for field, inner := range properties {
		if value := referring(field, inner.(map[string]any)); value != nil {
			filled[field] = value
		}
	}
	if len(filled) == 0 {
		return nil
	}
	return filled
}

// checkReferences checks that kustomize has changed every field that referring filled, and counts
// them.
func checkReferences(kind, path string, value any) (checked int) {
	GinkgoHelper()
	switch value := value.(type) {
	case []any:
		for _, one := range value {
			checked += checkReferences(kind, strings.TrimSuffix(path, "s"), one)
		}
	case map[string]any:
		if name, ok := value["name"].(string); ok && strings.HasSuffix(path, "Ref") {
			want := Equal("dev-x")
			// kustomize generates Secrets and ConfigMaps here, so their names have a hash.
			isSecret := strings.HasSuffix(strings.ToLower(path), "secretref") && !strings.HasSuffix(strings.ToLower(path), "meshsecretref")
			if isSecret || strings.HasSuffix(path, "configMapKeyRef") || strings.HasSuffix(path, "secretKeyRef") {
				want = HavePrefix("dev-x-")
			}
			Expect(name).To(want, "%s %s", kind, path)
			return 1
		}
		for field, inner := range value {
			checked += checkReferences(kind, path+"."+field, inner)
		}
	case string:
		Expect(value).To(HaveSuffix(":new"), "%s %s", kind, path)
		return 1
	}
	return checked
}
