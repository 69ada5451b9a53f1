// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import "strings"

var _ = describeAdmission("MeshLLMLogger",
	good("with the least", `spec: {feedRef: {name: f}}`),
	good("with everything", `spec: {feedRef: {externalID: f}, filterExpression: "a && b", paused: true, annotations: {a: b}}`),
	good("with an empty filter", `spec: {feedRef: {name: f}, filterExpression: ""}`),
	bad("without a spec", `{}`, `spec: Required value`),
	bad("without a feed", `spec: {paused: true}`, `spec.feedRef: Required value`),
	bad("with two feeds", `spec: {feedRef: {name: f, externalID: g}}`, oneID),
	bad("with a name", `spec: {name: a, feedRef: {name: f}}`, `unknown field "spec.name"`),
	bad("with a long filter", `spec: {feedRef: {name: f}, filterExpression: `+strings.Repeat("a", 4097)+`}`, `spec.filterExpression: Too long: may not be more than 4096`),
	bad("with the operator's annotation", `spec: {feedRef: {name: f}, annotations: {meshagent.com/owner: x}}`, reserved),
)

var _ = describeAdmission("MeshShare",
	good("without a spec", `{}`),
	good("with everything", `spec: {settings: {a: {b: [1, null]}, c: 1.50}}`),
	bad("with a name", `spec: {name: a}`, `unknown field "spec.name"`),
	bad("with a list for settings", `spec: {settings: []}`, `spec.settings in body must be of type object`),
	bad("with a text for settings", `spec: {settings: a}`, `spec.settings in body must be of type object`),
)
