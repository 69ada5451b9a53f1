// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package version says which build this is. The Makefile and the Dockerfile set its variables by
// linker flags.
package version

// Version is the release, or what `git describe` says between releases.
var Version = "dev"

// Commit is the Git commit, if known.
var Commit = ""

// String returns both in one word, as a User-Agent or a log line wants it.
func String() string {
	if Commit == "" {
		return Version
	}
	return Version + "+" + Commit
}
