// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package gitops_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

// page is a page of the documentation.
type page struct{ path, text string }

func (p page) String() string { return strings.TrimPrefix(p.path, "../../") }

// pages returns README.md, CONTRIBUTING.md and all pages in docs. It runs while the tree of specs
// is built, so it cannot use Expect.
func pages() []page {
	root := harness.Path()
	paths := []string{filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md")}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		panic(err)
	}
	var all []page
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		all = append(all, page{path, string(text)})
	}
	return all
}

var (
	fence   = regexp.MustCompile("(?ms)^( *)```yaml\n(.*?)^ *```$") // a block of YAML, possibly inside a list
	code    = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	link    = regexp.MustCompile(`\]\(([^)]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	mark    = regexp.MustCompile(`[^\p{L}\p{N}\- _]`)
)

// objects returns the YAML of a page that is for kubectl. YAML for other tools, such as MeshAgent's
// own manifests, has no apiVersion.
func (p page) objects() []*unstructured.Unstructured {
	GinkgoHelper()
	var all []*unstructured.Unstructured
	for _, block := range fence.FindAllStringSubmatch(p.text, -1) {
		text := regexp.MustCompile("(?m)^"+block[1]).ReplaceAllString(block[2], "")
		for document := range strings.SplitSeq("\n"+text, "\n---\n") {
			obj := &unstructured.Unstructured{}
			Expect(yaml.UnmarshalStrict([]byte(document), &obj.Object)).To(Succeed(), document)
			if obj.GetAPIVersion() != "" {
				all = append(all, obj)
			}
		}
	}
	return all
}

// ours is true if the API server of the tests has the kind of an object: a kind of this project or
// of Kubernetes itself.
func ours(obj *unstructured.Unstructured) bool {
	group := obj.GroupVersionKind().Group
	return group == v1alpha1.GroupVersion.Group || group == ""
}

var _ = Describe("The documentation", func() {
	for _, p := range pages() {
		It("shows only objects that the API server accepts: "+p.String(), func(ctx SpecContext) {
			for _, obj := range slices.DeleteFunc(p.objects(), func(obj *unstructured.Unstructured) bool { return !ours(obj) }) {
				obj.SetNamespace("default")
				Expect(client.WithFieldValidation(harness.Client(), "Strict").Create(ctx, obj, client.DryRunAll)).To(Succeed(), "%s %s", obj.GetKind(), obj.GetName())
			}
		})

		It("has no dead link: "+p.String(), func() {
			for _, found := range link.FindAllStringSubmatch(code.ReplaceAllString(p.text, ""), -1) {
				path, anchor, _ := strings.Cut(found[1], "#")
				if strings.Contains(path, "://") {
					continue
				}
				target := filepath.Join(filepath.Dir(p.path), path)
				if path == "" {
					target = p.path
				}
				Expect(target).To(Or(BeAnExistingFile(), BeADirectory()), found[0])
				if anchor != "" {
					text, err := os.ReadFile(target)
					Expect(err).NotTo(HaveOccurred())
					Expect(anchors(string(text))).To(ContainElement(anchor), found[0])
				}
			}
		})
	}
})

// anchors returns the link targets of a page's headings.
func anchors(text string) []string {
	var all []string
	for _, found := range heading.FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(strings.TrimSpace(found[1]))
		all = append(all, strings.ReplaceAll(mark.ReplaceAllString(name, ""), " ", "-"))
	}
	return all
}
