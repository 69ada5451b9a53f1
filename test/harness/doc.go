// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package harness is shared by suites. It has a control plane for each suite, namespaces with a
// MeshAgent of their own, operators that can be started, stopped and killed, the samples, and
// matchers for conditions. It searches everything that an operator writes or logs for secrets, and
// checks each request to MeshAgent against the contract.
//
// Its functions fail the spec that calls them.
package harness
