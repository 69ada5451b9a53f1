// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// Patched applies a merge patch to an object that does not exist yet.
func (c *Cluster) Patched(obj v1alpha1.Object, patch string) v1alpha1.Object {
	c.Helper()
	if patch == "" {
		return obj
	}
	var document, change map[string]any
	text, err := json.Marshal(obj)
	if err != nil {
		c.Fatal(err)
	}
	if err := json.Unmarshal(text, &document); err != nil {
		c.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(patch))
	decoder.UseNumber()
	if err := decoder.Decode(&change); err != nil {
		c.Fatal(err)
	}
	merge(document, change)
	if text, err = json.Marshal(document); err != nil {
		c.Fatal(err)
	}
	// In an object that is not empty, elements of lists would keep members that they no longer have.
	made, _ := reflect.TypeAssert[v1alpha1.Object](reflect.New(reflect.TypeOf(obj).Elem()))
	if err := json.Unmarshal(text, made); err != nil {
		c.Fatal(err)
	}
	return made
}

func merge(document, change map[string]any) {
	for name, value := range change {
		inner, isObject := value.(map[string]any)
		holder, _ := document[name].(map[string]any)
		switch {
		case value == nil:
			delete(document, name)
		case isObject && holder != nil:
			merge(holder, inner)
		default:
			document[name] = value
		}
	}
}
