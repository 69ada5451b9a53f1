// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"strings"
	"testing"
)

// demand is what must have been struck when a test ends, and how often it was.
type demand struct {
	tally
	least map[string]int // by kind and what
}

// newDemand checks, when a test and its subtests have ended, what was demanded meanwhile.
func newDemand(t *testing.T) *demand {
	t.Helper()
	d := &demand{tally: tally{cells: map[string]int{}}, least: map[string]int{}}
	t.Cleanup(func() { d.check(t) })
	return d
}

// atLeast demands so many strikes more of something.
func (d *demand) atLeast(kind, what string, more int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.least[kind+": "+what] += more
}

// check fails if something was struck less often than its kind demands.
func (d *demand) check(tb testing.TB) {
	tb.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.least) == 0 {
		tb.Error("nothing was demanded")
	}
	byKind := map[string]int{}
	for what, struck := range d.cells {
		kind, _, _ := strings.Cut(what, ":")
		byKind[kind] += struck
	}
	for what, least := range d.least {
		if d.cells[what] < least {
			tb.Errorf("%s: struck %d times, and its verbs demand %d", what, d.cells[what], least)
		}
	}
	tb.Logf("struck %d times: %v", d.all, byKind)
}
