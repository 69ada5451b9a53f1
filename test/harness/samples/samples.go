// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package samples

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// Sample is one document of config/samples.
type Sample struct {
	Kind string
	made client.Object
}

// String is the kind and the name of a sample.
func (s Sample) String() string { return s.Kind + " " + s.made.GetName() }

// Object returns a copy of the document.
func (s Sample) Object() client.Object {
	made, _ := s.made.DeepCopyObject().(client.Object)
	return made
}

// Mirrors says that the sample has a resource in MeshAgent that is created and deleted with it.
func (s Sample) Mirrors() bool {
	_, ok := s.made.(v1alpha1.Object)
	return ok && !Stays(s.Kind)
}

// IsOurs says that the sample is of one of the operator's kinds.
func (s Sample) IsOurs() bool {
	_, isProject := s.made.(*v1alpha1.MeshProject)
	return isProject || s.Mirrors() || Stays(s.Kind)
}

// Scheme returns a scheme of all that samples can be. It has no more than that.
func Scheme() *apiruntime.Scheme { return scheme() }

var scheme = sync.OnceValue(func() *apiruntime.Scheme {
	made := apiruntime.NewScheme()
	made.AddKnownTypes(corev1.SchemeGroupVersion,
		&corev1.Namespace{}, &corev1.Secret{}, &corev1.SecretList{}, &corev1.ConfigMap{}, &corev1.ConfigMapList{})
	metav1.AddToGroupVersion(made, corev1.SchemeGroupVersion)
	utilruntime.Must(v1alpha1.AddToScheme(made))
	return made
})

// All returns every document of config/samples. It panics if one cannot be read.
func All() []Sample { return slices.Clone(read()) }

// Ours returns the samples of the operator's own kinds.
func Ours() []Sample {
	return slices.DeleteFunc(All(), func(s Sample) bool { return !s.IsOurs() })
}

// Mirrored returns the samples with a resource in MeshAgent.
func Mirrored() []Sample {
	return slices.DeleteFunc(All(), func(s Sample) bool { return !s.Mirrors() })
}

// Kinds returns the kinds of some samples, each once, in alphabetical order.
func Kinds(some []Sample) []string {
	kinds := make([]string, 0, len(some))
	for _, s := range some {
		kinds = append(kinds, s.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

var read = sync.OnceValue(func() (all []Sample) {
	_, self, _, _ := runtime.Caller(0) //nolint:dogsled // only the file is wanted
	folder := filepath.Join(filepath.Dir(self), "..", "..", "..", "config", "samples")
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		panic(fmt.Sprintf("reading the samples: %v, %d files in %s", err, len(files), folder))
	}
	for _, file := range files {
		if filepath.Base(file) == "kustomization.yaml" {
			continue
		}
		text, err := os.ReadFile(file) //nolint:gosec // it is part of this repository
		if err == nil {
			all, err = appendDocuments(all, text)
		}
		if err != nil {
			panic(fmt.Sprintf("reading %s: %v", file, err))
		}
	}
	return all
})

func appendDocuments(all []Sample, text []byte) ([]Sample, error) {
	// Strict: an unknown field in a sample is an error.
	decoder := serializer.NewCodecFactory(Scheme(), serializer.EnableStrict).UniversalDeserializer()
	for documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text))); ; {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		decoded, gvk, err := decoder.Decode(document, nil, nil)
		if err != nil {
			return nil, err
		}
		obj, ok := decoded.(client.Object)
		if !ok {
			return nil, fmt.Errorf("%s is not an object", gvk.Kind)
		}
		all = append(all, Sample{gvk.Kind, obj})
	}
}
