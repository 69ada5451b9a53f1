// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package meshagent is a client of the MeshAgent REST API. It knows nothing of Kubernetes.
//
// Read client.go (one request), transport.go (what every request passes through), errors.go and collection.go (the verbs that
// all resources share); then any resource, such as room.go, is a few lines. pages.go and list.go read lists, answer.go bounds
// what is read of an answer, and memory.go what all of them take. Nothing in here retries: the caller has a
// queue for that, and two layers of retries multiply.
package meshagent
