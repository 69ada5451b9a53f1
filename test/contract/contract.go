// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"context"
	_ "embed"
	"fmt"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// FaultHeader marks responses of a simulated fault. The API would not return them, so the validator
// does not check them.
const FaultHeader = "X-Simulator-Fault"

//go:embed openapi.yaml
var document []byte

// Validator checks requests and responses against the contract.
type Validator struct {
	doc  *openapi3.T
	root *node
	// unknown returns, for Transport and Handler, the unknown members that a request can have. nil
	// allows none.
	unknown func(rt *Route, body []byte) any
}

// Tolerant returns a validator whose Transport and Handler check requests with CheckUpdate. The
// function unknown returns its argument of that name. See simulator.Unknown.
func (v *Validator) Tolerant(unknown func(rt *Route, body []byte) any) *Validator {
	return &Validator{doc: v.doc, root: v.root, unknown: unknown}
}

// Load returns the validator. The document is parsed once per process.
func Load() (*Validator, error) { return load() }

var load = sync.OnceValues(func() (*Validator, error) {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("parsing the contract: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("checking the contract: %w", err)
	}
	return &Validator{doc: doc, root: buildTree(doc.Paths.Map())}, nil
})

// Document returns the parsed contract. It is shared, so callers must not change it.
func (v *Validator) Document() *openapi3.T { return v.doc }

// CheckSchema checks a decoded JSON value against a schema of the contract, such as ServiceSpec.
func (v *Validator) CheckSchema(component string, value any) error {
	ref := v.doc.Components.Schemas[component]
	if ref == nil {
		return fmt.Errorf("the contract has no schema %s", component)
	}
	return check(ref.Value, value)
}
