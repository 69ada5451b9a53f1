// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"encoding/json"
	"strings"
)

// encode writes a value as clients expect it, without HTML escapes and without a newline.
func encode(v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // documents come from JSON
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// decode reads a JSON value and keeps its numbers exact.
func decode(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

// copyValue returns a deep copy of a value in the form of the store.
func copyValue(v any) any {
	out, err := decode(encode(v))
	if err != nil {
		panic(err) // it was just encoded
	}
	return out
}

// normal is copyValue for documents.
func normal(doc map[string]any) document {
	out, _ := copyValue(doc).(document)
	return out
}

// plain returns a deep copy of a document as json.Unmarshal would give it.
func plain(doc document) map[string]any {
	out := map[string]any{}
	if err := json.Unmarshal(encode(doc), &out); err != nil {
		panic(err) // it was just encoded
	}
	return out
}

// set sets the member at a dotted path. Its parents must exist.
func set(doc document, path string, v any) {
	for {
		head, tail, nested := strings.Cut(path, ".")
		if !nested {
			doc[head] = v
			return
		}
		doc, _ = doc[head].(document)
		path = tail
	}
}
