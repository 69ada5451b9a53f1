// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"errors"
	"strconv"
)

// Port is a port in digits, or its name, or *. On the wire digits are a number, but MeshAgent is loose about that, so both are read.
type Port string

// MarshalJSON writes digits as a number.
func (p Port) MarshalJSON() ([]byte, error) {
	if number, err := strconv.ParseUint(string(p), 10, 32); err == nil {
		return strconv.AppendUint(nil, number, 10), nil
	}
	return json.Marshal(string(p))
}

// UnmarshalJSON reads a number, or a string.
func (p *Port) UnmarshalJSON(text []byte) error {
	var name string
	if json.Unmarshal(text, &name) == nil {
		*p = Port(name)
		return nil
	}
	number, err := strconv.ParseUint(string(text), 10, 32)
	if err != nil {
		return errors.New("a port is neither a number nor a string")
	}
	*p = Port(strconv.FormatUint(number, 10))
	return nil
}
