// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/harness/admission"
)

// scopeCount is how many scopes each property is tried with.
const scopeCount = 1000

// randomScope is a scope with any of its fields set to anything, without a thought for what is
// admitted. Words are the names that its lists and rules have.
func randomScope(random *rand.Rand, words func(field string) []string) *v1alpha1.APIScope {
	var scope v1alpha1.APIScope
	fill(random, reflect.ValueOf(&scope).Elem(), "", words)
	scope.Preset = []v1alpha1.APIPreset{"", "", v1alpha1.PresetUser, v1alpha1.PresetAgent, v1alpha1.PresetFull}[random.IntN(5)]
	return &scope
}

func fill(random *rand.Rand, value reflect.Value, field string, words func(field string) []string) {
	switch value.Kind() {
	case reflect.Pointer:
		if random.IntN(2) == 0 {
			value.Set(reflect.New(value.Type().Elem()))
			fill(random, value.Elem(), field, words)
		}
	case reflect.Bool:
		value.SetBool(random.IntN(2) == 0)
	case reflect.String:
		of := words(field)
		value.SetString(of[random.IntN(len(of))])
	case reflect.Slice:
		if n := random.IntN(5) - 1; n >= 0 {
			value.Set(reflect.MakeSlice(value.Type(), n, n))
			for i := range n {
				fill(random, value.Index(i), field, words)
			}
		}
	default:
		for i := range value.NumField() {
			fill(random, value.Field(i), value.Type().Name()+"."+value.Type().Field(i).Name, words)
		}
	}
}

func anyWord(string) []string { return []string{"a", "b", "a*", v1alpha1.All, v1alpha1.All} }

var definitions = sync.OnceValues(func() (*admission.Server, error) { return admission.Load("../../config/crd/bases") })

// admitted says what the API server answers to a grant with a scope.
func admitted(t *testing.T, scope *v1alpha1.APIScope) error {
	t.Helper()
	server, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	grant := &unstructured.Unstructured{Object: document{
		"apiVersion": v1alpha1.GroupVersion.String(), "kind": "MeshRoomGrant", "metadata": document{"name": "a", "namespace": "a"},
		"spec": document{"roomRef": document{"name": "a"}, "userID": "a", "permissions": decoded(t, encoded(t, scope))},
	}}
	return server.Create(t.Context(), grant)
}

func mustBeAdmitted(t *testing.T, scope *v1alpha1.APIScope) {
	t.Helper()
	if err := admitted(t, scope); err != nil {
		t.Errorf("%s is not admitted: %v", encoded(t, scope), err)
	}
}

// throughKubernetes is a scope after it was written to Kubernetes and read again.
func throughKubernetes(t *testing.T, scope *v1alpha1.APIScope) *v1alpha1.APIScope {
	t.Helper()
	var read v1alpha1.APIScope
	decoder := json.NewDecoder(bytes.NewReader(encoded(t, scope)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		t.Fatal(err)
	}
	return &read
}

func TestAScopeIsTheSameAfterItWasReadFromMeshAgent(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	compared := 0
	for range scopeCount {
		spec := randomScope(random, anyWord)
		if admitted(t, spec) != nil {
			continue
		}
		compared++
		sent := encoded(t, apiScope(spec))
		var held meshagent.APIScope
		if err := json.Unmarshal(sent, &held); err != nil {
			t.Fatal(err)
		}
		again := scopeSpec(held)
		mustBeAdmitted(t, again)
		if diff := cmp.Diff(decoded(t, sent), decoded(t, encoded(t, apiScope(throughKubernetes(t, again))))); diff != "" {
			t.Fatalf("%s\nbecomes\n%s:\n%s", encoded(t, spec), encoded(t, again), diff)
		}
	}
	if compared < scopeCount/100 {
		t.Errorf("only %d scopes were admitted", compared)
	}
}

func TestUnsetEqualsEmptyInAScope(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for range scopeCount {
		spec := randomScope(random, anyWord)
		unset := spec.DeepCopy()
		dropEmptyLists(reflect.ValueOf(unset).Elem())
		if diff := cmp.Diff(encoded(t, apiScope(spec)), encoded(t, apiScope(unset))); diff != "" {
			t.Fatalf("%s and %s differ:\n%s", encoded(t, spec), encoded(t, unset), diff)
		}
	}
}

// dropEmptyLists unsets lists that are empty, but for namespaces, which are a match and must not be
// empty.
func dropEmptyLists(value reflect.Value) {
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			dropEmptyLists(value.Elem())
		}
	case reflect.Slice:
		if value.Len() == 0 {
			value.SetZero()
		}
		for i := range value.Len() {
			dropEmptyLists(value.Index(i))
		}
	case reflect.Struct:
		for i := range value.NumField() {
			if value.Type().Field(i).Name != "Namespace" {
				dropEmptyLists(value.Field(i))
			}
		}
	default:
	}
}
