// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package memory runs the operator in one process with everything around it: an API server in
// memory, a simulated MeshAgent, and, in a testing/synctest bubble, a fake clock. A day takes
// milliseconds. Reconciliations run one after the other, so that a test knows what the operator did
// before each of its requests.
package memory
