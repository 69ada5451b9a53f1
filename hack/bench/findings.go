// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// findings are all results of a run.
type findings struct {
	Machine machine   `json:"machine"`
	Latency string    `json:"meshagentLatency"`
	Figures []*figure `json:"figures"`

	scenario string // the one that runs now
}

// figure is one measured value, with its budget if it has one.
type figure struct {
	Scenario string   `json:"scenario"`
	Name     string   `json:"name"`
	Unit     string   `json:"unit,omitempty"`
	Value    float64  `json:"value"`
	AtMost   *float64 `json:"atMost,omitempty"`
	AtLeast  *float64 `json:"atLeast,omitempty"`
}

// add notes a figure of the current scenario.
func (f *findings) add(name string, value float64, unit string) *figure {
	made := &figure{Scenario: f.scenario, Name: name, Unit: unit, Value: value}
	f.Figures = append(f.Figures, made)
	return made
}

// seconds notes a duration.
func (f *findings) seconds(name string, d time.Duration) *figure {
	return f.add(name, d.Seconds(), "s")
}

// spread notes how long something took for many objects.
func (f *findings) spread(name string, took []time.Duration) (p99 *figure) {
	slices.Sort(took)
	f.seconds(name+", p50", percentile(took, 50))
	p99 = f.seconds(name+", p99", percentile(took, 99))
	f.seconds(name+", last", percentile(took, 100))
	return p99
}

// percentile reads sorted durations.
func percentile(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)-1)*percent/100]
}

func (f *figure) atMost(limit float64) { f.AtMost = &limit }

func (f *figure) atLeast(limit float64) { f.AtLeast = &limit }

// met says for people whether the figure is within its budget. It is empty if there is no budget.
func (f *figure) met() string {
	switch {
	case f.AtMost == nil && f.AtLeast == nil:
		return ""
	case f.AtMost != nil && f.Value > *f.AtMost, f.AtLeast != nil && f.Value < *f.AtLeast:
		return "missed"
	}
	return "met"
}

func (f *figure) budget() string {
	switch {
	case f.AtMost != nil:
		return "at most " + number(*f.AtMost)
	case f.AtLeast != nil:
		return "at least " + number(*f.AtLeast)
	}
	return ""
}

// number shows three digits, or all digits of a whole number.
func number(value float64) string {
	switch {
	case value == math.Trunc(value) || math.Abs(value) >= 100:
		return strconv.FormatFloat(math.Round(value), 'f', 0, 64)
	case math.Abs(value) < 1:
		return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(value, 'f', 3, 64), "0"), ".")
	}
	return strconv.FormatFloat(value, 'g', 3, 64)
}

// rows are the table. If there are earlier findings, two columns show the values before and the
// change.
func (f *findings) rows(before *findings) [][]string {
	head := []string{"", "figure", "value", "unit", "budget", ""}
	if before != nil {
		head = append(head, "before", "change")
	}
	rows, last := [][]string{head}, ""
	for _, one := range f.Figures {
		row := []string{one.Scenario, one.Name, number(one.Value), one.Unit, one.budget(), one.met()}
		if one.Scenario == last {
			row[0] = ""
		}
		last = one.Scenario
		if before != nil {
			row = append(row, before.compared(one)...)
		}
		rows = append(rows, row)
	}
	return rows
}

// compared shows the value of a figure in these findings, and its change since then.
func (f *findings) compared(now *figure) []string {
	at := slices.IndexFunc(f.Figures, func(one *figure) bool { return one.Scenario == now.Scenario && one.Name == now.Name })
	if at < 0 {
		return []string{"", "new"}
	}
	old, change := f.Figures[at].Value, ""
	if old != 0 {
		change = fmt.Sprintf("%+.0f %%", 100*(now.Value-old)/old)
	}
	return []string{number(old), change}
}

// markdown is a table that people can read as text or paste into docs/benchmarks.md.
func (f *findings) markdown(before *findings) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s MeshAgent takes %s for each answer.\n\n", f.Machine, f.Latency)
	for i, row := range f.rows(before) {
		fmt.Fprintf(&text, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintln(&text, "| --- | --- | ---: | --- | --- | --- |"+strings.Repeat(" ---: |", len(row)-6))
		}
	}
	return text.String()
}

func readFindings(path string) (*findings, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading earlier findings: %w", err)
	}
	found := &findings{}
	if err := json.Unmarshal(text, found); err != nil {
		return nil, fmt.Errorf("reading earlier findings in %s: %w", path, err)
	}
	return found, nil
}

// write writes the findings as JSON and Markdown.
func (f *findings) write(out string) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the findings: %w", err)
	}
	for name, content := range map[string][]byte{out + ".json": append(text, '\n'), out + ".md": []byte(f.markdown(nil))} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			return fmt.Errorf("writing the findings: %w", err)
		}
	}
	return nil
}
