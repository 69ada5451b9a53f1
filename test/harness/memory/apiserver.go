// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

// apiServer stores objects like an API server, as far as the engine relies on it: UIDs, generations
// that grow with the spec, versions and their preconditions, status as a subresource, finalizers.
// It does not validate, and has no defaults but the observed generation's.
type apiServer struct {
	scheme  *runtime.Scheme
	indexes map[schema.GroupVersionKind]map[string]client.IndexerFunc

	mu      sync.Mutex
	objects map[objectKey]client.Object // they are replaced, never changed
	version int64
	changed map[objectKey]bool // since takeChanged
}

type objectKey struct {
	gvk  schema.GroupVersionKind
	name client.ObjectKey
}

func newAPIServer(scheme *runtime.Scheme) *apiServer {
	return &apiServer{
		scheme: scheme, indexes: map[schema.GroupVersionKind]map[string]client.IndexerFunc{},
		objects: map[objectKey]client.Object{}, changed: map[objectKey]bool{},
	}
}

// index lets List find objects of a kind by a value.
func (s *apiServer) index(like client.Object, name string, values client.IndexerFunc) error {
	gvk, err := apiutil.GVKForObject(like, s.scheme)
	if err != nil {
		return err
	}
	if s.indexes[gvk] == nil {
		s.indexes[gvk] = map[string]client.IndexerFunc{}
	}
	s.indexes[gvk][name] = values
	return nil
}

// takeChanged returns the objects that were written since its last call.
func (s *apiServer) takeChanged() []objectKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := slices.Collect(maps.Keys(s.changed))
	clear(s.changed)
	return keys
}

// peek returns a stored object, or nil if there is none. Callers must not change it.
func (s *apiServer) peek(key objectKey) client.Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.objects[key]
}

func (s *apiServer) keyOf(obj client.Object) (objectKey, error) {
	gvk, err := apiutil.GVKForObject(obj, s.scheme)
	return objectKey{gvk, client.ObjectKeyFromObject(obj)}, err
}

// find returns a stored object under the lock.
func (s *apiServer) find(key objectKey) (client.Object, error) {
	if stored := s.objects[key]; stored != nil {
		return stored, nil
	}
	return nil, apierrors.NewNotFound(resourceOf(key), key.name.Name)
}

func resourceOf(key objectKey) schema.GroupResource {
	return schema.GroupResource{Group: key.gvk.Group, Resource: key.gvk.Kind}
}

// get reads an object, or only its metadata.
func (s *apiServer) get(name client.ObjectKey, obj client.Object) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, err := s.keyOf(obj)
	if err != nil {
		return err
	}
	key.name = name
	stored, err := s.find(key)
	if err != nil {
		return err
	}
	partial, ok := obj.(*metav1.PartialObjectMetadata)
	if !ok {
		show(stored, obj)
		return nil
	}
	shown, _ := stored.DeepCopyObject().(client.Object)
	partial.SetName(shown.GetName())
	partial.SetNamespace(shown.GetNamespace())
	partial.SetUID(shown.GetUID())
	partial.SetResourceVersion(shown.GetResourceVersion())
	partial.SetLabels(shown.GetLabels())
	partial.SetAnnotations(shown.GetAnnotations())
	return nil
}

// show copies a stored object into one of the same type.
func show(stored, obj client.Object) {
	reflect.ValueOf(obj).Elem().Set(reflect.ValueOf(stored.DeepCopyObject()).Elem())
}

// list reads the objects of a kind, in the order of their names.
func (s *apiServer) list(list client.ObjectList, options client.ListOptions) error {
	gvk, err := apiutil.GVKForObject(list, s.scheme)
	if err != nil {
		return err
	}
	gvk.Kind = gvk.Kind[:len(gvk.Kind)-len("List")]
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []client.Object
	for key, stored := range s.objects {
		if key.gvk == gvk && (options.Namespace == "" || key.name.Namespace == options.Namespace) && s.selects(gvk, stored, options) {
			found = append(found, stored)
		}
	}
	slices.SortFunc(found, func(a, b client.Object) int {
		return cmp.Or(cmp.Compare(a.GetNamespace(), b.GetNamespace()), cmp.Compare(a.GetName(), b.GetName()))
	})
	items := make([]runtime.Object, len(found))
	for i, one := range found {
		if items[i] = one; options.UnsafeDisableDeepCopy == nil || !*options.UnsafeDisableDeepCopy {
			items[i] = one.DeepCopyObject()
		}
	}
	return meta.SetList(list, items)
}

// selects is true if an object has all values that a list asks for. An index that does not exist
// has no values.
func (s *apiServer) selects(gvk schema.GroupVersionKind, obj client.Object, options client.ListOptions) bool {
	if options.FieldSelector == nil {
		return true
	}
	for _, wanted := range options.FieldSelector.Requirements() {
		values := s.indexes[gvk][wanted.Field]
		if values == nil || !slices.Contains(values(obj), wanted.Value) {
			return false
		}
	}
	return true
}
