// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package simulator is an in-memory MeshAgent. It implements the whole wire contract as an
// http.Handler and, without sockets, as an http.RoundTripper.
//
// It is a store of JSON documents by collection, and a table (kinds.go) of the irregularities of
// each collection. Request checks, responses, paging and defaults come from the contract itself.
// Each call that is not create, list, get, update or delete has a function of its own, named after
// its operation.
//
// It shares no code with the client, so that both cannot share a mistake. Lines with "assumed:" are
// guesses that nothing confirms. If both possibilities are worth a test, a member of Behavior
// selects one. test/contract/NOTES.md lists what is certain.
package simulator
