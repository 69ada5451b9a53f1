// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"maps"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/admission"
)

// Admission checks objects in this process, as the API server does.
var Admission = sync.OnceValue(func() *admission.Server {
	server, err := admission.Load(Definitions)
	utilruntime.Must(err)
	return server
})

// HostileValues are values that somebody may put into any string of a spec.
var HostileValues = []string{
	"../../etc", "..", ".", "%2f..%2f", "a/b", "a?b=c#d", `a"b\c`, "a'b;--", "{{ .Values }} ${HOME} {x}", "<b>&amp;",
	"line\nINFO injected\tentry\r", "\u0000", "ünïcödé 日本 🎉", "\u202eevil", " ", strings.Repeat("long ", 400), "null", "0",
}

// Manifest is the sample as it is written down.
func (s Sample) Manifest(namespace string) *unstructured.Unstructured {
	GinkgoHelper()
	clean, err := runtime.DefaultUnstructuredConverter.ToUnstructured(s.Fresh())
	Expect(err).NotTo(HaveOccurred())
	raw := &unstructured.Unstructured{Object: clean}
	raw.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(s.Kind))
	raw.SetNamespace(namespace)
	unstructured.RemoveNestedField(raw.Object, "status")
	unstructured.RemoveNestedField(raw.Object, "metadata", "creationTimestamp")
	return raw
}

// Strings are the paths of all strings in the sample's spec, in a fixed order.
func (s Sample) Strings() [][]any {
	GinkgoHelper()
	found := stringsIn([]any{"spec"}, s.Manifest("").Object["spec"])
	Expect(found).NotTo(BeEmpty(), "%s", s)
	return found
}

func stringsIn(at []any, value any) (found [][]any) {
	switch value := value.(type) {
	case string:
		return [][]any{at}
	case []any:
		for i, element := range value {
			found = append(found, stringsIn(append(slices.Clip(at), i), element)...)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			found = append(found, stringsIn(append(slices.Clip(at), name), value[name])...)
		}
	}
	return found
}

// Put sets the string at a path.
func Put(root any, place []any, text string) {
	for i, step := range place {
		last := i == len(place)-1
		switch step := step.(type) {
		case int:
			list, _ := root.([]any)
			if last {
				list[step] = text
			} else {
				root = list[step]
			}
		case string:
			object, _ := root.(map[string]any)
			if last {
				object[step] = text
			} else {
				root = object[step]
			}
		}
	}
}
