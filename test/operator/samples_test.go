// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller"
	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("The samples", func() {
	It("show every kind, and nothing that is no kind", func() {
		var served []string
		for name, kind := range harness.Scheme.KnownTypes(v1alpha1.GroupVersion) {
			if reflect.PointerTo(kind).Implements(reflect.TypeFor[client.Object]()) {
				served = append(served, name)
			}
		}
		var controlled []string
		for _, one := range controller.All {
			value := reflect.Indirect(reflect.ValueOf(one))
			if object := value.FieldByName("Object"); object.IsValid() {
				controlled = append(controlled, object.Type().Elem().Name())
			} else {
				controlled = append(controlled, "Mesh"+value.Type().Name())
			}
		}
		Expect(controlled).To(ConsistOf(served), "all.go has a controller for every type of the API")
		kinds := harness.KindsOf(harness.Samples())
		slices.Sort(kinds)
		kinds = slices.Compact(kinds)
		Expect(kinds).To(ConsistOf(served), "config/samples has an object of every kind")
		for _, one := range harness.Samples() {
			Expect(one.EditPatch()).NotTo(BeEmpty(), "add to test/harness/samples/edits.go what a user may change in a %s", one.Kind)
		}
	})

	It("are all listed for kustomize", func() {
		text, err := os.ReadFile(harness.Path("config", "samples", "kustomization.yaml"))
		Expect(err).NotTo(HaveOccurred())
		files, err := filepath.Glob(harness.Path("config", "samples", "*.yaml"))
		Expect(err).NotTo(HaveOccurred())
		for _, file := range files {
			if name := filepath.Base(file); name != "kustomization.yaml" {
				Expect(strings.Split(string(text), "\n")).To(ContainElement("- " + name))
			}
		}
	})
})
