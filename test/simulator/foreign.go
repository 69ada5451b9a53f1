// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Foreign is a document that another user created.
type Foreign struct{ Collection, ID string }

// CreateForeign creates what a recorded call asked to create, as another user would who chose the
// same name. It omits the annotations and values whose names begin with mark. Unless the document
// is to be identical, it changes one other value.
func (s *Simulator) CreateForeign(recorded Call, mark string, identical bool) (Foreign, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rt, err := s.validator.Find(recorded.Method, recorded.Path)
	if err != nil || recorded.Method != http.MethodPost {
		return Foreign{}, fmt.Errorf("%s %s creates nothing", recorded.Method, recorded.Path)
	}
	body, ok := bodyOf(recorded)
	if !ok {
		return Foreign{}, errors.New("the recorded body is not a JSON object")
	}
	Unmark(body, mark)
	if identical {
		return s.createAs(recorded, body)
	}
	k := kindOf("projects/p/" + strings.Join(patternOf(rt.Template), "/"))
	err = errors.New("the document has no value that can differ")
	for _, path := range leavesOf(k, body, nil, "") {
		other := normal(body)
		change(other, path)
		if s.renderedName(other) != s.renderedName(body) {
			continue
		}
		var made Foreign
		if made, err = s.createAs(recorded, other); err == nil {
			return made, nil
		}
	}
	return Foreign{}, err
}

// rawContent is the member of a document that has what was sent as it is.
const rawContent = "data_base64"

// isRaw is true for calls that send content as it is, and not as JSON.
func (c Call) isRaw() bool { return c.ContentType == mediaRaw }

// bodyOf is what a recorded call sent, as a document.
func bodyOf(recorded Call) (document, bool) {
	if recorded.isRaw() {
		return document{rawContent: base64.StdEncoding.EncodeToString(recorded.RequestBody)}, true
	}
	decoded, err := decode(recorded.RequestBody)
	body, ok := decoded.(document)
	return body, ok && err == nil
}

// createAs sends a body to the path of a recorded call, without faults and without a record.
func (s *Simulator) createAs(recorded Call, body document) (Foreign, error) {
	c, before := s.inside(s.project), s.store.last
	path, err := url.PathUnescape(recorded.Path)
	if err != nil {
		return Foreign{}, fmt.Errorf("reading the path: %w", err)
	}
	target := &url.URL{Path: path, RawPath: recorded.Path, RawQuery: recorded.Query}
	send := func() *answer { return c.sendAs(target, mediaJSON, encode(body)) }
	if recorded.isRaw() {
		raw, err := base64.StdEncoding.DecodeString(text(body, rawContent))
		if err != nil {
			return Foreign{}, fmt.Errorf("decoding the content: %w", err)
		}
		send = func() *answer { return c.sendAs(target, mediaRaw, raw) }
	}
	if a := send(); a.status >= http.StatusBadRequest {
		return Foreign{}, errors.New(string(a.body))
	}
	var made Foreign
	aside := "users" // a grant can add one
	if strings.HasSuffix(path, "/users") {
		aside = ""
	}
	for path, t := range s.store.tables {
		for id, rec := range t.records {
			if collection, ours := strings.CutPrefix(path, c.path("")); ours && rec.seq > before && collection != aside {
				made = Foreign{collection, id}
			}
		}
	}
	if made.ID == "" {
		return made, errors.New("nothing was created")
	}
	return made, nil
}

// renderedName is the name of the service that a template produces, "" for other bodies.
func (s *Simulator) renderedName(body document) string {
	if body["template"] == nil {
		return ""
	}
	doc, err := s.inside(s.project).render(body)
	if err != nil {
		return ""
	}
	return text(doc, "metadata.name")
}

// Disturb changes one value of a document without a request. The value was set by a recorded call,
// and is not below a name that begins with mark. Disturb reports whether there was such a value.
func (s *Simulator) Disturb(collection, id, mark string, recorded Call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.inside(s.project)
	rec := c.st.get(c.path(collection), id)
	body, ok := bodyOf(recorded)
	if !ok || rec == nil {
		return false
	}
	Unmark(body, mark)
	doc := normal(rec.doc)
	if _, template := body["template"]; template {
		body = document{"metadata": document{"annotations": document{templateSource: text(body, "template")}}}
	}
	for _, path := range leavesOf(kindOf(rec.path), body, nil, "") {
		stored := any(doc)
		for _, step := range path {
			stored = stepInto(stored, step)
		}
		if stored != nil && stored != "" && !namesElement(path) {
			change(doc, path)
			c.st.put(&record{path: rec.path, id: rec.id, seq: rec.seq, doc: doc})
			return true
		}
	}
	return false
}

// elementNames are the members that identify the elements of a list. With another value, the
// element is another one.
var elementNames = []any{"name", "path", "num", "label", "server_label", "identity", "queue", "address", "endpoint", "model"}

// namesElement is true if a path leads to a member that identifies an element of a list.
func namesElement(path []any) bool {
	if len(path) < 2 {
		return false
	}
	_, inList := path[len(path)-2].(int)
	return inList && slices.Contains(elementNames, path[len(path)-1])
}

// Unmark removes everything whose name begins with mark, at every depth, and what begins with mark
// in brackets at the end of a text.
func Unmark(v any, mark string) {
	switch v := v.(type) {
	case document:
		maps.DeleteFunc(v, func(name string, _ any) bool { return strings.HasPrefix(name, mark) })
		for name, inner := range v {
			if text, ok := inner.(string); ok {
				v[name], _ = SplitMarked(text, mark)
			}
			Unmark(inner, mark)
		}
	case []any:
		for _, inner := range v {
			Unmark(inner, mark)
		}
	}
}

// SplitMarked returns the part of a text before what begins with mark in brackets at its end, and
// whether the text has that.
func SplitMarked(text, mark string) (before string, marked bool) {
	at := strings.Index(strings.ToLower(text), "["+mark) // which the server may write in capitals
	if at < 0 || !strings.HasSuffix(text, "]") {
		return text, false
	}
	return strings.TrimSuffix(text[:at], " "), true
}

// leavesOf lists the paths of values that can differ in a document with the same key.
func leavesOf(k *kind, v any, at []any, dotted string) (paths [][]any) {
	switch v := v.(type) {
	case document:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inner := strings.TrimPrefix(dotted+"."+name, ".")
			if !isKey(k, name, inner) && name != "client_secret" { // which no client reads
				paths = append(paths, leavesOf(k, v[name], append(slices.Clip(at), name), inner)...)
			}
		}
		return paths
	case []any:
		for i := range v {
			paths = append(paths, leavesOf(k, v[i], append(slices.Clip(at), i), dotted)...)
		}
		return paths
	case nil:
		return nil
	case string:
		if v == "" {
			return nil // which says no more than null
		}
	}
	return [][]any{at}
}

// isKey is true if a member identifies a document.
func isKey(k *kind, name, dotted string) bool {
	return slices.Contains(k.unique, dotted) || slices.Contains(k.id, dotted) || slices.Contains(k.schema.createOnly, dotted) ||
		name == "id" || strings.HasSuffix(name, "_id") || name == "email" || name == "type" || name == "template" || name == "invite_redirect_url"
}

// change changes the value at a path.
func change(v any, path []any) {
	for _, step := range path[:len(path)-1] {
		v = stepInto(v, step)
	}
	last := path[len(path)-1]
	value := different(last, stepInto(v, last))
	switch holder := v.(type) {
	case document:
		name, _ := last.(string)
		holder[name] = value
	case []any:
		i, _ := last.(int)
		holder[i] = value
	}
}

func stepInto(v, step any) any {
	switch step := step.(type) {
	case string:
		doc, _ := v.(document)
		return doc[step]
	case int:
		if list, _ := v.([]any); step < len(list) {
			return list[step]
		}
	}
	return nil
}

func different(name, v any) any {
	switch v := v.(type) {
	case string:
		if name == "data_base64" {
			return differentPayload(v)
		}
		return v + " of another user"
	case bool:
		return !v
	}
	return 17
}

// differentPayload changes a value in the JSON object of a secret, or its bytes if it is not a JSON
// object.
func differentPayload(text string) string {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return text
	}
	value, err := decode(raw)
	if object, ok := value.(document); err == nil && ok && len(object) > 0 {
		object[slices.Sorted(maps.Keys(object))[0]] = "another user's"
		return base64.StdEncoding.EncodeToString(encode(object))
	}
	return base64.StdEncoding.EncodeToString(append(raw, '!'))
}
