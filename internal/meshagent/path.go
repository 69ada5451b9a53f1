// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// route is a path together with its template.
type route struct {
	template string
	path     string
	err      error
}

// expand replaces the {placeholders} of a template by escaped values, in order.
func expand(template string, values ...string) route {
	return route{}.join(template, values...)
}

// join appends a template to a route.
func (r route) join(template string, values ...string) route {
	path, rest := strings.Builder{}, template
	for _, value := range values {
		before, after, ok := strings.Cut(rest, "{")
		_, after, closed := strings.Cut(after, "}")
		if !ok || !closed {
			panic("meshagent: more values than placeholders in " + template)
		}
		// These values cannot be escaped, and proxies resolve them as relative paths.
		if r.err == nil && (value == "" || value == "." || value == "..") {
			r.err = &Error{
				Status: http.StatusBadRequest, Route: r.template + template, Message: fmt.Sprintf("%q cannot be addressed in MeshAgent", value),
				unaddressable: true, unsent: true,
			}
		}
		path.WriteString(before + url.PathEscape(value))
		rest = after
	}
	path.WriteString(rest)
	return route{template: r.template + template, path: r.path + path.String(), err: r.err}
}
