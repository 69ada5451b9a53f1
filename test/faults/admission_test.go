// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"context"
	"path/filepath"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/admission"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
)

// api checks objects as the API server does. The one in memory takes anything.
var api = sync.OnceValue(func() *admission.Server {
	server, err := admission.Load(filepath.Join("..", "..", "config", "crd", "bases"))
	utilruntime.Must(err)
	return server
})

// manifest is an object as it is written down.
func manifest(kind string, obj v1alpha1.Object) *unstructured.Unstructured {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	utilruntime.Must(err)
	made := &unstructured.Unstructured{Object: content}
	made.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
	delete(made.Object, "status")
	return made
}

// fromManifest is the object that is written down.
func fromManifest(s samples.Sample, written *unstructured.Unstructured) v1alpha1.Object {
	obj := object(s)
	utilruntime.Must(runtime.DefaultUnstructuredConverter.FromUnstructured(written.Object, obj))
	return obj
}

// canBeRenamed says that users can give the resource of a sample another name than the object's,
// and change it later.
func canBeRenamed(s samples.Sample) bool {
	if !s.HasName() {
		return false
	}
	before := manifest(s.Kind, object(s))
	before.SetResourceVersion("1") // as it is stored
	after := before.DeepCopy()
	utilruntime.Must(unstructured.SetNestedField(after.Object, "renamed", "spec", "name"))
	return api().Update(context.Background(), after, before) == nil //nolint:forbidigo // it is about no request
}
