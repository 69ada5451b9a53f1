// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package samples reads config/samples for tests. A test that walks over all samples knows a kind
// only through its sample, so that a new kind is tested as soon as it has one.
package samples
