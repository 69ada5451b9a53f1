// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package meshagent is a client of the MeshAgent REST API. It does not depend on Kubernetes.
//
// Read client.go (one request), transport.go (what every request passes through), errors.go and
// collection.go (the verbs of all resources) first. After that, each resource, such as room.go, is
// a few lines. pages.go and list.go read lists. answer.go limits how much of a response is read,
// and memory.go limits the memory of all responses. Nothing in this package retries, because the
// caller has a queue for retries, and two layers of retries multiply.
package meshagent
