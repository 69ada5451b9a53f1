// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPath(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]path{
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
		got, err := parsePath(text)
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%q: %v %s", text, err, d)
		}
	}
	for _, bad := range []string{".a", "a.", "a..b", "a[", "a[]", "a[-1]", "a[x]", `a["b`, `a["b"`, "a[0]b", "é", "a b"} {
		if got, err := parsePath(bad); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}

func FuzzParsePath(f *testing.F) {
	f.Add(`a["b.c"][3].d`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePath(text)
		if err != nil {
			return
		}
		again, err := parsePath(p.String())
		if d := cmp.Diff(p, again); err != nil || d != "" {
			t.Errorf("%q became %q: %v %s", text, p, err, d)
		}
	})
}
