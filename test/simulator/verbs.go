// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// lookup finds the document of a path parameter. GET of rooms and agents, and everything below a
// {…_name}, take a name. All others take an id.
func (c *call) lookup(path, param, id string) (*record, error) {
	k := c.st.table(path).kind
	byName := strings.HasSuffix(param, "_name")
	if p := c.route.Operation.Parameters.GetByInAndName(openapi3.ParameterInPath, param); p != nil && p.Extensions["x-key"] == "name" {
		// assumed: GET also takes an id, as the help of the command line tool says.
		if rec := c.st.get(path, id); rec != nil {
			return rec, nil
		}
		byName = true
	}
	if byName {
		if rec := c.st.named(path, id); rec != nil {
			return rec, nil
		}
		return nil, missing(k.noun, "name", id)
	}
	key := id
	if k.itemID != nil {
		key = k.itemID(c, id)
	}
	if rec := c.st.get(path, key); rec != nil {
		return rec, nil
	}
	return nil, missing(k.noun, "id", id)
}

// create stores a new document and returns it.
func (c *call) create(path string, body document) (*record, error) {
	k := c.st.table(path).kind
	doc := maps.Clone(body)
	for _, member := range k.schema.createOnly {
		delete(doc, member)
	}
	if k.prepare != nil {
		if err := k.prepare(c, path, doc, nil); err != nil {
			return nil, err
		}
	}
	c.stamp(k, doc)
	k.complete(doc)
	id := k.identify(doc)
	doc = c.keep(k, path, doc)
	c.grow(k, doc)
	rec := &record{path: path, id: id, doc: doc}
	if err := c.unique(k, rec); err != nil {
		return nil, err
	}
	if old := c.st.get(path, rec.id); old != nil {
		// assumed: a second member, or a secret with the same id, might overwrite the first.
		if !c.s.behavior.OverwriteExisting {
			return nil, conflict("this %s already exists", k.noun)
		}
		rec.seq = old.seq
	}
	c.st.put(rec)
	if k.created != nil {
		if err := k.created(c, rec, body); err != nil {
			return nil, err
		}
	}
	return rec, nil
}

// update replaces a document except for its immutable members.
func (c *call) update(rec *record, body document) (*record, error) {
	k := c.st.table(rec.path).kind
	doc := maps.Clone(body)
	if k.partial {
		doc = maps.Clone(rec.doc)
		maps.Copy(doc, body)
	}
	keep := append([]string{"id", "project_id", "created_at"}, k.schema.immutable...)
	for _, member := range append(keep, k.id...) {
		if v, ok := rec.doc[member]; ok {
			doc[member] = v
		}
	}
	if k.prepare != nil {
		if err := k.prepare(c, rec.path, doc, rec); err != nil {
			return nil, err
		}
	}
	k.complete(doc)
	next := &record{path: rec.path, id: rec.id, seq: rec.seq, doc: c.keep(k, rec.path, doc)}
	if err := c.unique(k, next); err != nil {
		return nil, err
	}
	c.st.put(next)
	if name := k.name(doc); k.refer != "" && name != k.name(rec.doc) {
		c.rename(next, name)
	}
	return next, nil
}

// remove deletes a document with everything below it, and everything that refers to it.
func (c *call) remove(rec *record) error {
	k := c.st.table(rec.path).kind
	var users []*record
	if k.refer != "" {
		users = c.st.referring(k.refer, rec.id, "")
	}
	below := rec.path + "/" + rec.id
	if c.s.behavior.RefuseDeleteInUse && (c.st.hasBelow(below) || slices.ContainsFunc(users, dependent)) {
		return conflict("the %s is in use", k.noun)
	}
	c.st.dropTables(below)
	for _, user := range users {
		switch bereaved := kindOf(user.path).bereaved; {
		case bereaved != nil:
			bereaved(c, user)
		case c.st.get(user.path, user.id) != nil: // may have been deleted together with another
			if err := c.remove(user); err != nil {
				return err
			}
		}
	}
	c.st.drop(rec.path, rec.id)
	return nil
}

func dependent(rec *record) bool { return kindOf(rec.path).bereaved == nil }

func (c *call) unique(k *kind, rec *record) error {
	name := k.name(rec.doc)
	if name == "" || k.allowTwice != nil && k.allowTwice(c.s.behavior) {
		return nil
	}
	if other := c.st.named(rec.path, name); other != nil && other.seq != rec.seq {
		var parts []string
		for _, path := range k.unique {
			parts = append(parts, fmt.Sprintf("%s %q", path[strings.LastIndex(path, ".")+1:], text(rec.doc, path)))
		}
		return conflict("a %s with %s already exists", k.noun, strings.Join(parts, " and "))
	}
	return nil
}

// rename updates the name of a document in those that repeat it. assumed: they might keep the old
// one.
func (c *call) rename(rec *record, name string) {
	if c.s.behavior.KeepOldNames {
		return
	}
	k := kindOf(rec.path)
	for _, user := range c.st.referring(k.refer, rec.id, "") {
		doc := normal(user.doc)
		for _, path := range k.renames {
			if text(doc, path) != "" {
				set(doc, path, name)
			}
		}
		c.st.put(&record{path: user.path, id: user.id, seq: user.seq, doc: doc})
	}
}

// stamp sets the members that the server assigns.
func (c *call) stamp(k *kind, doc document) {
	for member, v := range map[string]string{"project_id": c.project, "created_at": c.s.now()} {
		if k.schema.properties[member] != nil && doc[member] == nil {
			doc[member] = v
		}
	}
}

// identify returns the id of a new document, and assigns one if necessary.
func (k *kind) identify(doc document) string {
	if len(k.id) == 0 {
		if text(doc, "id") == "" {
			doc["id"] = newUUID()
		}
		return text(doc, "id")
	}
	parts := make([]string, len(k.id))
	for i, member := range k.id {
		parts[i] = text(doc, member)
	}
	return strings.TrimRight(strings.Join(parts, "/"), "/")
}

// complete sets omitted members to the values that reads show. It also replaces null if reads show
// no null.
func (k *kind) complete(doc document) {
	for name, ref := range k.schema.properties {
		p := ref.Value
		v, given := doc[name]
		if given && (v != nil || p.Nullable) {
			continue
		}
		switch {
		case p.Default != nil:
			doc[name] = copyValue(p.Default)
		case p.Type.Is(openapi3.TypeObject) && p.AdditionalProperties.Schema != nil,
			p.Type.Is(openapi3.TypeObject) && p.AdditionalProperties.Has != nil:
			if given || slices.Contains(k.schema.required, name) {
				doc[name] = document{}
			}
		case given:
			delete(doc, name)
		}
	}
}
