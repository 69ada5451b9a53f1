// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// untidy is a sample with all in it that gives servers something to rewrite: blanks and capitals in
// texts, lists in no order, empty values, numbers in several forms. The definition of its kind says
// where that can be; what the API server, the operator or a server that rewrites nothing refuses is
// left out, and so is what would make it another resource.
func (h *cluster) untidy(s samples.Sample) v1alpha1.Object {
	h.Helper()
	h.ApplyNeeds(s, nil)
	before := h.Held()
	key := h.tries(s, manifest(s.Kind, object(s)), before)
	if key == nil {
		h.Fatalf("%s is refused", s)
	}
	written := manifest(s.Kind, h.Patched(object(s), s.ListEdit())) // which has the longer lists
	schema := api().Schema(v1alpha1.GroupVersion.WithKind(s.Kind)).Properties["spec"]
	for _, place := range rewritable(&schema, written.Object["spec"], []any{"spec"}) {
		for _, value := range place.values {
			changed := written.DeepCopy()
			put(changed.Object, place.path, runtime.DeepCopyJSONValue(value))
			if reflect.DeepEqual(h.tries(s, changed, before), key) {
				written = changed
				break
			}
		}
	}
	return fromManifest(s, written)
}

// tries creates an object and deletes it. It returns what makes its resource this one, nil if it
// was refused.
func (h *cluster) tries(s samples.Sample, written *unstructured.Unstructured, before map[simulator.Foreign]string) (key []any) {
	h.Helper()
	if api().Create(h.Context(), written.DeepCopy()) != nil {
		return nil
	}
	obj := fromManifest(s, written)
	h.MeshAgent.ResetCalls()
	h.Apply(obj)
	inSync := func() bool { return h.Condition(obj, v1alpha1.ConditionSynced) == "Synced=True InSync" }
	h.RunUntil(time.Minute, func() bool {
		return inSync() || strings.HasPrefix(h.Condition(obj, v1alpha1.ConditionStalled), "Stalled=True ")
	})
	if inSync() {
		made := h.CreatedSince(before)
		body := strings.ReplaceAll(string(made.RequestBody), string(obj.GetUID()), "uid") // which it may have for an id
		key = made.About.KeyIn(parsed(body))
	}
	h.CheckDeletion(obj)
	h.RequireHeld(before)
	return key
}

// rewritablePlace is a place in a document with what to try there.
type rewritablePlace struct {
	path   []any
	values []any
}

// rewritable are the places whose values can be written otherwise. Those within others come first.
func rewritable(schema *structuralschema.Structural, value any, at []any) (found []rewritablePlace) {
	inner := func(schema *structuralschema.Structural, value, step any) {
		found = append(found, rewritable(schema, value, append(slices.Clip(at), step))...)
	}
	place := func(values ...any) { found = append(found, rewritablePlace{at, values}) }
	switch value := value.(type) {
	case string:
		if schema.ValueValidation == nil || len(schema.ValueValidation.Enum) == 0 {
			place(" Two  "+value+"\n Words \n", value+" \n")
		}
	case []any:
		for i, one := range value {
			inner(schema.Items, one, i)
		}
		if turned := turned(value); turned != nil {
			place(turned)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			property := schema.Properties[name]
			if member, isSet := value[name]; isSet || isFree(&property) || hasTexts(&property) {
				inner(&property, member, name)
			}
		}
		if isFree(schema) {
			place(merged(value, untidyJSON))
		} else if hasTexts(schema) {
			place(merged(value, untidyTexts))
		}
	case nil:
		if schema.Type == "object" && isFree(schema) {
			place(untidyJSON)
		} else if hasTexts(schema) {
			place(untidyTexts)
		}
	}
	return found
}

// isFree says that a value is free JSON.
func isFree(schema *structuralschema.Structural) bool { return schema.XPreserveUnknownFields }

// hasTexts says that a value is a map of strings, such as annotations.
func hasTexts(schema *structuralschema.Structural) bool {
	values := schema.AdditionalProperties
	return values != nil && values.Structural != nil && values.Structural.Type == "string"
}

var (
	untidyJSON = map[string]any{
		"limit": 1e+21, "ratio": 1.50, "whole": 2.0, "nothing": map[string]any{}, "none": []any{}, "nested": map[string]any{"text": ""},
	}
	untidyTexts = map[string]any{"b": " c ", "none": ""}
)

func merged(value, more map[string]any) map[string]any {
	value = maps.Clone(value)
	maps.Copy(value, more)
	return value
}

// turned is a list in another order, with more elements if they are texts; nil if it has no order.
func turned(list []any) []any {
	list = slices.Clone(list)
	slices.Reverse(list)
	if len(list) > 0 {
		if _, texts := list[0].(string); texts {
			return append(append([]any{"zz"}, list...), "aa")
		}
	}
	if len(list) > 1 {
		return list
	}
	return nil
}

// put sets the value at a path.
func put(root any, path []any, value any) {
	for i, step := range path {
		last := i == len(path)-1
		switch step := step.(type) {
		case int:
			list, _ := root.([]any)
			if last {
				list[step] = value
			} else {
				root = list[step]
			}
		case string:
			object, _ := root.(map[string]any)
			if last {
				object[step] = value
			} else {
				root = object[step]
			}
		}
	}
}
