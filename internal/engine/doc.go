// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package engine is the engine that keeps resources in MeshAgent in line with custom resources. A
// kind is a value of type Kind; the engine does the rest.
//
// Start with kind.go (what a kind has to say) and reconciler.go (one pass as a list of verbs:
// resolve, claim, observe, adopt, converge, or finalize). Each verb has its file. Deciding and
// writing are kept apart: a pass changes MeshAgent and fills the object's status in memory;
// conclude, in status.go, is the only code that sets conditions, sends events, writes status and
// answers the queue. Errors carry meaning, and judge in errors.go is the one table that reads it.
package engine
