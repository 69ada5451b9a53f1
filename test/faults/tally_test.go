// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"sync"
	"testing"
)

// tally counts what a test struck, so that one that walks over all kinds cannot pass by striking
// none.
type tally struct {
	mu    sync.Mutex
	cells map[string]int // by kind
	all   int
}

// newTally counts until a test and its subtests end. Each of the kinds must be struck then.
func newTally(t *testing.T, kinds []string) *tally {
	t.Helper()
	c := &tally{cells: map[string]int{}}
	t.Cleanup(func() { c.report(t, kinds) })
	return c
}

// strike counts a cell. Cells that are not about one kind count under a word of their own.
func (c *tally) strike(kind string) { c.add(kind, 1) }

// add counts several.
func (c *tally) add(kind string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cells[kind] += n
	c.all += n
}

// report tells what was struck, and fails if one of the kinds, or anything at all, was not.
func (c *tally) report(tb testing.TB, kinds []string) {
	tb.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, kind := range kinds {
		if c.cells[kind] == 0 {
			tb.Errorf("no cell of %s was struck", kind)
		}
	}
	if c.all == 0 {
		tb.Error("nothing was struck")
	}
	tb.Logf("%d cells struck: %v", c.all, c.cells)
}
