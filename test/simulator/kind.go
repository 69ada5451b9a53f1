// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// kind describes the irregularities of a collection. The zero kind, with a path, is regular: ids
// are UUIDs, PUT replaces, nothing is unique or hidden.
type kind struct {
	// path below the project, with * in place of ids.
	path string
	// list is the path of the list, if there is none of the whole collection.
	list string
	// noun for messages.
	noun string
	// id names the members that together identify a document. Defaults to a UUID in member "id".
	id []string
	// unique are the paths of the members that together are the natural key.
	unique []string
	// partialKeys makes a natural key with empty parts one that is unique, too.
	partialKeys bool
	// allowTwice allows duplicates of the natural key. The look-up by name still works.
	allowTwice func(Behavior) bool
	// search are the paths that list filters compare. Defaults to unique.
	search []string
	// orders are the columns of order_by, with their paths, in addition to created_at.
	orders map[string]string
	// refer is the member by which other documents refer to this one. They are deleted together
	// with it.
	refer string
	// renames are the paths at which those documents repeat its name.
	renames []string
	// bereaved handles a document when one that it refers to is deleted. By default, it is deleted,
	// too.
	bereaved func(c *call, rec *record)
	// partial makes PUT keep omitted members.
	partial bool
	// secret members are omitted from lists.
	secret []string
	// itemID computes the id from the id in the path, if the id has more parts.
	itemID func(c *call, id string) string
	// prepare checks and completes a document before it is stored. old is nil for a creation.
	prepare func(c *call, path string, doc document, old *record) error
	// created runs after a creation, with the original request.
	created func(c *call, rec *record, body document) error
	// guard can reject a change that comes in as a request. rec is nil for a creation.
	guard func(c *call, path string, rec *record) error
	// view returns what reads show of a document.
	view func(c *call, rec *record, m mode) document

	schema schema           // of a listed item
	item   *openapi3.Schema // the complete schema of a listed item
}

// mode is the kind of read that a view is for.
type mode int

const (
	listed mode = iota
	fetched
	created
	updated
)

// name returns the natural key of a document, "" if it has none.
func (k *kind) name(doc document) string {
	parts := make([]string, len(k.unique))
	for i, path := range k.unique {
		if parts[i] = text(doc, path); parts[i] == "" && !k.partialKeys {
			return ""
		}
	}
	return strings.Join(parts, "\x00")
}

func (k *kind) matches(pattern []string) bool {
	parts := strings.Split(k.path, "/")
	return slices.EqualFunc(parts, pattern, func(a, b string) bool { return a == "*" || a == b })
}

// text returns the string at a dotted path of a document, "" if there is none.
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
			if kindsList[i].item = itemSchema(v.Document(), cmp.Or(kindsList[i].list, kindsList[i].path)); kindsList[i].item != nil {
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

// schema is the part of an object schema that is needed to complete documents.
type schema struct {
	properties openapi3.Schemas
	required   []string
	immutable  []string
	createOnly []string
}

// itemSchema finds the schema of the rows of a collection's list. It returns nil if there is no
// list.
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
