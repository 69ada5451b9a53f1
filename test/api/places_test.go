// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
)

var _ = Describe("Each kind", func() {
	It("has all its places", func() {
		Expect(readRepository().forgotten()).To(BeEmpty())
	})

	for _, place := range brokenPlaces {
		// The names of these two begin those of others, or are begun by them.
		for _, kind := range []string{"MeshFeed", "MeshRoomGrant"} {
			It("is missed, as it should be, if this is forgotten: "+place.what+" of "+kind, func() {
				r := readRepository()
				page := r.row(kind) // which others may have in common
				place.forget(r, kind)
				told := r.forgotten()
				Expect(told).To(ContainElement(And(HavePrefix(kind+" "), ContainSubstring(place.want))))
				for _, one := range told {
					of, _, _ := strings.Cut(one, " ")
					Expect(page).To(MatchRegexp(`\b`+of+`\b`), one)
				}
			})
		}
	}
})

// repository is where a kind has its places: what of them is text, and what only a program can
// tell.
type repository struct {
	files      map[string]string // by path
	kinds      map[string]bool   // those of the scheme; whether their objects have a resource in MeshAgent
	controlled map[string]string // those of controller.All, with the type of the client's document
	unedited   []string          // samples for which samples/edits.go has nothing
	admission  map[string][]admissionCase
}

// placeFiles are those that name kinds.
var placeFiles = []string{
	"PROJECT", "README.md", "config/crd/bases/*.yaml", "config/crd/kustomization.yaml", "config/samples/*.yaml", "config/rbac/*_role.yaml", "docs/*.md",
	"docs/gitops/argocd-cm.yaml", "internal/meshagent/traits_test.go", "internal/meshagent/wire_test.go", "test/operator/testdata/*.http",
}

func readRepository() *repository {
	GinkgoHelper()
	r := &repository{files: map[string]string{}, kinds: map[string]bool{}, controlled: map[string]string{}, admission: maps.Clone(admissionCases)}
	for _, pattern := range placeFiles {
		found, err := filepath.Glob(harness.Path(pattern))
		Expect(err).NotTo(HaveOccurred())
		Expect(found).NotTo(BeEmpty(), pattern)
		for _, file := range found {
			text, err := os.ReadFile(file)
			Expect(err).NotTo(HaveOccurred())
			name, err := filepath.Rel(harness.Path(), file)
			Expect(err).NotTo(HaveOccurred())
			r.files[filepath.ToSlash(name)] = string(text)
		}
	}
	for name, kind := range samples.Scheme().KnownTypes(v1alpha1.GroupVersion) {
		if object := reflect.PointerTo(kind); object.Implements(reflect.TypeFor[client.Object]()) {
			r.kinds[name] = object.Implements(reflect.TypeFor[v1alpha1.Object]())
		}
	}
	for _, one := range controller.All {
		driver, ok := one.(engine.Driver)
		Expect(ok).To(BeTrue(), "%T", one)
		r.controlled[reflect.TypeOf(driver.NewObject()).Elem().Name()] = documentOf(one)
	}
	for _, s := range samples.Ours() {
		if s.Edit() == "" {
			r.unedited = append(r.unedited, s.String())
		}
	}
	return r
}

// documentOf is the name of the type that the client writes for a kind, such as FeedSpec; "" if it
// writes nothing.
func documentOf(one engine.Controller) string {
	collection := reflect.Indirect(reflect.ValueOf(one)).FieldByName("Collection")
	if !collection.IsValid() {
		return ""
	}
	create, found := collection.Type().Out(0).MethodByName("Create")
	Expect(found).To(BeTrue())
	return create.Type.In(1).Name()
}

// forgotten tells what is missing, and what to do about it.
func (r *repository) forgotten() (told []string) {
	for _, kind := range slices.Sorted(maps.Keys(r.kinds)) {
		plural := r.plural(kind)
		if plural == "" {
			told = append(told, kind+" has no definition in config/crd/bases: run make generate.")
			continue
		}
		for _, check := range placeChecks {
			if what := check(r, kind, plural); what != "" {
				told = append(told, fmt.Sprintf("%s %s", kind, what))
			}
		}
	}
	for kind := range r.controlled {
		if _, known := r.kinds[kind]; !known {
			told = append(told, kind+" is in internal/controller/all.go, and is not a type of the API: register it in api/v1alpha1.")
		}
	}
	return append(told, r.tooMany()...)
}

// tooMany tells of places of kinds that do not exist.
func (r *repository) tooMany() (told []string) {
	names := regexp.MustCompile(`\.meshagent\.com_(\w+):`)
	for _, found := range names.FindAllStringSubmatch(r.files["docs/gitops/argocd-cm.yaml"], -1) {
		if _, known := r.kinds[found[1]]; !known {
			told = append(told, found[1]+" is in docs/gitops/argocd-cm.yaml, and is not a kind: run make generate.")
		}
	}
	for file, text := range r.files {
		if kind := definedKind(file, text); kind != "" {
			if _, known := r.kinds[kind]; !known {
				told = append(told, kind+" is defined in "+file+", and is not a type of the API: remove the file.")
			}
		}
	}
	return told
}

// plural is that of a kind's definition, "" if it has none.
func (r *repository) plural(kind string) string {
	for file, text := range r.files {
		if definedKind(file, text) == kind {
			return firstMatch(text, `(?m)^    plural: (\w+)$`)
		}
	}
	return ""
}

func definedKind(file, text string) string {
	if !strings.HasPrefix(file, "config/crd/bases/") {
		return ""
	}
	return firstMatch(text, `(?m)^    kind: (\w+)$`)
}

func firstMatch(text, pattern string) string {
	if found := regexp.MustCompile(pattern).FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// hasLine says that a text has a line, whatever its indentation.
func hasLine(text, line string) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), func(one string) bool { return strings.TrimSpace(one) == line })
}
