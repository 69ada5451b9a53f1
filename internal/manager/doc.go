// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package manager holds what the operator's process needs besides its controllers: how
// it fits into its container, which namespaces it reads, how it starts and stops.
package manager
