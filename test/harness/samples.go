// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Sample is an object of config/samples. Tests that walk over all samples know no kind: a new kind is tested by having a sample.
type Sample struct {
	Kind, Name string
	Template   client.Object
}

func (s Sample) String() string { return s.Kind + " " + s.Name }

// Fresh is a fresh copy.
func (s Sample) Fresh() client.Object {
	return s.Template.DeepCopyObject().(client.Object)
}

// HasRemote says that objects of this kind stand for something in MeshAgent that is created, changed and deleted with them.
func (s Sample) HasRemote() bool {
	_, ok := s.Template.(engine.Object)
	return ok
}

// Concerns says that a request to the API server is about objects of the sample's kind.
func (s Sample) Concerns(r *http.Request) bool {
	plural := Admission().Kinds()[v1alpha1.GroupVersion.WithKind(s.Kind)]
	if plural == "" {
		panic("no definition of " + s.Kind)
	}
	return strings.Contains(r.URL.Path, "/"+v1alpha1.GroupVersion.Group+"/") && strings.Contains(r.URL.Path+"/", "/"+plural+"/")
}

// EditPatch is the merge patch that stands for a user's edit of the sample's spec: it adds, changes and removes something. That and
// nothing else about a kind has to be told; the samples themselves say the rest. A sample of another shape has a patch of its own.
func (s Sample) EditPatch() string {
	if own, ok := EditPatches[s.String()]; ok {
		return own
	}
	return EditPatches[s.Kind]
}

// EditPatches are the edits by kind, or by kind and name.
var EditPatches = map[string]string{
	"MeshProject":              `{"spec": {"rateLimit": {"requestsPerSecond": 50}}}`,
	"MeshFeed":                 `{"spec": {"name": "sales", "paused": true, "description": "Sales", "annotations": null, "messageSchema": {"required": null, "properties": {"order": {"type": "integer"}}}}}`,
	"MeshFeedSubscription":     `{"spec": {"filenameDatetimeFormat": null, "annotations": {"a": "b"}}}`,
	"MeshRoute":                `{"spec": {"name": "label", "paths": [{"path": "/a", "targetPort": "8001", "stripPrefix": true}, {"targetPort": 8000}]}}`,
	"MeshSecret":               `{"spec": {"name": "renamed"}}`,
	"MeshSecret registry-pull": `{"spec": {"name": "renamed-as-well"}}`, // no two may have one name
	"MeshService":              `{"spec": {"metadata": {"repo": "https://example.com/code", "description": null, "annotations": null}, "agents": [{"name": "other"}], "files": null}}`,
	"MeshService translator":   `{"spec": {"template": {"values": {"language": "German", "tone": "plain"}}}}`,
	"MeshRoom":                 `{"spec": {"metadata": {"team": "care", "floor": 2, "escalation": {"channel": null}}, "annotations": null}}`,
	"MeshRoomGrant":            `{"spec": {"permissions": {"preset": "User", "llm": null, "queues": {"list": false, "send": []}, "storage": {"paths": [{"path": "/shared"}]}}}}`,
}

// OnlySamples narrows what walks over all samples.
var OnlySamples = flag.String("sample", "", "walk only over the samples whose kind and name contain this")

// Samples are all objects of our own kinds in config/samples.
func Samples() []Sample {
	return slices.DeleteFunc(slices.Clone(ReadSamples().Own), func(s Sample) bool { return !strings.Contains(s.String(), *OnlySamples) })
}

// RemoteSamples are those that stand for something in MeshAgent.
func RemoteSamples() []Sample {
	return slices.DeleteFunc(Samples(), func(s Sample) bool { return !s.HasRemote() })
}

// FirstSample is the first sample of a kind.
func FirstSample(kind string) Sample {
	GinkgoHelper()
	for _, s := range ReadSamples().Own {
		if s.Kind == kind {
			return s
		}
	}
	Fail("config/samples has no " + kind)
	return Sample{}
}

// ReadSamples reads them, and what else is there: the Secrets and the like that they need. It is called while the tree of specs is built, so it cannot use Expect.
var ReadSamples = sync.OnceValue(func() (read struct{ Own, Other []Sample }) {
	types := runtime.NewScheme()
	files, err := filepath.Glob(Path("config", "samples", "*.yaml"))
	err = errors.Join(err, clientgoscheme.AddToScheme(types), v1alpha1.AddToScheme(types))
	if err != nil || len(files) == 0 {
		panic(fmt.Sprintf("reading the samples: %v (%d files)", err, len(files)))
	}
	// Strict: a misspelt field in a sample is an error.
	decoder := serializer.NewCodecFactory(types, serializer.EnableStrict).UniversalDeserializer()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
		for {
			document, err := documents.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				panic(fmt.Sprintf("reading %s: %v", file, err))
			}
			if len(bytes.TrimSpace(document)) == 0 || filepath.Base(file) == "kustomization.yaml" {
				continue
			}
			decoded, gvk, err := decoder.Decode(document, nil, nil)
			if err != nil {
				panic(fmt.Sprintf("reading %s: %v", file, err))
			}
			made := Sample{Kind: gvk.Kind, Template: decoded.(client.Object)}
			made.Name = made.Template.GetName()
			if gvk.Group == v1alpha1.GroupVersion.Group {
				read.Own = append(read.Own, made)
			} else {
				read.Other = append(read.Other, made)
			}
		}
	}
	return read
})

// SampleObject finds what a message names: an object of the samples, or the API key's Secret, which no sample can hold.
func SampleObject(kind, name string) client.Object {
	GinkgoHelper()
	if kind == "Secret" && name == "meshagent-api-key" {
		return APIKeySecret(simulator.DevelopmentKey)
	}
	for _, s := range slices.Concat(ReadSamples().Own, ReadSamples().Other) {
		if s.Kind == kind && s.Name == name {
			return s.Fresh()
		}
	}
	Fail(fmt.Sprintf("config/samples needs %s %q and does not have it", kind, name))
	return nil
}

// KindsOf are the kinds of the sample objects, one for each object.
func KindsOf(all []Sample) []string {
	var kinds []string
	for _, s := range all {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}
