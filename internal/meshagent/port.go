// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"errors"
	"strconv"
)

// Port is a number, a name, or *. It is written as a number if it has only digits. MeshAgent is not
// strict about that, so both forms can be read.
type Port string

// MarshalJSON writes digits as a number.
func (p Port) MarshalJSON() ([]byte, error) {
	if number, err := strconv.ParseUint(string(p), 10, 32); err == nil {
		return strconv.AppendUint(nil, number, 10), nil
	}
	return json.Marshal(string(p))
}

// UnmarshalJSON accepts a number or a string.
func (p *Port) UnmarshalJSON(text []byte) error {
	var name string
	if json.Unmarshal(text, &name) == nil {
		*p = Port(name)
		return nil
	}
	number, err := strconv.ParseUint(string(text), 10, 32)
	if err != nil {
		return errors.New("the port is neither a number nor a string")
	}
	*p = Port(strconv.FormatUint(number, 10))
	return nil
}
