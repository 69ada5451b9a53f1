// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package simulator is an in-memory MeshAgent: it speaks the whole wire contract
// as an http.Handler and, without sockets, as an http.RoundTripper.
//
// It is a store of JSON documents by collection, and a table (kinds.go) of what
// is irregular about each collection. Request checks, answers, paging and
// defaults come from the contract itself. Calls that are not create, list, get,
// update or delete have a function each, named after their operation.
//
// It shares no code with the client, so that the two cannot share a mistake.
// Lines marked "assumed:" are guesses that nothing confirms; those worth trying
// both ways are members of Behavior. test/contract/NOTES.md lists what is certain.
package simulator
