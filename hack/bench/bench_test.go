// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]string{0: "0", 1: "1", 0.0312: "0.031", 0.0001: "0", 1.234: "1.23", 45.67: "45.7", 147.2: "147", 12345.6: "12346", 10_000: "10000"} {
		if got := number(value); got != want {
			t.Errorf("%v: got %q, want %q", value, got, want)
		}
	}
}

func TestPercentile(t *testing.T) {
	t.Parallel()
	var took []time.Duration
	for i := range 101 {
		took = append(took, time.Duration(i))
	}
	for percent, want := range map[int]time.Duration{50: 50, 99: 99, 100: 100} {
		if got := percentile(took, percent); got != want {
			t.Errorf("p%d: got %d, want %d", percent, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	before := &findings{scenario: "rooms"}
	before.add("time", 2, "s")
	now := &findings{scenario: "rooms"}
	now.add("time", 1, "s").atMost(1)
	now.add("use", 94, "%").atLeast(95)
	want := [][]string{
		{"", "figure", "value", "unit", "budget", "", "before", "change"},
		{"rooms", "time", "1", "s", "at most 1", "met", "2", "-50 %"},
		{"", "use", "94", "%", "at least 95", "missed", "", "new"},
	}
	if got := now.rows(before); !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %q", got)
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := filepath.Join(dir, "bench")
	found := &findings{scenario: "rooms"}
	found.add("time", 2, "s").atMost(3)
	if err := found.write(out); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out + ".md")
	if want := "| rooms | time | 2 | s | at most 3 | met |\n"; err != nil || !strings.Contains(string(text), want) {
		t.Errorf("got %v\n%s", err, text)
	}
	read, err := readFindings(out + ".json")
	if err != nil || len(read.Figures) != 1 || *read.Figures[0].AtMost != 3 {
		t.Errorf("got %+v, %v", read, err)
	}
}

func TestUsed(t *testing.T) {
	t.Parallel()
	calls := func(offsets ...time.Duration) (all []simulator.Call) {
		for _, offset := range offsets {
			all = append(all, simulator.Call{At: time.Unix(0, 0).Add(offset)})
		}
		return all
	}
	for name, test := range map[string]struct {
		calls           []simulator.Call
		percent, beyond float64
	}{
		"all of it":    {calls(0, 0, time.Second, 2*time.Second), 100, 0},
		"half of it":   {calls(0, 2*time.Second), 50, 0},
		"more than it": {calls(0, 0, 0, 2*time.Second), 100, 1},
	} {
		got := used(test.calls, 1, 2)
		if math.Abs(got.percent-test.percent) > 0.01 || math.Abs(got.beyond-test.beyond) > 0.01 {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}
