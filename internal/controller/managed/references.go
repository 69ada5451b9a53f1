// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// Reference declares, once, that objects of a kind refer to objects of another. From it come the wait for them,
// the index that finds who refers to whom, and the watch.
type Reference[O Object] struct {
	target Object
	names  func(O) []string
}

// To declares references to objects like target, in the same namespace, by the names that an object gives.
func To[O Object](target Object, names func(O) []string) Reference[O] {
	return Reference[O]{target, names}
}

// Resolved is what a referenced object stands for in MeshAgent.
type Resolved struct{ ID, Name string }

// Inputs are what a pass found for an object's references.
type Inputs struct{ resolved map[string]Resolved }

// Resolved returns what a declared reference stands for.
func (in Inputs) Resolved(target Object, name string) Resolved {
	found, ok := in.resolved[referenceKey(target, name)]
	if !ok {
		panic("managed: a kind uses a reference that it did not declare: " + referenceKey(target, name))
	}
	return found
}

// referenceKey names an object among all kinds, within a namespace.
func referenceKey(target client.Object, name string) string { return kindOf(target) + "/" + name }

// kindOf is the kind of an object, known even when its TypeMeta is empty, as the cache leaves it.
func kindOf(obj client.Object) string {
	name := fmt.Sprintf("%T", obj)
	return name[strings.LastIndex(name, ".")+1:]
}

// blank makes an empty object of the same kind.
func blank[T client.Object](like T) T {
	return reflect.New(reflect.TypeOf(like).Elem()).Interface().(T) //nolint:forcetypeassert // it is made from that type
}

// resolveReferences finds everything that an object refers to, or says what is missing.
func (k *Kind[O, S, R]) resolveReferences(ctx context.Context, reader client.Reader, obj O) (Inputs, error) {
	in := Inputs{resolved: map[string]Resolved{}}
	for _, reference := range k.References {
		for _, name := range reference.names(obj) {
			target := blank(reference.target)
			what := fmt.Sprintf("%s %q", kindOf(target), name)
			err := reader.Get(ctx, types.NamespacedName{Namespace: obj.GetNamespace(), Name: name}, target)
			switch {
			case apierrors.IsNotFound(err):
				return in, waitFor(v1alpha1.ReasonReferenceNotFound, "%s does not exist in namespace %q", what, obj.GetNamespace())
			case err != nil:
				return in, fmt.Errorf("reading %s: %w", what, err)
			}
			status := target.CommonStatus()
			if status.ID == "" || !meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady) {
				return in, waitFor(v1alpha1.ReasonReferenceNotReady, "%s is not Ready", what)
			}
			in.resolved[referenceKey(target, name)] = Resolved{ID: status.ID, Name: status.Name}
		}
	}
	return in, nil
}

// referenceKeys are the values under which an object is indexed.
func (k *Kind[O, S, R]) referenceKeys(obj O) []string {
	var keys []string
	for _, reference := range k.References {
		for _, name := range reference.names(obj) {
			keys = append(keys, referenceKey(reference.target, name))
		}
	}
	return keys
}
