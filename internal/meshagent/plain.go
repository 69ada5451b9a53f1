// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

// Plain makes an error of a transport readable for people. The same cause always gives the same
// text.
func Plain(err error) error { return plain(err) }
