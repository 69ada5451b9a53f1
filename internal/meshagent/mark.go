// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import "maps"

// Mark says who manages a resource. It is kept in the resource itself, in its annotations where it has some.
type Mark struct {
	// Owner is <owner id>/<namespace>/<name>; "" means that nobody does.
	Owner string
	// Adopted says that the owner found the resource and did not create it.
	Adopted bool
}

// The annotations that hold a mark.
const (
	ownerAnnotation   = "meshagent.com/owner"
	adoptedAnnotation = "meshagent.com/adopted"
)

// markIn reads the mark in annotations.
func markIn(annotations map[string]string) Mark {
	return Mark{Owner: annotations[ownerAnnotation], Adopted: annotations[adoptedAnnotation] == "true"}
}

// withMark returns a copy of annotations with the mark, or nil if nothing is left without it.
func withMark(annotations map[string]string, mark Mark) map[string]string {
	marked := maps.Clone(annotations)
	delete(marked, ownerAnnotation)
	delete(marked, adoptedAnnotation)
	if mark.Owner == "" {
		return marked
	}
	if marked == nil {
		marked = map[string]string{}
	}
	marked[ownerAnnotation] = mark.Owner
	if mark.Adopted {
		marked[adoptedAnnotation] = "true"
	}
	return marked
}

// orEmpty is a map that is written as an object where null would not do.
func orEmpty(annotations map[string]string) map[string]string {
	if annotations == nil {
		return map[string]string{}
	}
	return annotations
}
