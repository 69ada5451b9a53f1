// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/gomega"
)

// faultMatrix is what the walk of all samples through all troubles came to: fault by kind. Users read it in docs/faults.md.
type faultMatrix struct {
	mu    sync.Mutex
	cells map[string]map[string][]string // by fault and kind: one for each sample
}

var matrix faultMatrix

// note takes in what came of a trouble.
func (m *faultMatrix) note(t trouble, s sample, outcomes []outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cells == nil {
		m.cells = map[string]map[string][]string{}
	}
	if m.cells[t.name] == nil {
		m.cells[t.name] = map[string][]string{}
	}
	m.cells[t.name][s.kind] = append(m.cells[t.name][s.kind], cell(outcomes))
}

// none is the cell of what cannot happen to a kind.
const none = "–"

// cell is what happened to creation, change and deletion; once if it was the same.
func cell(outcomes []outcome) string {
	var words []string
	for _, o := range outcomes {
		words = append(words, o.String())
	}
	if len(words) == 0 {
		return none
	}
	if len(slices.Compact(slices.Clone(words))) == 1 {
		return words[0]
	}
	return strings.Join(words, " / ")
}

// String is the matrix as a table in Markdown.
func (m *faultMatrix) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var kinds []string
	for _, row := range m.cells {
		for kind := range row {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	text := strings.Builder{}
	fmt.Fprintf(&text, "| MeshAgent's answer | %s |\n|%s\n", strings.Join(kinds, " | "), strings.Repeat(" --- |", len(kinds)+1))
	for _, t := range troubles {
		fmt.Fprintf(&text, "| %s |", t.name)
		for _, kind := range kinds {
			cells := slices.Compact(slices.Sorted(slices.Values(m.cells[t.name][kind])))
			if len(cells) > 1 {
				cells = slices.DeleteFunc(cells, func(cell string) bool { return cell == none }) // it strikes some of them
			}
			fmt.Fprintf(&text, " %s |", strings.Join(cells, " or "))
		}
		text.WriteString("\n")
	}
	return text.String()
}

const (
	matrixBegin = "<!-- begin of the matrix: go test ./internal/controller -ginkgo.focus 'whatever goes wrong' -update -->\n"
	matrixEnd   = "<!-- end of the matrix -->\n"
)

// compare holds the matrix against the one that users read, and leaves it where make test prints it.
func (m *faultMatrix) compare() {
	table := m.String()
	if file := os.Getenv("FAULT_MATRIX"); file != "" {
		Expect(os.WriteFile(file, []byte(table), 0o644)).To(Succeed())
	}
	if *only != "" {
		return // it lacks what was not walked
	}
	comparePart(filepath.Join("..", "..", "docs", "faults.md"), matrixBegin, matrixEnd, table)
}
