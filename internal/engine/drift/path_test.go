// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package drift

import "testing"

func TestPath(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Path{
		"":                   nil,
		"name":               {"name"},
		"metadata.team":      {"metadata", "team"},
		"ports[0].num":       {"ports", 0, "num"},
		`annotations["a.b"]`: {"annotations", "a.b"},
		`m[""]["x\"]"].y`:    {"m", "", `x"]`, "y"},
		`["é"][12]`:          {"é", 12},
	} {
		if got := want.String(); got != text {
			t.Errorf("wrote %q, want %q", got, text)
		}
	}
}
