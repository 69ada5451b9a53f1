// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"maps"
	"strings"
)

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

// joinMark puts a mark at the end of a text, for resources without annotations.
func joinMark(text string, mark Mark) string {
	if mark.Owner == "" {
		return text
	}
	shown := "[" + ownerAnnotation + "=" + mark.Owner
	if mark.Adopted {
		shown += markedAdopted
	}
	if text != "" {
		text += " "
	}
	return text + shown + "]"
}

const markedAdopted = ", " + adoptedAnnotation + "=true"

// splitMark is the reverse of joinMark. A server may have changed the case of the text, and the
// blanks in it.
func splitMark(text string) (prose string, mark Mark) {
	const start = "[" + ownerAnnotation + "="
	trimmed := strings.TrimRight(text, " \n")
	at := strings.LastIndex(strings.ToLower(trimmed), start)
	owner, closed := strings.CutSuffix(trimmed[max(at, 0):], "]")
	if at < 0 || !closed || len(strings.ToLower(trimmed)) != len(trimmed) {
		return text, Mark{}
	}
	if !strings.HasPrefix(owner, start) {
		owner = strings.ToLower(owner) // the whole text is in capitals
	}
	owner, mark.Adopted = strings.CutSuffix(owner[len(start):], markedAdopted)
	mark.Owner = owner
	return strings.TrimSuffix(trimmed[:at], " "), mark
}
