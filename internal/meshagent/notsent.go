// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

// NotSent is a placeholder until branch client is merged.
func NotSent(error) bool { return false }
