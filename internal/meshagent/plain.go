// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

// Plain makes an error of a transport fit for people: the same words each time that the cause is the same.
func Plain(err error) error { return plain(err) }
