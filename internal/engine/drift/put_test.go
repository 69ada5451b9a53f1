// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package drift

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPut(t *testing.T) {
	t.Parallel()
	document := func() map[string]any {
		return map[string]any{"a": map[string]any{"list": []any{map[string]any{"b": "1"}, "text"}}, "n": 1.5}
	}
	for name, one := range map[string]struct {
		at   Path
		want any // expected value of a.list[0]; nil means unchanged
	}{
		"a new member":              {Path{"a", "list", 0, "c"}, map[string]any{"b": "1", "c": "new"}},
		"a member that is set":      {Path{"a", "list", 0, "b"}, map[string]any{"b": "new"}},
		"beyond a list":             {Path{"a", "list", 2, "b"}, nil},
		"in a value, not an object": {Path{"a", "list", 1, "b"}, nil},
		"in what is not there":      {Path{"a", "other", "b"}, nil},
		"a list, by its place":      {Path{"a", "list", 0}, nil},
		"a number, by a member":     {Path{"n", "b"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := document()
			if one.want != nil {
				want["a"].(map[string]any)["list"].([]any)[0] = one.want
			}
			got, err := Put(document(), []Value{{one.at, "new"}})
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v, %s", err, diff)
			}
		})
	}
}
