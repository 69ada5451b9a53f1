// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package contract holds the wire contract of the MeshAgent REST API (openapi.yaml) and a validator
// for traffic. The client's tests, the simulator and every end-to-end test send their traffic
// through the validator, so that client and simulator cannot share a mistake.
//
// Violations name the method, the path and the field, and never a value.
package contract
