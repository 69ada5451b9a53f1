// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"encoding/json"
)

// Object is free JSON: an object whose members MeshAgent does not interpret. Numbers keep their
// digits.
type Object map[string]any

// UnmarshalJSON reads numbers as json.Number.
func (o *Object) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode((*map[string]any)(o))
}

// Encode writes JSON without a final line break. It does not escape <, > and &, because the escapes
// for HTML would take six bytes each.
func Encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}
