// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
)

// sample is one document of config/samples.
type sample struct {
	kind string
	made client.Object
}

func (s sample) String() string { return s.kind + " " + s.made.GetName() }

// object is a fresh copy.
func (s sample) object() engine.Object {
	obj := s.made.DeepCopyObject().(engine.Object)
	obj.SetNamespace(home)
	return obj
}

// edits are the merge patches of users' edits to the samples' specs. A sample of another shape than
// its kind's first has one of its own.
var edits = map[string]string{
	"MeshFeed":                 `{"spec": {"description": "Sales", "paused": true}}`,
	"MeshFeedSubscription":     `{"spec": {"annotations": {"a": "b"}}}`,
	"MeshRoute":                `{"spec": {"annotations": {"a": "b"}}}`,
	"MeshSecret":               `{"spec": {"keys": [{"key": "api-key", "as": "OTHER"}]}}`,
	"MeshSecret openai-room":   `{"spec": {"raw": {"contentType": "text/markdown"}}}`,
	"MeshSecret registry-pull": `{"spec": {"type": "raw", "raw": {"key": ".dockerconfigjson"}}}`,
	"MeshService":              `{"spec": {"metadata": {"repo": "https://example.com/code"}}}`,
	"MeshService translator":   `{"spec": {"template": {"values": {"language": "German"}}}}`,
	"MeshRoom":                 `{"spec": {"metadata": {"team": "care"}}}`,
	"MeshRoomGrant":            `{"spec": {"permissions": {"queues": {"send": ["a"]}}}}`,
}

// of finds what a table says of a sample.
func (s sample) of(table map[string]string) string {
	if own, ok := table[s.String()]; ok {
		return own
	}
	return table[s.kind]
}

// documents are all of config/samples.
var documents = sync.OnceValue(func() (all []sample) {
	files, err := filepath.Glob(filepath.Join("..", "..", "config", "samples", "*.yaml"))
	if err != nil || len(files) == 0 {
		panic(fmt.Sprintf("no samples: %v", err))
	}
	decoder := serializer.NewCodecFactory(testScheme, serializer.EnableStrict).UniversalDeserializer()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
		for filepath.Base(file) != "kustomization.yaml" {
			document, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			decoded, gvk, decodeErr := decoder.Decode(document, nil, nil)
			if err != nil || decodeErr != nil {
				panic(fmt.Sprintf("reading %s: %v, %v", file, err, decodeErr))
			}
			all = append(all, sample{gvk.Kind, decoded.(client.Object)})
		}
	}
	return all
})

// mirrored are the samples that stand for something in MeshAgent.
func mirrored() []sample {
	return slices.DeleteFunc(slices.Clone(documents()), func(s sample) bool {
		_, ok := s.made.(engine.Object)
		return !ok
	})
}

// needs are the samples that one refers to, and those that they refer to, what is referred to
// first. The MeshProject is not among them.
func (s sample) needs() (needed []sample) {
	text, err := json.Marshal(s.made)
	if err != nil {
		panic(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		panic(err)
	}
	for _, other := range documents() {
		_, isProject := other.made.(*v1alpha1.MeshProject)
		if !isProject && other != s && refersTo(root["spec"], other) {
			for _, more := range append(other.needs(), other) {
				if !slices.Contains(needed, more) {
					needed = append(needed, more)
				}
			}
		}
	}
	return needed
}

// refersTo says that somewhere in a spec a member such as roomRef or secretRefs names a sample.
func refersTo(v any, other sample) bool {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			what := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(name), "s"), "ref"), "key")
			isRef := strings.HasSuffix(name, "Ref") || strings.HasSuffix(name, "Refs")
			if isRef && strings.HasSuffix(what, strings.TrimPrefix(strings.ToLower(other.kind), "mesh")) && names(inner, other.made.GetName()) || refersTo(inner, other) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(inner any) bool { return refersTo(inner, other) })
	}
	return false
}

// names says that a reference, or one in a list of them, has a name.
func names(v any, name string) bool {
	switch v := v.(type) {
	case map[string]any:
		return v["name"] == name
	case []any:
		return slices.ContainsFunc(v, func(inner any) bool { return names(inner, name) })
	}
	return false
}

// hasName says that users can give the resource another name than the object's.
func (s sample) hasName() bool {
	_, ok := reflect.TypeOf(s.made).Elem().FieldByName("Spec")
	if !ok {
		return false
	}
	_, ok = reflect.ValueOf(s.made).Elem().FieldByName("Spec").Type().FieldByName("Name")
	return ok && !strings.Contains(string(specOf(s.made)), `"template":`)
}
