// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// faultMatrix is what the walk of all samples through all troubles came to: fault by kind, a table for each strike. Users read it in
// docs/faults.md.
type faultMatrix struct {
	mu    sync.Mutex
	cells map[cell][]string // one for each sample
}

type cell struct {
	hits        strike
	fault, kind string
}

var matrix faultMatrix

// note takes in what came of a trouble for creation, change and deletion.
func (m *faultMatrix) note(t trouble, hits strike, s harness.Sample, outcomes []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cells == nil {
		m.cells = map[cell][]string{}
	}
	at := cell{hits, t.name, s.Kind}
	if len(slices.Compact(slices.Clone(outcomes))) == 1 {
		outcomes = outcomes[:1] // once if it was the same
	}
	m.cells[at] = append(m.cells[at], strings.Join(outcomes, " / "))
}

// table is the part for a strike, in Markdown.
func (m *faultMatrix) table(hits strike) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	kinds := slices.Compact(slices.Sorted(slices.Values(harness.KindsOf(harness.RemoteSamples()))))
	text := strings.Builder{}
	fmt.Fprintf(&text, "| MeshAgent's answer to %s | %s |\n|%s\n", hits, strings.Join(kinds, " | "), strings.Repeat(" --- |", len(kinds)+1))
	for _, t := range troubles {
		var row []string
		for _, kind := range kinds {
			shown := slices.Compact(slices.Sorted(slices.Values(m.cells[cell{hits, t.name, kind}])))
			row = append(row, strings.Join(shown, " or "))
		}
		if slices.ContainsFunc(row, func(one string) bool { return one != none }) {
			fmt.Fprintf(&text, "| %s | %s |\n", t.name, strings.Join(row, " | "))
		}
	}
	return text.String()
}

// compare holds the matrix against the one that users read, and leaves it where make test prints it.
func (m *faultMatrix) compare() {
	var tables []string
	for _, hits := range strikes {
		tables = append(tables, m.table(hits))
	}
	if file := os.Getenv("FAULT_MATRIX"); file != "" {
		Expect(os.WriteFile(file, []byte(strings.Join(tables, "\n")), 0o644)).To(Succeed())
	}
	if *harness.OnlySamples != "" {
		return // it lacks what was not walked
	}
	for i, hits := range strikes {
		begin := fmt.Sprintf("<!-- begin of the matrix for %s: go test ./test/operator -ginkgo.focus 'whatever goes wrong' -update -->\n", hits)
		end := fmt.Sprintf("<!-- end of the matrix for %s -->\n", hits)
		harness.CompareSection(harness.Path("docs", "faults.md"), begin, end, tables[i])
	}
}
