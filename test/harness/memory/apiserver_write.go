// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// part is the part of an object that a write can change.
type part bool

const (
	allButStatus part = false
	onlyStatus   part = true
)

// create stores a new object, and completes the given one.
func (s *apiServer) create(obj client.Object) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, err := s.keyOf(obj)
	if err != nil {
		return err
	}
	if s.objects[key] != nil {
		return apierrors.NewAlreadyExists(resourceOf(key), key.name.Name)
	}
	if err := complete(obj); err != nil {
		return err
	}
	s.store(key, obj)
	return nil
}

// complete sets what an API server sets. A creation cannot set the status.
func complete(obj client.Object) error {
	// The stored object is the decoded one, in which 1.0 is 1, for example.
	decoded, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	if err == nil {
		err = runtime.DefaultUnstructuredConverter.FromUnstructured(decoded, obj)
	}
	if err != nil {
		return fmt.Errorf("decoding an object: %w", err)
	}
	obj.SetUID(types.UID(uuid.NewString()))
	obj.SetGeneration(1)
	obj.SetCreationTimestamp(metav1.Now().Rfc3339Copy())
	if status := memberOf(obj, "Status"); status.IsValid() {
		status.SetZero()
		if observed := status.FieldByName("ObservedGeneration"); observed.IsValid() {
			observed.SetInt(-1) // the default of this project's kinds
		}
	}
	if secret, ok := obj.(*corev1.Secret); ok {
		for name, value := range secret.StringData {
			if secret.Data == nil {
				secret.Data = map[string][]byte{}
			}
			secret.Data[name] = []byte(value)
		}
		secret.StringData = nil
	}
	return nil
}

// memberOf returns a top-level member of an object. It is not valid if the object has none of that
// name.
func memberOf(obj client.Object, name string) reflect.Value {
	return reflect.ValueOf(obj).Elem().FieldByName(name)
}

// update replaces a part of an object.
func (s *apiServer) update(obj client.Object, which part) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, err := s.keyOf(obj)
	if err != nil {
		return err
	}
	before, err := s.find(key)
	if err != nil {
		return err
	}
	if version := obj.GetResourceVersion(); version != "" && version != before.GetResourceVersion() {
		return conflict(key, "the object has been modified")
	}
	after, _ := obj.DeepCopyObject().(client.Object)
	return s.replace(key, before, after, which, obj)
}

// patch merges into a part of an object.
func (s *apiServer) patch(obj client.Object, patch client.Patch, which part) error {
	if patch.Type() != types.MergePatchType {
		return fmt.Errorf("patches of type %s are not supported", patch.Type())
	}
	text, err := patch.Data(obj)
	if err != nil {
		return err
	}
	var change map[string]any
	if err := json.Unmarshal(text, &change); err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key, err := s.keyOf(obj)
	if err != nil {
		return err
	}
	before, err := s.find(key)
	if err != nil {
		return err
	}
	if err := checkPreconditions(key, before, change); err != nil {
		return err
	}
	after, err := merged(before, change)
	if err != nil {
		return err
	}
	return s.replace(key, before, after, which, obj)
}

// checkPreconditions compares the UID and the version in a patch with those of an object.
func checkPreconditions(key objectKey, before client.Object, change map[string]any) error {
	metadata, _ := change["metadata"].(map[string]any)
	if uid, named := metadata["uid"]; named && uid != string(before.GetUID()) {
		return conflict(key, fmt.Sprintf("Precondition failed: UID in precondition: %v, UID in object meta: %s", uid, before.GetUID()))
	}
	if version, named := metadata["resourceVersion"]; named && version != before.GetResourceVersion() {
		return conflict(key, "the object has been modified")
	}
	return nil
}

func conflict(key objectKey, why string) error {
	return apierrors.NewConflict(resourceOf(key), key.name.Name, errors.New(why))
}

// merged returns an object of the same type with a merge patch applied.
func merged(before client.Object, change map[string]any) (client.Object, error) {
	text, err := json.Marshal(before)
	if err != nil {
		return nil, fmt.Errorf("encoding an object: %w", err)
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("decoding an object: %w", err)
	}
	merge(document, change)
	if text, err = json.Marshal(document); err != nil {
		return nil, fmt.Errorf("encoding an object: %w", err)
	}
	after, _ := reflect.TypeAssert[client.Object](reflect.New(reflect.TypeOf(before).Elem()))
	if err := json.Unmarshal(text, after); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return after, nil
}

// replace stores the result of a write, restricted to the part that the write can change, and shows
// it.
func (s *apiServer) replace(key objectKey, before, after client.Object, which part, shown client.Object) error {
	if which == onlyStatus {
		whole, _ := before.DeepCopyObject().(client.Object)
		memberOf(whole, "Status").Set(memberOf(after, "Status"))
		after = whole
	} else if status := memberOf(after, "Status"); status.IsValid() && s.isOurs(key) {
		status.Set(memberOf(before, "Status"))
	}
	after.SetUID(before.GetUID())
	after.SetCreationTimestamp(before.GetCreationTimestamp())
	after.SetDeletionTimestamp(before.GetDeletionTimestamp())
	after.SetGeneration(before.GetGeneration())
	after.SetResourceVersion(before.GetResourceVersion())
	if spec := memberOf(after, "Spec"); spec.IsValid() && !equality.Semantic.DeepEqual(spec.Interface(), memberOf(before, "Spec").Interface()) {
		after.SetGeneration(before.GetGeneration() + 1)
	}
	if !equality.Semantic.DeepEqual(before, after) {
		s.store(key, after)
	}
	show(after, shown)
	return nil
}

// isOurs is true if objects of a kind have their status as a subresource.
func (s *apiServer) isOurs(key objectKey) bool { return key.gvk.Group != corev1.GroupName }

// store keeps a copy of an object in a new version. It removes the object if it is being deleted
// and has no finalizer.
func (s *apiServer) store(key objectKey, obj client.Object) {
	s.version++
	obj.SetResourceVersion(strconv.FormatInt(s.version, 10))
	s.changed[key] = true
	if !obj.GetDeletionTimestamp().IsZero() && len(obj.GetFinalizers()) == 0 {
		delete(s.objects, key)
		return
	}
	s.objects[key], _ = obj.DeepCopyObject().(client.Object)
}

// delete removes an object, or marks it as being deleted until its finalizers are gone.
func (s *apiServer) delete(obj client.Object, options client.DeleteOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, err := s.keyOf(obj)
	if err != nil {
		return err
	}
	before, err := s.find(key)
	if err != nil {
		return err
	}
	if uid := options.Preconditions; uid != nil && uid.UID != nil && *uid.UID != before.GetUID() {
		return conflict(key, "Precondition failed: UID")
	}
	if !before.GetDeletionTimestamp().IsZero() {
		return nil
	}
	after, _ := before.DeepCopyObject().(client.Object)
	after.SetDeletionTimestamp(&metav1.Time{Time: time.Now().Truncate(time.Second)})
	after.SetGeneration(before.GetGeneration() + 1)
	s.store(key, after)
	return nil
}
