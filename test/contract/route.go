// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// ErrUnknown says that the contract does not have this method on this path.
var ErrUnknown = errors.New("no such operation in the contract")

// Route is one operation of the contract that matches a call.
type Route struct {
	Method, Template string
	Operation        *openapi3.Operation
	// Params are the decoded path parameters.
	Params map[string]string

	names []string
}

// node is one path segment. The package has its own tree, because kin-openapi's routers match
// decoded paths, where %2F would split a segment.
type node struct {
	fixed    map[string]*node
	variable *node
	// routes are the routes that end here, by method.
	routes map[string]*Route
}

func buildTree(paths map[string]*openapi3.PathItem) *node {
	root := &node{}
	for template, item := range paths {
		for method, op := range item.Operations() {
			root.add(&Route{Method: method, Template: template, Operation: op})
		}
	}
	return root
}

func (n *node) add(rt *Route) {
	for segment := range strings.SplitSeq(strings.Trim(rt.Template, "/"), "/") {
		name, isParam := strings.CutPrefix(segment, "{")
		if isParam {
			rt.names = append(rt.names, strings.TrimSuffix(name, "}"))
			if n.variable == nil {
				n.variable = &node{}
			}
			n = n.variable
			continue
		}
		if n.fixed == nil {
			n.fixed = map[string]*node{}
		}
		if n.fixed[segment] == nil {
			n.fixed[segment] = &node{}
		}
		n = n.fixed[segment]
	}
	if n.routes == nil {
		n.routes = map[string]*Route{}
	}
	n.routes[rt.Method] = rt
}

// Find returns the operation of a method and an escaped path. A fixed segment wins over a
// parameter, if it has the method.
func (v *Validator) Find(method, escapedPath string) (*Route, error) {
	rest, ok := strings.CutPrefix(escapedPath, "/")
	if !ok {
		return nil, ErrUnknown
	}
	found, values := v.root.find(method, strings.Split(rest, "/"), nil)
	if found == nil {
		return nil, ErrUnknown
	}
	rt := &Route{Method: found.Method, Template: found.Template, Operation: found.Operation, Params: map[string]string{}}
	for i, name := range found.names {
		value, err := url.PathUnescape(values[i])
		if err != nil {
			return nil, fmt.Errorf("path parameter %s: bad escape", name)
		}
		rt.Params[name] = value
	}
	return rt, nil
}

func (n *node) find(method string, segments, values []string) (*Route, []string) {
	if len(segments) == 0 {
		return n.routes[method], values
	}
	head, tail := segments[0], segments[1:]
	if next := n.fixed[head]; next != nil {
		if rt, vs := next.find(method, tail, values); rt != nil {
			return rt, vs
		}
	}
	if n.variable != nil && head != "" {
		return n.variable.find(method, tail, append(slices.Clip(values), head))
	}
	return nil, nil
}
