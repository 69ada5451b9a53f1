// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package drift

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// document keeps numbers with all their digits, as the client's types do.
type document map[string]any

// UnmarshalJSON implements json.Unmarshaler.
func (d *document) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode((*map[string]any)(d))
}

func decode(t *testing.T, text string) document {
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
		applied         string
		merged          string // "" means the same as actual
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
		"a number is not a string":        {desired: `{"a": 1}`, actual: `{"a": "1"}`, merged: `{"a": 1}`, changes: []string{"a"}},
		"false is not absent":             {desired: `{"a": false}`, actual: `{}`, merged: `{"a": false}`, changes: []string{"a"}},
		"a list, more members":            {desired: `{"l": [{"a": 1}]}`, actual: `{"l": [{"a": 1, "private": true, "x": null}]}`},
		"a list, another order":           {desired: `{"l": [1, 2]}`, actual: `{"l": [2, 1]}`, merged: `{"l": [1, 2]}`, changes: []string{"l"}},
		"a list, one more":                {desired: `{"l": [1]}`, actual: `{"l": [1, 2]}`, merged: `{"l": [1]}`, changes: []string{"l"}},
		"removed":                         {desired: `{}`, actual: `{"a": 1, "b": 2}`, applied: `{"a":true}`, merged: `{"b": 2}`, changes: []string{"a"}},
		"removed and gone":                {desired: `{}`, actual: `{"b": 2}`, applied: `{"a":true}`},
		"removed, and its empty parent":   {desired: `{"m": {}}`, actual: `{"m": {"t": {"a": 1}}}`, applied: `{"m":{"t":{"a":true}}}`, merged: `{"m": {}}`, changes: []string{"m.t.a"}},
		"removed, its parent is others'":  {desired: `{}`, actual: `{"m": {"a": 1, "b": 2}}`, applied: `{"m":{"a":true}}`, merged: `{"m": {"b": 2}}`, changes: []string{"m.a"}},
		"removed, others added below":     {desired: `{}`, actual: `{"m": {"a": {"b": 2}}}`, applied: `{"m":{"a":true}}`},
		"removed, a null":                 {desired: `{"m": {"k": 1}}`, actual: `{"m": {"k": 1, "n": null, "o": {"p": null}, "l": [{"q": null}]}}`, applied: `{"m":{"k":true,"n":true,"o":{"p":true},"l":[{"q":true}]}}`, merged: `{"m": {"k": 1}}`, changes: []string{"m.l", "m.n", "m.o.p"}},
		"removed, all of it nulls":        {desired: `{}`, actual: `{"m": {"n": null}}`, applied: `{"m":{"n":true}}`, merged: `{}`, changes: []string{"m.n"}},
		"an object that must not be":      {desired: `{"m": null}`, actual: `{"m": {"a": 1}}`, applied: `{"m":{"a":true}}`, merged: `{}`, changes: []string{"m"}},
		"removed with a dot":              {desired: `{}`, actual: `{"m": {"a.b": 1, "a": {"b": 1}}}`, applied: `{"m":{"a.b":true}}`, merged: `{"m": {"a": {"b": 1}}}`, changes: []string{`m["a.b"]`}},
		"removed within a list":           {desired: `{"l": [{"a": 1}]}`, actual: `{"l": [{"a": 1, "b": 2}]}`, applied: `{"l":[{"a":true,"b":true}]}`, merged: `{"l": [{"a": 1}]}`, changes: []string{"l"}},
		"a removed list of objects":       {desired: `{}`, actual: `{"l": [{"a": 1, "b": 2}], "x": 1}`, applied: `{"l":[{"a":true,"b":true}]}`, merged: `{"x": 1}`, changes: []string{"l"}},
		"a shorter list of objects":       {desired: `{"l": [{"a": 2}]}`, actual: `{"l": [{"a": 1}, {"a": 2}]}`, applied: `{"l":[{"a":true},{"a":true}]}`, merged: `{"l": [{"a": 2}]}`, changes: []string{"l"}},
		"a value that became a map":       {desired: `{"m": {"a": {"b": 1}}}`, actual: `{"m": {"a": 5}}`, applied: `{"m":{"a":true}}`, merged: `{"m": {"a": {"b": 1}}}`, changes: []string{"m.a"}},
		"applied by hand, cannot be read": {desired: `{}`, actual: `{"a": 1}`, applied: `["a"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Compare(decode(t, test.desired), decode(t, test.actual), applied(test.applied), nil)
			if err != nil {
				t.Fatal(err)
			}
			var changes []string
			for _, c := range got.Changes {
				changes = append(changes, c.Path.String())
			}
			if d := cmp.Diff(test.changes, changes); d != "" {
				t.Errorf("changes: %s", d)
			}
			want := test.merged
			if want == "" {
				want = test.actual
			}
			clean := func(m document) document {
				for name, value := range m {
					if value == nil {
						delete(m, name)
					}
				}
				return m
			}
			if d := cmp.Diff(clean(decode(t, want)), clean(got.Merged)); d != "" {
				t.Errorf("merged: %s", d)
			}
			// A merged document needs no second write.
			fields, err := FieldsOf(decode(t, test.desired))
			if err != nil {
				t.Fatal(err)
			}
			again, err := Compare(decode(t, test.desired), got.Merged, fields, nil)
			if err != nil || len(again.Changes) > 0 {
				t.Errorf("after the write it still differs: %v %v", again.Changes, err)
			}
		})
	}
}

// The value that MeshAgent uses for an omitted field must not be removed.
func TestDriftOfDefaults(t *testing.T) {
	t.Parallel()
	defaults := decode(t, `{"a": false, "m": {"b": "x"}, "l": [{"c": 1}]}`)
	for name, test := range map[string]struct {
		desired, actual, applied string
		changes                  []string
	}{
		"a default":                {`{}`, `{"a": false, "m": {"b": "x"}}`, `{"a": true, "m": {"b": true}}`, nil},
		"no default":               {`{}`, `{"a": true, "m": {"b": "y"}}`, `{"a": true, "m": {"b": true}}`, []string{"a", "m.b"}},
		"a desired value":          {`{"a": true}`, `{"a": false}`, `{"a": true}`, []string{"a"}},
		"defaults in a list":       {`{"l": [{"d": 2}, {}]}`, `{"l": [{"c": 1, "d": 2}, {"c": 1}]}`, `{"l": [{"c": true, "d": true}, {"c": true}]}`, nil},
		"something else in a list": {`{"l": [{"d": 2}, {}]}`, `{"l": [{"c": 1, "d": 2}, {"c": 3}]}`, `{"l": [{"c": true, "d": true}, {"c": true}]}`, []string{"l"}},
	} {
		got, err := Compare(decode(t, test.desired), decode(t, test.actual), applied(test.applied), &defaults)
		if err != nil {
			t.Fatal(err)
		}
		var changes []string
		for _, c := range got.Changes {
			changes = append(changes, c.Path.String())
		}
		if d := cmp.Diff(test.changes, changes); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestFieldsOf(t *testing.T) {
	t.Parallel()
	got, err := FieldsOf(decode(t, `{"name": "x", "m": {"a.b": 1, "e": {}, "n": null}, "l": [1, 2], "o": [{"p": 1}, {"q": []}], "z": []}`))
	if err != nil {
		t.Fatal(err)
	}
	want := applied(`{"name": true, "m": {"a.b": true, "e": true, "n": true}, "l": true, "o": [{"p": true}, {"q": true}], "z": true}`)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestFieldsTogether(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		one, other, both string
		within           bool
	}{
		"the same":      {`{"a": true}`, `{"a": true}`, `{"a": true}`, true},
		"fewer":         {`{"a": true}`, `{"a": true, "b": true}`, `{"a": true, "b": true}`, true},
		"more":          {`{"a": true, "b": true}`, `{"a": true}`, `{"a": true, "b": true}`, false},
		"deeper":        {`{"m": {"a": true}}`, `{"m": {"b": true}}`, `{"m": {"a": true, "b": true}}`, false},
		"lists":         {`{"l": [{"a": true}]}`, `{"l": [{"b": true}, {"c": true}]}`, `{"l": [{"a": true, "b": true}, {"c": true}]}`, false},
		"now an object": {`{"m": true}`, `{"m": {"a": true}}`, `{"m": {"a": true}}`, false},
		"of none":       {`{}`, `{"a": true}`, `{"a": true}`, true},
	} {
		one, other := applied(test.one), applied(test.other)
		if d := cmp.Diff(applied(test.both), one.And(other)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if one.Within(other) != test.within {
			t.Errorf("%s: within is not %t", name, test.within)
		}
	}
}

// applied reads fields in the form of status.
func applied(text string) Fields { return ParseFields([]byte(text)) }

func TestSameNumber(t *testing.T) {
	t.Parallel()
	for pair, same := range map[[2]string]bool{
		{"1", "1.0"}: true, {"1e3", "1000"}: true, {"-0", "0.0e7"}: true, {"0.10", "1e-1"}: true,
		{"1e+21", "1000000000000000000000"}: true, {"9007199254740993", "9007199254740993.00"}: true,
		{"9007199254740993", "9007199254740992"}: false, {"1", "-1"}: false, {"1e400", "1e401"}: false,
		{"1e99999999999", "1e99999999999"}: true, {"1e99999999999", "10e99999999998"}: false,
	} {
		if got := sameNumber(json.Number(pair[0]), json.Number(pair[1])); got != same {
			t.Errorf("%s and %s: %t", pair[0], pair[1], got)
		}
	}
}

func FuzzDrift(f *testing.F) {
	f.Add(`{"a": {"b": [1, {"c": null}]}}`, `{"a": {"b": [1, {"c": 2}], "d": 1e400}}`, `{"a": {"b": [true, {"c": true}]}}`)
	f.Fuzz(func(t *testing.T, desired, actual, before string) {
		want, errWant := parse(desired)
		have, errHave := parse(actual)
		if errWant != nil || errHave != nil {
			return
		}
		first, err := Compare(want, have, applied(before), nil)
		if err != nil {
			return // for example, numbers that Go cannot represent
		}
		fields, err := FieldsOf(want)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Compare(want, first.Merged, fields, nil)
		if err != nil || len(second.Changes) > 0 {
			t.Errorf("merging %s into %s needs a second write: %v %v", desired, actual, second.Changes, err)
		}
		// Values of others stay, unless they are changed, or inside or around something that is
		// changed.
		held, merged := values(nil, mustTree(t, have)), values(nil, mustTree(t, first.Merged))
		for at, value := range held {
			touched := slices.ContainsFunc(first.Changes, func(c Change) bool {
				changed := c.Path.String()
				return strings.HasPrefix(at, changed) || strings.HasPrefix(changed, at)
			})
			if !touched && merged[at] != value {
				t.Errorf("merging %s into %s changes %s, and does not say so", desired, actual, at)
			}
		}
	})
}

// values returns all single values of a document by path.
func values(at Path, value any) map[string]string {
	all := map[string]string{}
	switch value := value.(type) {
	case document:
		for name, inner := range value {
			maps.Copy(all, values(at.child(name), inner))
		}
	case []any:
		for i, inner := range value {
			maps.Copy(all, values(at.child(i), inner))
		}
	case nil:
	default:
		all[at.String()] = fmt.Sprint(value)
	}
	return all
}

func mustTree(t *testing.T, document document) document {
	t.Helper()
	root, err := Tree(document)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func parse(text string) (document, error) {
	var document document
	return document, json.Unmarshal([]byte(text), &document)
}
