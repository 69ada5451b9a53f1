// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package harness is what suites share: a control plane for each of them, namespaces with a MeshAgent
// of their own, operators that can be started, stopped and killed, the samples, and matchers for what
// objects say. Whatever an operator writes or logs is searched for secrets, and each request to
// MeshAgent is held against the contract.
//
// Its functions fail the spec that calls them.
package harness
