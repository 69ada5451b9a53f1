// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"slices"
	"strings"
)

// prepareShare checks the names of settings. assumed: any name is a setting, unless Behavior says
// otherwise.
func prepareShare(c *call, _ string, doc document, _ *record) error {
	settings, _ := doc["settings"].(document)
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if c.s.behavior.PlainSettings && strings.ContainsAny(name, "./") {
			return invalid("settings: %q is not a setting", name)
		}
	}
	return nil
}
