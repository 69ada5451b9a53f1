// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// kind says what is irregular about a collection. The zero kind, with a path, is
// a regular one: ids are UUIDs, PUT replaces, nothing is unique or hidden.
type kind struct {
	// path below the project, with * in place of ids.
	path string
	// noun for messages.
	noun string
	// id names the members that identify a document together; the default is
	// a UUID in member "id".
	id []string
	// unique are the paths of the members that are the natural key together.
	unique []string
	// allowTwice lifts the uniqueness, not the look-up by name.
	allowTwice func(Behavior) bool
	// search are the paths that list filters look at; the default is unique.
	search []string
	// orders are the columns that order_by knows, with their paths. There is
	// always created_at.
	orders map[string]string
	// refer is the member by which documents elsewhere refer to this one.
	// They go when it goes.
	refer string
	// renames are the paths at which those documents repeat its name.
	renames []string
	// bereaved is what becomes of a document when one that it refers to goes.
	// The default is that it goes too.
	bereaved func(c *call, rec *record)
	// partial makes PUT keep members that are left out.
	partial bool
	// secret members are left out of lists.
	secret []string
	// itemID computes the id from that in the path, where more decides.
	itemID func(c *call, id string) string
	// prepare checks and completes a document before it is stored. Old is nil
	// on create.
	prepare func(c *call, path string, doc document, old *record) error
	// created runs after a create, with the request as it came.
	created func(c *call, rec *record, body document) error
	// guard may refuse a change that arrives over the wire. Rec is nil on create.
	guard func(c *call, path string, rec *record) error
	// view is what reads show of a document.
	view func(c *call, rec *record, m mode) document

	schema schema           // of a listed item
	item   *openapi3.Schema // the same, with all that lies within
}

// mode is the read that a view is for.
type mode int

const (
	listed mode = iota
	fetched
	created
	updated
)

// name returns the natural key of a document, "" when it has none.
func (k *kind) name(doc document) string {
	parts := make([]string, len(k.unique))
	for i, path := range k.unique {
		if parts[i] = text(doc, path); parts[i] == "" {
			return ""
		}
	}
	return strings.Join(parts, "\x00")
}

func (k *kind) matches(pattern []string) bool {
	parts := strings.Split(k.path, "/")
	return slices.EqualFunc(parts, pattern, func(a, b string) bool { return a == "*" || a == b })
}

// text returns the string at a dotted path of a document, "" when none is there.
func text(doc document, path string) string {
	s, _ := value(doc, path).(string)
	return s
}

func value(doc document, path string) any {
	for {
		head, tail, nested := strings.Cut(path, ".")
		if !nested {
			return doc[head]
		}
		doc, _ = doc[head].(document)
		path = tail
	}
}

var (
	kindsOnce sync.Once
	kindsList []kind
)

// kinds returns the table with the schemas of the contract filled in.
func kinds() []kind {
	kindsOnce.Do(func() {
		v, err := contract.Load()
		if err != nil {
			panic(err) // the contract is compiled in, and tested
		}
		kindsList = kindTable()
		for i := range kindsList {
			if kindsList[i].item = itemSchema(v.Document(), kindsList[i].path); kindsList[i].item != nil {
				kindsList[i].schema = flatten(kindsList[i].item)
			}
		}
	})
	return kindsList
}

// kindOf returns the kind of an absolute collection path.
func kindOf(path string) *kind {
	pattern := strings.Split(path, "/")
	if len(pattern) > 2 {
		pattern = pattern[2:] // projects/<id>
	}
	table := kinds()
	for i := range table {
		if table[i].matches(pattern) {
			return &table[i]
		}
	}
	return &kind{path: path, noun: strings.TrimSuffix(pattern[len(pattern)-1], "s")}
}

// schema is the part of an object schema that completing documents needs.
type schema struct {
	properties openapi3.Schemas
	required   []string
	immutable  []string
	createOnly []string
}

// itemSchema finds the schema of what the list of a collection holds, nil if it has
// no list.
func itemSchema(doc *openapi3.T, path string) *openapi3.Schema {
	for template, item := range doc.Paths.Map() {
		if item.Get == nil || !(&kind{path: path}).matches(patternOf(template)) {
			continue
		}
		list := item.Get.Responses.Status(200).Value.Content["application/json"].Schema.Value
		if items := list.Properties[list.Required[0]].Value.Items; items != nil {
			return items.Value
		}
	}
	return nil
}

// patternOf turns a path template into the path of a kind.
func patternOf(template string) []string {
	template = strings.TrimPrefix(template, "/accounts/projects/{project_id}/")
	parts := strings.Split(strings.TrimPrefix(template, "/accounts/"), "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = "*"
		}
	}
	return parts
}

// flatten merges the parts of an allOf.
func flatten(s *openapi3.Schema) schema {
	out := schema{properties: openapi3.Schemas{}, required: slices.Clone(s.Required)}
	for _, part := range s.AllOf {
		inner := flatten(part.Value)
		maps.Copy(out.properties, inner.properties)
		out.required = append(out.required, inner.required...)
		out.immutable = append(out.immutable, inner.immutable...)
		out.createOnly = append(out.createOnly, inner.createOnly...)
	}
	maps.Copy(out.properties, s.Properties)
	out.immutable = append(out.immutable, texts(s.Extensions["x-immutable"])...)
	out.createOnly = append(out.createOnly, texts(s.Extensions["x-create-only"])...)
	return out
}

func texts(list any) []string {
	var out []string
	items, _ := list.([]any)
	for _, item := range items {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
