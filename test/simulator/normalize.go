// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
)

// Normalization is a set of ways in which a server rewrites documents. All of them are assumed,
// because it is unknown what MeshAgent rewrites. The contract decides what is rewritten: never
// keys, ids, references, formats, enumerations or the names of members.
type Normalization uint

// The ways to rewrite.
const (
	// LowerCase writes prose, such as descriptions, in lower case.
	LowerCase Normalization = 1 << iota
	// UpperCase writes prose in upper case.
	UpperCase
	// TrimSpace removes white space from both ends of text.
	TrimSpace
	// FoldSpace replaces white space within prose by one blank.
	FoldSpace
	// SortLists sorts the elements of lists.
	SortLists
	// FillDefaults adds the defaults of omitted members, at every depth.
	FillDefaults
	// PlainNumbers writes numbers without exponents, and whole ones without fraction.
	PlainNumbers
	// FloatNumbers writes numbers as JavaScript does: integers without a fraction, and those from
	// 1e21 on with an exponent. Numbers that this would round stay unchanged.
	FloatNumbers
	// DropEmpty removes members that are null, "", [] or {}, unless they are required.
	DropEmpty
	// RewritePayloads writes the JSON in secrets in another layout.
	RewritePayloads

	afterLast
)

// AllNormalizations are those that can be combined.
const AllNormalizations = (afterLast - 1) &^ (UpperCase | FloatNumbers)

// Normalizations returns all ways to rewrite, one by one.
func Normalizations() []Normalization {
	var all []Normalization
	for one := Normalization(1); one < afterLast; one <<= 1 {
		all = append(all, one)
	}
	return all
}

// String names the set.
func (n Normalization) String() string {
	names := []string{
		"LowerCase", "UpperCase", "TrimSpace", "FoldSpace", "SortLists", "FillDefaults", "PlainNumbers", "FloatNumbers", "DropEmpty", "RewritePayloads",
	}
	var set []string
	for i, name := range names {
		if n&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, "+")
}

// keep returns what the server stores of a document.
func (c *call) keep(k *kind, path string, doc document) document {
	n := c.s.behavior.Normalize
	if n == 0 && !c.s.behavior.DropInTurn || k.item == nil {
		return doc
	}
	before := string(encode(doc))
	doc = normal(doc)
	if n&RewritePayloads != 0 {
		rewritePayload(doc)
	}
	kept, _ := n.rewrite(spot{}, k.item, doc).(document)
	if c.s.behavior.DropInTurn {
		c.drop(k, path, kept)
	}
	if string(encode(kept)) != before {
		c.s.rewrote[path]++
	}
	return kept
}

// drop removes one of the members that the caller set and the document does not require.
func (c *call) drop(k *kind, path string, doc document) {
	if c.route == nil {
		return // there is no request
	}
	sent, names := c.object(), []string(nil)
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		neverRead := name == "client_secret" || name == "secret"
		ofKey := slices.ContainsFunc(k.unique, func(path string) bool { return strings.HasPrefix(path, name+".") })
		if !isEmpty(sent[name]) && !neverRead && !ofKey && !isKey(k, name, name) && !slices.Contains(needed(k.item), name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		delete(doc, names[c.s.drops[path]%len(names)])
		c.s.drops[path]++
	}
}

// Rewritten is how many documents of a collection were not stored as they were sent.
func (s *Simulator) Rewritten(collection string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rewrote[s.inside(s.project).path(collection)]
}

// spot is what the contract says about the place of a value.
type spot struct {
	name string // of the member, or of the list for its elements
	free bool   // inside free JSON, which belongs to the client
}

// rewrite returns a value as the server stores it.
func (n Normalization) rewrite(at spot, s *openapi3.Schema, v any) any {
	switch v := v.(type) {
	case document:
		return n.object(at, s, v)
	case []any:
		for i := range v {
			v[i] = n.rewrite(at, elements(s), v[i])
		}
		if n&SortLists != 0 && s != nil && !at.free {
			slices.SortStableFunc(v, func(a, b any) int { return cmp.Compare(rank(a), rank(b)) })
		}
		return v
	case string:
		return n.text(at, s, v)
	case json.Number:
		return n.number(v)
	}
	return v
}

func (n Normalization) object(at spot, s *openapi3.Schema, doc document) document {
	declared, values := members(s), mapValues(s)
	required := []string{}
	if s != nil {
		required = needed(s)
	}
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		inner := memberSchema(declared, name)
		if inner == nil {
			inner = values
		}
		if inner == nil && len(declared) > 0 {
			continue // a member of the server that reads do not show
		}
		doc[name] = n.rewrite(spot{name: name, free: at.free || inner == nil}, inner, doc[name])
		if n&DropEmpty != 0 && isEmpty(doc[name]) && !slices.Contains(required, name) {
			delete(doc, name)
		}
	}
	if n&FillDefaults != 0 {
		fillDefaults(members(alternative(s, doc)), doc)
	}
	return doc
}

func fillDefaults(declared openapi3.Schemas, doc document) {
	for name, ref := range declared {
		if _, given := doc[name]; !given && ref.Value.Default != nil {
			doc[name] = copyValue(ref.Value.Default)
		}
	}
}

// prose are the members with text for people only.
var prose = []string{"description", "title", "prompt"}

// text rewrites a string.
func (n Normalization) text(at spot, s *openapi3.Schema, text string) string {
	if s == nil || at.free || !isText(at.name, s) {
		return text
	}
	if n&TrimSpace != 0 {
		text = strings.TrimSpace(text)
	}
	if !slices.Contains(prose, at.name) {
		return text
	}
	if n&FoldSpace != 0 {
		text = strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
	}
	if n&LowerCase != 0 {
		text = strings.ToLower(text)
	}
	if n&UpperCase != 0 {
		text = strings.ToUpper(text)
	}
	return text
}

// isText is true if a string is neither an enumeration, nor in some format, nor a key, nor a
// reference.
func isText(name string, s *openapi3.Schema) bool {
	switch {
	case len(s.Enum) > 0, s.Format != "", s.Pattern != "", s.Extensions["x-name-rule"] != nil:
		return false
	case name == "id", name == "name", strings.HasSuffix(name, "_id"), name == "email", name == "type", name == "secrets", name == "pull_secret":
		return false
	}
	return true
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case document:
		return len(v) == 0
	}
	return false
}

// rank is the sort key of a list element: its name, or its whole content.
func rank(v any) string {
	if doc, ok := v.(document); ok && text(doc, "name") != "" {
		return text(doc, "name")
	}
	return string(encode(v))
}

// rewritePayload writes the JSON object of a secret as Python would.
func rewritePayload(doc document) {
	raw, err := base64.StdEncoding.DecodeString(text(doc, "data_base64"))
	if err != nil {
		return
	}
	value, err := decode(raw)
	object, ok := value.(document)
	if err != nil || !ok {
		return
	}
	var out bytes.Buffer
	for i, name := range slices.Sorted(maps.Keys(object)) {
		out.WriteString([]string{"{", ", "}[min(i, 1)])
		out.Write(slices.Concat(encode(name), []byte(": "), encode(object[name])))
	}
	if len(object) > 0 {
		out.WriteString("}")
		doc["data_base64"] = base64.StdEncoding.EncodeToString(out.Bytes())
	}
}
