// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/admission"
	"github.com/meshagent/meshagent-operator/test/harness/hostilevalue"
)

// Admission checks objects in this process, as the API server does.
var Admission = sync.OnceValue(func() *admission.Server {
	server, err := admission.Load(Definitions)
	utilruntime.Must(err)
	return server
})

// Manifest returns the sample as it is in its file.
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

// Strings returns the paths of all strings in the sample's spec, in a fixed order.
func (s Sample) Strings() [][]any {
	GinkgoHelper()
	found := hostilevalue.StringsIn([]any{"spec"}, s.Manifest("").Object["spec"])
	Expect(found).NotTo(BeEmpty(), "%s", s)
	return found
}
