// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Promql reads PromQL queries, one a line, and prints for each, as a line of JSON, what it selects or why it cannot be parsed. It is a module
// of its own: the parser is Prometheus' own, and Prometheus' many dependencies are none of the operator's.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// query is what is said of one query.
type query struct {
	// Selects has, for each metric, the labels that the query matches.
	Selects map[string][]string `json:"selects,omitempty"`
	// Groups are the labels by which the query groups and joins.
	Groups []string `json:"groups,omitempty"`
	Error  string   `json:"error,omitempty"`
}

func main() {
	if err := describe(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func describe(in io.Reader, out io.Writer) error {
	lines, encoder := bufio.NewScanner(in), json.NewEncoder(out)
	for lines.Scan() {
		if err := encoder.Encode(parse(lines.Text())); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
	}
	return lines.Err()
}

func parse(text string) query {
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		return query{Error: err.Error()}
	}
	found := query{Selects: map[string][]string{}}
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch node := node.(type) {
		case *parser.VectorSelector:
			name := node.Name
			for _, matcher := range node.LabelMatchers {
				if matcher.Name != labels.MetricName {
					found.Selects[name] = append(found.Selects[name], matcher.Name)
				}
			}
			found.Selects[name] = slices.Compact(slices.Sorted(slices.Values(found.Selects[name])))
		case *parser.AggregateExpr:
			found.Groups = append(found.Groups, node.Grouping...)
		case *parser.BinaryExpr:
			if node.VectorMatching != nil {
				found.Groups = append(found.Groups, node.VectorMatching.MatchingLabels...)
			}
		}
		return nil
	})
	found.Groups = slices.Compact(slices.Sorted(slices.Values(found.Groups)))
	return found
}
