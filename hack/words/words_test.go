// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import "testing"

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"The operator retries automatically.":            0,
		"Nobody mends it.":                               2,
		"There is no Secret.":                            0,
		"It is no longer in MeshAgent.":                  0,
		"finalize lets it go.":                           1,
		"release gives the object free":                  1,
		"This is no list.":                               1,
		"A bearer token, and a Beside-free word: unlies": 1,
	} {
		if got := find(text); len(got) != want {
			t.Errorf("%q: %v, not %d", text, got, want)
		}
	}
}

func TestOnlyCommentsAndStringsOfGoAreText(t *testing.T) {
	t.Parallel()
	const source = "package lies\n\n// It lies here.\nvar lies = \"lies\" + `\nlies`\n"
	var found []int
	for _, line := range texts("a.go", []byte(source)) {
		if len(find(line.text)) > 0 {
			found = append(found, line.number)
		}
	}
	if len(found) != 3 || found[0] != 3 || found[1] != 4 || found[2] != 5 {
		t.Errorf("found in lines %v", found)
	}
}
