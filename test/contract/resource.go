// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Resource is what the contract says of something that can be created: an entry of its index of
// resources.
type Resource struct {
	index   map[string]any
	item    *openapi3.Schema
	routes  map[any]*Route // by operation
	created *Route
}

// verbs are what an entry of the index has operations for.
var verbs = []string{"create", "get", "list", "update", "delete"}

// Created finds what a request creates.
func (v *Validator) Created(method, path string) (*Resource, error) {
	route, err := v.Find(method, path)
	if err != nil {
		return nil, fmt.Errorf("finding the route of %s %s: %w", method, path, err)
	}
	all, _ := v.doc.Extensions["x-resources"].(map[string]any)
	for _, one := range all {
		if index, _ := one.(map[string]any); index["create"] == route.Operation.OperationID {
			found := &Resource{index: index, item: v.listed(index["list"]), routes: map[any]*Route{}, created: route}
			for _, verb := range verbs {
				if at := v.operation(index[verb]); at != nil {
					found.routes[verb] = at
				}
			}
			return found, nil
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

// operation finds an operation by its id; nil if there is none.
func (v *Validator) operation(id any) *Route {
	for template, item := range v.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID == id {
				return &Route{Method: method, Template: template, Operation: op}
			}
		}
	}
	return nil
}

// Method is that of the requests for a verb of the index, such as update; "" if there are none.
func (r *Resource) Method(verb string) string {
	if route := r.routes[verb]; route != nil {
		return route.Method
	}
	return ""
}

// IsRaw is true if its content is sent as it is, and not as JSON.
func (r *Resource) IsRaw() bool {
	body := r.created.Operation.RequestBody
	return body != nil && body.Value.Content.Get("application/json") == nil
}

// Path is a regular expression for the escaped paths of the requests for a verb; "" if there are
// none.
func (r *Resource) Path(verb string) string {
	route := r.routes[verb]
	if route == nil {
		return ""
	}
	return r.pattern(route.Template) + "$"
}

// Paths is a regular expression for the escaped paths of all requests that concern such a resource
// besides the one that was created.
func (r *Resource) Paths() string {
	var all []string
	for _, verb := range verbs {
		if path := r.Path(verb); path != "" {
			all = append(all, path)
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "|")
}

// pattern is a template with the parameters of the creation.
func (r *Resource) pattern(template string) string {
	segments := strings.Split(template, "/")
	for i, segment := range segments {
		name, isParam := strings.CutPrefix(segment, "{")
		switch value, known := r.created.Params[strings.TrimSuffix(name, "}")]; {
		case !isParam:
			segments[i] = regexp.QuoteMeta(segment)
		case known:
			segments[i] = regexp.QuoteMeta(url.PathEscape(value))
		default:
			segments[i] = "[^/]+"
		}
	}
	return strings.Join(segments, "/")
}

// Schema is that of the resource in lists, nil if there is no list.
func (r *Resource) Schema() *openapi3.Schema { return r.item }

// HasID says that the server gives the resource an id, so that another one of its key is another
// resource.
func (r *Resource) HasID() bool {
	return r.index["id"] != nil && r.index["id"] != r.index["natural-key"]
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
