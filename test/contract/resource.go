// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Resource is what the contract says of something that can be created: an entry of its index of
// resources.
type Resource struct {
	index map[string]any
	item  *openapi3.Schema
}

// Created finds what a POST to a path creates.
func (v *Validator) Created(path string) (*Resource, error) {
	route, err := v.Find(http.MethodPost, path)
	if err != nil {
		return nil, fmt.Errorf("finding the route of POST %s: %w", path, err)
	}
	all, _ := v.doc.Extensions["x-resources"].(map[string]any)
	for _, one := range all {
		if index, _ := one.(map[string]any); index["create"] == route.Operation.OperationID {
			return &Resource{index, v.listed(index["list"])}, nil
		}
	}
	return nil, fmt.Errorf("x-resources has nothing that %s creates", route.Operation.OperationID)
}

// listed is the schema of what an operation lists, nil if there is none.
func (v *Validator) listed(operation any) *openapi3.Schema {
	for _, path := range v.doc.Paths.Map() {
		if path.Get == nil || path.Get.OperationID != operation {
			continue
		}
		for _, member := range path.Get.Responses.Status(http.StatusOK).Value.Content.Get("application/json").Schema.Value.Properties {
			if member.Value.Items != nil {
				return member.Value.Items.Value
			}
		}
	}
	return nil
}

// Schema is that of the resource in lists, nil if there is no list.
func (r *Resource) Schema() *openapi3.Schema { return r.item }

// HasID says that the server gives the resource an id, so that another one of its key is another
// resource.
func (r *Resource) HasID() bool { return r.index["id"] != nil }

// Writes are the methods with which it can be written: the index says null where there is no such
// route.
func (r *Resource) Writes() (methods []string) {
	for verb, method := range map[string]string{"create": http.MethodPost, "update": http.MethodPut, "delete": http.MethodDelete} {
		if r.index[verb] != nil {
			methods = append(methods, method)
		}
	}
	slices.Sort(methods)
	return methods
}

// Key are the paths of what makes it this resource: its natural key, and what cannot be changed.
func (r *Resource) Key() (paths []string) {
	for _, said := range []any{r.index["id"], r.index["natural-key"], r.index["immutable"]} {
		list, isList := said.([]any)
		if !isList {
			list = []any{said}
		}
		for _, path := range list {
			if path, ok := path.(string); ok {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// KeyIn are the values in a document that make it this resource.
func (r *Resource) KeyIn(document any) (values []any) {
	for _, path := range r.Key() {
		value := document
		for name := range strings.SplitSeq(path, ".") {
			object, _ := value.(map[string]any)
			value = object[name]
		}
		values = append(values, value)
	}
	return values
}
