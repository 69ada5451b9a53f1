// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import "maps"

// Mark is the ownership annotation of a resource, and whether the resource was adopted.
type Mark struct {
	// Owner is <owner id>/<namespace>/<name>. It is "" if the resource has no owner.
	Owner string
	// Adopted is true if the owner found the resource and did not create it.
	Adopted bool
}

// The annotations of a mark.
const (
	ownerAnnotation   = "meshagent.com/owner"
	adoptedAnnotation = "meshagent.com/adopted"
)

// markIn reads the mark in annotations.
func markIn(annotations map[string]string) Mark {
	return Mark{Owner: annotations[ownerAnnotation], Adopted: annotations[adoptedAnnotation] == "true"}
}

// withMark returns a copy of annotations with the mark. It returns nil if the result is empty.
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

// orEmpty replaces nil by an empty map, because MeshAgent does not accept null there.
func orEmpty(annotations map[string]string) map[string]string {
	if annotations == nil {
		return map[string]string{}
	}
	return annotations
}
