// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import "github.com/google/uuid"

// CanonicalID returns an id as MeshAgent writes it. Users can write a UUID in capitals. A text that
// is not a UUID stays unchanged.
func CanonicalID(id string) string {
	const length = 36 // other forms that the parser accepts, such as one in braces, can be names
	if parsed, err := uuid.Parse(id); err == nil && len(id) == length {
		return parsed.String()
	}
	return id
}
