// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import "strings"

var _ = describeAdmission("MeshMailbox",
	good("with the least", `spec: {address: a@mail.example.com, roomRef: {name: r}, queue: q}`),
	good("with everything", `spec: {address: Sales+EU@mail.example.com, roomRef: {externalName: r}, queue: The queue, public: true, annotations: {a: b}}`),
	good("in a room by its ID", `spec: {address: a@b, roomRef: {externalID: r}, queue: q, public: false}`),
	bad("without a spec", `{}`, `spec: Required value`),
	bad("without an address", `spec: {roomRef: {name: r}, queue: q}`, `spec.address: Required value`),
	bad("with a name for an address", `spec: {address: support, roomRef: {name: r}, queue: q}`, `spec.address in body should match`),
	bad("with a blank in the address", `spec: {address: "a b@c", roomRef: {name: r}, queue: q}`, `spec.address in body should match`),
	bad("with two addresses", `spec: {address: "a@b,c@d", roomRef: {name: r}, queue: q}`, `spec.address in body should match`),
	bad("with a long address", `spec: {address: `+strings.Repeat("a", 319)+`@b, roomRef: {name: r}, queue: q}`, `spec.address: Too long: may not be more than 320`),
	bad("without a room", `spec: {address: a@b, queue: q}`, `spec.roomRef: Required value`),
	bad("with two rooms", `spec: {address: a@b, roomRef: {name: r, externalName: s}, queue: q}`, oneRef),
	bad("without a queue", `spec: {address: a@b, roomRef: {name: r}}`, `spec.queue: Required value`),
	bad("with an empty queue", `spec: {address: a@b, roomRef: {name: r}, queue: ""}`, `spec.queue in body should be at least 1 chars long`),
	bad("with the operator's annotation", `spec: {address: a@b, roomRef: {name: r}, queue: q, annotations: {meshagent.com/owner: x}}`, reserved),
)

var _ = describeAdmission("MeshRepository",
	good("without a spec", `{}`),
	good("with everything", `spec: {name: apps/a__b/c-d.e, description: "", annotations: {a: b}}`),
	bad("with an empty name", `spec: {name: ""}`, `spec.name in body should be at least 1 chars long`),
	bad("with capitals in its name", `spec: {name: Apps}`, `spec.name in body should match`),
	bad("with a slash at the end", `spec: {name: apps/}`, `spec.name in body should match`),
	bad("with a way up", `spec: {name: apps/../b}`, `spec.name in body should match`),
	bad("with a tag", `spec: {name: "apps/a:1"}`, `spec.name in body should match`),
	bad("with a long name", `spec: {name: `+strings.Repeat("a", 254)+`}`, `spec.name: Too long: may not be more than 253`),
	bad("with the operator's annotation", `spec: {annotations: {meshagent.com/owner: x}}`, reserved),
)
