// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"encoding/json"
	"slices"
)

// UnknownMember replaces the value of a member that the contract does not know.
type UnknownMember struct{}

// CheckUpdate is CheckRequest for a server that is newer than the contract. Request schemas remain
// closed, with one exception: members of the document that the contract does not know. A client
// that read them sends them back. unknown is that document with only such members, each replaced by
// UnknownMember. An element of a list can have the unknown members of any element, because updates
// can move elements.
func (rt *Route) CheckUpdate(rawQuery, contentType string, body []byte, unknown any) error {
	err := rt.CheckRequest(rawQuery, contentType, body)
	if err == nil || unknown == nil || mediaType(contentType) != mediaJSON {
		return err
	}
	value, decodeErr := decode(body)
	if decodeErr != nil {
		return err
	}
	strip(value, unknown)
	left, encodeErr := json.Marshal(value)
	if encodeErr != nil {
		return err
	}
	return rt.CheckRequest(rawQuery, contentType, left)
}

// strip removes unknown members from a value.
func strip(value, unknown any) {
	switch value := value.(type) {
	case map[string]any:
		members, _ := unknown.(map[string]any)
		for name, member := range members {
			if _, leaf := member.(UnknownMember); leaf {
				delete(value, name)
			} else {
				strip(value[name], member)
			}
		}
	case []any:
		elements, _ := unknown.([]any)
		for _, one := range value {
			for _, element := range slices.DeleteFunc(slices.Clone(elements), func(e any) bool { return e == nil }) {
				strip(one, element)
			}
		}
	}
}
