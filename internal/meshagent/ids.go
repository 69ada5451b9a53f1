// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import "github.com/google/uuid"

// CanonicalID is an id as MeshAgent writes it. Users may write a UUID in capitals; what is no UUID stays as it is.
func CanonicalID(id string) string {
	const length = 36 // the other forms that the parser takes, such as one in braces, may be names
	if parsed, err := uuid.Parse(id); err == nil && len(id) == length {
		return parsed.String()
	}
	return id
}
