// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// Source declares, once, that objects of a kind read Secrets or ConfigMaps of their namespace.
// These are watched as metadata only, and read from the API server when they are needed: their
// contents are in memory during a pass and no longer.
type Source[O v1alpha1.Object] struct {
	like  client.Object
	names func(O) []string
}

// declaredSource is a Source without its type.
type declaredSource struct {
	like  client.Object
	names func(v1alpha1.Object) []string
}

// FromSecrets declares which Secrets an object reads.
func FromSecrets[O v1alpha1.Object](names func(O) []string) Source[O] {
	return Source[O]{&corev1.Secret{}, names}
}

// FromConfigMaps declares which ConfigMaps an object reads.
func FromConfigMaps[O v1alpha1.Object](names func(O) []string) Source[O] {
	return Source[O]{&corev1.ConfigMap{}, names}
}

// SourceData is what a Secret or ConfigMap holds.
type SourceData struct {
	Type corev1.SecretType // "" for a ConfigMap
	Data map[string][]byte

	version string // which of its versions was read
}

// Keys lists the keys, for messages.
func (d SourceData) Keys() string {
	if len(d.Data) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(d.Data)), ", ")
}

// Secret returns what a declared Secret holds.
func (in Inputs) Secret(name string) SourceData { return in.source(&corev1.Secret{}, name) }

// ConfigMap returns what a declared ConfigMap holds.
func (in Inputs) ConfigMap(name string) SourceData { return in.source(&corev1.ConfigMap{}, name) }

func (in Inputs) source(like client.Object, name string) SourceData {
	data, ok := in.sources[usesKey(like, name)]
	if !ok {
		panic("engine: a kind uses a source that it did not declare: " + usesKey(like, name))
	}
	return data
}

// readSources reads everything that the object declares.
func (p *pass) readSources(ctx context.Context) (map[string]SourceData, error) {
	all := map[string]SourceData{}
	for _, source := range p.kind.sources {
		for _, name := range source.names(p.obj) {
			found := blank(source.like)
			err := p.Live.Get(ctx, types.NamespacedName{Namespace: p.obj.GetNamespace(), Name: name}, found)
			if apierrors.IsNotFound(err) {
				return nil, p.sourceMissing(found, name)
			}
			if err != nil {
				return nil, fmt.Errorf("reading %s %q: %w", kindOf(found), name, err)
			}
			all[usesKey(found, name)] = contents(found)
		}
	}
	return all, nil
}

func (p *pass) sourceMissing(like client.Object, name string) error {
	reason, left := v1alpha1.ReasonReferenceNotFound, ""
	if _, ok := like.(*corev1.Secret); ok {
		reason = v1alpha1.ReasonSecretNotFound
	}
	if p.status.ID != "" {
		left = msgStays
	}
	return verdict.WaitFor(reason, msgSourceMissing, kindOf(like), name, p.obj.GetNamespace(), left)
}

func contents(obj client.Object) SourceData {
	switch obj := obj.(type) {
	case *corev1.Secret:
		return SourceData{obj.Type, obj.Data, string(obj.UID) + "/" + obj.ResourceVersion}
	case *corev1.ConfigMap:
		data := map[string][]byte{}
		for key, value := range obj.Data {
			data[key] = []byte(value)
		}
		maps.Copy(data, obj.BinaryData)
		return SourceData{Data: data}
	}
	return SourceData{}
}
