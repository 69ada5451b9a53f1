// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

func decode(t *testing.T, text string) meshagent.Object {
	t.Helper()
	document, err := parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return document
}

func TestDrift(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		desired, actual string
		applied         []string
		merged          string // "" means: as actual
		changes         []string
	}{
		"equal":                           {desired: `{"a": 1, "b": {"c": "x"}}`, actual: `{"a": 1, "b": {"c": "x"}}`},
		"others' fields stay":             {desired: `{"a": 1}`, actual: `{"a": 1, "b": {"c": "x"}, "d": [1]}`},
		"a value differs":                 {desired: `{"a": 1}`, actual: `{"a": 2, "z": 3}`, merged: `{"a": 1, "z": 3}`, changes: []string{"a"}},
		"a value is missing":              {desired: `{"m": {"a": 1}}`, actual: `{"m": {"b": 2}}`, merged: `{"m": {"a": 1, "b": 2}}`, changes: []string{"m.a"}},
		"a map is missing":                {desired: `{"m": {"a": 1}}`, actual: `{}`, merged: `{"m": {"a": 1}}`, changes: []string{"m"}},
		"a map where a value was":         {desired: `{"m": {"a": 1}}`, actual: `{"m": 7}`, merged: `{"m": {"a": 1}}`, changes: []string{"m"}},
		"a value where a map was":         {desired: `{"m": 7}`, actual: `{"m": {"a": 1}}`, merged: `{"m": 7}`, changes: []string{"m"}},
		"an empty map is there":           {desired: `{"m": {}}`, actual: `{"m": {"b": 2}}`},
		"an empty map is missing":         {desired: `{"m": {}}`, actual: `{}`, merged: `{"m": {}}`, changes: []string{"m"}},
		"null is absent":                  {desired: `{"a": null}`, actual: `{}`},
		"null desired":                    {desired: `{"a": null}`, actual: `{"a": 1}`, merged: `{}`, changes: []string{"a"}},
		"null actual":                     {desired: `{"a": 1}`, actual: `{"a": null}`, merged: `{"a": 1}`, changes: []string{"a"}},
		"numbers by value":                {desired: `{"a": 1.0, "b": 1e3}`, actual: `{"a": 1, "b": 1000}`},
		"numbers that look alike":         {desired: `{"a": 9007199254740993}`, actual: `{"a": 9007199254740992}`, merged: `{"a": 9007199254740993}`, changes: []string{"a"}},
		"a number is no string":           {desired: `{"a": 1}`, actual: `{"a": "1"}`, merged: `{"a": 1}`, changes: []string{"a"}},
		"false is not absent":             {desired: `{"a": false}`, actual: `{}`, merged: `{"a": false}`, changes: []string{"a"}},
		"a list, more members":            {desired: `{"l": [{"a": 1}]}`, actual: `{"l": [{"a": 1, "private": true, "x": null}]}`},
		"a list, another order":           {desired: `{"l": [1, 2]}`, actual: `{"l": [2, 1]}`, merged: `{"l": [1, 2]}`, changes: []string{"l"}},
		"a list, one more":                {desired: `{"l": [1]}`, actual: `{"l": [1, 2]}`, merged: `{"l": [1]}`, changes: []string{"l"}},
		"removed":                         {desired: `{}`, actual: `{"a": 1, "b": 2}`, applied: []string{"a"}, merged: `{"b": 2}`, changes: []string{"a"}},
		"removed and gone":                {desired: `{}`, actual: `{"b": 2}`, applied: []string{"a"}},
		"removed, and its empty parent":   {desired: `{"m": {}}`, actual: `{"m": {"t": {"a": 1}}}`, applied: []string{"m.t.a"}, merged: `{"m": {}}`, changes: []string{"m.t.a"}},
		"removed, its parent is others'":  {desired: `{}`, actual: `{"m": {"a": 1, "b": 2}}`, applied: []string{"m.a"}, merged: `{"m": {"b": 2}}`, changes: []string{"m.a"}},
		"removed, others added below":     {desired: `{}`, actual: `{"m": {"a": {"b": 2}}}`, applied: []string{"m.a"}},
		"removed with a dot":              {desired: `{}`, actual: `{"m": {"a.b": 1, "a": {"b": 1}}}`, applied: []string{`m["a.b"]`}, merged: `{"m": {"a": {"b": 1}}}`, changes: []string{`m["a.b"]`}},
		"removed within a list":           {desired: `{"l": [{"a": 1}]}`, actual: `{"l": [{"a": 1, "b": 2}]}`, applied: []string{"l[0].a", "l[0].b"}, merged: `{"l": [{"a": 1}]}`, changes: []string{"l"}},
		"a removed list of objects":       {desired: `{}`, actual: `{"l": [{"a": 1, "b": 2}], "x": 1}`, applied: []string{"l[0].a", "l[0].b"}, merged: `{"x": 1}`, changes: []string{"l"}},
		"a shorter list of objects":       {desired: `{"l": [{"a": 2}]}`, actual: `{"l": [{"a": 1}, {"a": 2}]}`, applied: []string{"l[0].a", "l[1].a"}, merged: `{"l": [{"a": 2}]}`, changes: []string{"l"}},
		"a value that became a map":       {desired: `{"m": {"a": {"b": 1}}}`, actual: `{"m": {"a": 5}}`, applied: []string{"m.a"}, merged: `{"m": {"a": {"b": 1}}}`, changes: []string{"m.a"}},
		"applied by hand, cannot be read": {desired: `{}`, actual: `{"a": 1}`, applied: []string{"..", "[", "a b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := drift(decode(t, test.desired), decode(t, test.actual), test.applied)
			if err != nil {
				t.Fatal(err)
			}
			var changes []string
			for _, c := range got.changes {
				changes = append(changes, c.path.String())
			}
			if d := cmp.Diff(test.changes, changes); d != "" {
				t.Errorf("changes: %s", d)
			}
			want := test.merged
			if want == "" {
				want = test.actual
			}
			clean := func(m meshagent.Object) meshagent.Object {
				for name, value := range m {
					if value == nil {
						delete(m, name)
					}
				}
				return m
			}
			if d := cmp.Diff(clean(decode(t, want)), clean(got.merged)); d != "" {
				t.Errorf("merged: %s", d)
			}
			// What was merged needs no second write.
			fields, err := fieldsOf(decode(t, test.desired))
			if err != nil {
				t.Fatal(err)
			}
			again, err := drift(decode(t, test.desired), got.merged, fields)
			if err != nil || len(again.changes) > 0 {
				t.Errorf("after the write it still differs: %v %v", again.changes, err)
			}
		})
	}
}

func TestFieldsOf(t *testing.T) {
	t.Parallel()
	got, err := fieldsOf(decode(t, `{"name": "x", "m": {"a.b": 1, "e": {}, "n": null}, "l": [1, 2], "o": [{"p": 1}, {"q": []}], "z": []}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"l", "m.e", `m["a.b"]`, "name", "o[0].p", "o[1].q", "z"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func FuzzDrift(f *testing.F) {
	f.Add(`{"a": {"b": [1, {"c": null}]}}`, `{"a": {"b": [1, {"c": 2}], "d": 1e400}}`, "a.b[1].c")
	f.Fuzz(func(t *testing.T, desired, actual, applied string) {
		want, errWant := parse(desired)
		have, errHave := parse(actual)
		if errWant != nil || errHave != nil {
			return
		}
		first, err := drift(want, have, []string{applied})
		if err != nil {
			return // numbers that Go cannot hold, for example
		}
		fields, err := fieldsOf(want)
		if err != nil {
			t.Fatal(err)
		}
		second, err := drift(want, first.merged, fields)
		if err != nil || len(second.changes) > 0 {
			t.Errorf("merging %s into %s needs a second write: %v %v", desired, actual, second.changes, err)
		}
		// What others have set stays: all that is neither changed, nor within or around what is.
		have, merged := mustTree(t, have), mustTree(t, first.merged)
		for p := range leaves(nil, have) {
			touched := slices.ContainsFunc(first.changes, func(c change) bool { return within(p, c.path) || within(c.path, p) })
			if len(p) > 0 && !touched && !cmp.Equal(lookup(have, p), lookup(merged, p)) {
				t.Errorf("merging %s into %s changes %s, and does not say so", desired, actual, p)
			}
		}
	})
}

// within says that a path leads to a place within another, or to the same.
func within(p, outer path) bool {
	return len(p) >= len(outer) && slices.Equal(p[:len(outer)], outer)
}

func mustTree(t *testing.T, document meshagent.Object) map[string]any {
	t.Helper()
	root, err := tree(document)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func parse(text string) (meshagent.Object, error) {
	var document meshagent.Object
	return document, json.Unmarshal([]byte(text), &document)
}
