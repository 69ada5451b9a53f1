// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"errors"
	"fmt"
	"net/http"
)

// CheckResponse checks the status, the content type and the body of a response.
func (rt *Route) CheckResponse(status int, contentType string, body []byte) error {
	ref := rt.Operation.Responses.Status(status)
	if ref == nil && status >= http.StatusBadRequest {
		ref = rt.Operation.Responses.Default() // described as "any other failure"
	}
	if ref == nil {
		return fmt.Errorf("response status %d: is not declared", status)
	}
	if len(ref.Value.Content) == 0 {
		if len(body) > 0 {
			return fmt.Errorf("response body: none is declared for status %d", status)
		}
		return nil
	}
	if len(body) == 0 && mediaType(contentType) == mediaJSON {
		return errors.New("response body: is missing")
	}
	schema, err := pick(ref.Value.Content, contentType)
	if err != nil {
		return fmt.Errorf("response (status %d) %w", status, err)
	}
	if err := checkBody(schema, contentType, body); err != nil {
		return fmt.Errorf("response body (status %d): %w", status, err)
	}
	return nil
}
