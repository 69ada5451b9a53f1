// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// dashboardQueries returns all queries of the dashboards by their place, with values for Grafana's
// variables.
func dashboardQueries() map[string]string {
	GinkgoHelper()
	files, err := filepath.Glob(filepath.Join(harness.Chart, "files", "dashboards", "*.json"))
	Expect(err).NotTo(HaveOccurred())
	queries := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		var board struct {
			Panels []struct {
				Title   string `json:"title"`
				Targets []struct {
					Expr string `json:"expr"`
				} `json:"targets"`
			} `json:"panels"`
			Annotations struct {
				List []struct {
					Name string `json:"name"`
					Expr string `json:"expr"`
				} `json:"list"`
			} `json:"annotations"`
			Templating struct {
				List []struct {
					Name       string `json:"name"`
					Definition string `json:"definition"`
				} `json:"list"`
			} `json:"templating"`
		}
		Expect(json.Unmarshal(text, &board)).To(Succeed())
		variables := strings.NewReplacer("$__rate_interval", "5m", "$namespace", ".*", "$cluster", ".*", "$job", ".*")
		for _, panel := range board.Panels {
			for at, target := range panel.Targets {
				queries[fmt.Sprintf("panel %q, query %d", panel.Title, at)] = variables.Replace(target.Expr)
			}
		}
		for _, annotation := range board.Annotations.List {
			queries["annotation "+annotation.Name] = variables.Replace(annotation.Expr)
		}
		for _, variable := range board.Templating.List {
			if inside, ok := strings.CutPrefix(variable.Definition, "label_values("); ok {
				of, label, _ := strings.Cut(strings.TrimSuffix(inside, ")"), ", ")
				queries["variable "+variable.Name] = variables.Replace(fmt.Sprintf("count by (%s) (%s)", label, of))
			}
		}
	}
	Expect(queries).NotTo(BeEmpty())
	return queries
}

// selection is what a query reads.
type selection struct {
	Selects map[string][]string // the labels in its matchers, by metric
	Groups  []string            // the labels by which it groups and joins
	Error   string
}

// parseQueries reads queries with Prometheus' own parser.
func parseQueries(_ context.Context, queries map[string]string) map[string]selection {
	parsed := map[string]selection{}
	for name, text := range queries {
		expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
		if err != nil {
			parsed[name] = selection{Error: err.Error()}
			continue
		}
		found := selection{Selects: map[string][]string{}}
		parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
			found.see(node)
			return nil
		})
		found.Groups = slices.Compact(slices.Sorted(slices.Values(found.Groups)))
		parsed[name] = found
	}
	return parsed
}

// ofTarget are the labels that Prometheus and the ServiceMonitor add to all metrics of a pod. The
// label cluster is there if Prometheus is set up so. Without it, ".*" matches all the same.
var ofTarget = []string{"namespace", "pod", "service", "instance", "job", "cluster"}

func (s *selection) see(node parser.Node) {
	switch node := node.(type) {
	case *parser.VectorSelector:
		matched := s.Selects[node.Name]
		for _, matcher := range node.LabelMatchers {
			if matcher.Name != model.MetricNameLabel {
				matched = append(matched, matcher.Name)
			}
		}
		s.Selects[node.Name] = slices.Compact(slices.Sorted(slices.Values(matched)))
	case *parser.AggregateExpr:
		s.Groups = append(s.Groups, node.Grouping...)
	case *parser.BinaryExpr:
		if node.VectorMatching != nil {
			s.Groups = append(s.Groups, node.VectorMatching.MatchingLabels...)
		}
	}
}

// check checks that a query parses, and uses existing metrics and labels.
func (s selection) check(all map[string]metric, where string) {
	GinkgoHelper()
	Expect(s.Error).To(BeEmpty(), where)
	Expect(s.Selects).NotTo(BeEmpty(), where)
	known := slices.Clone(ofTarget)
	for name, matched := range s.Selects {
		base, parts := histogramOf(name)
		one, ok := all[base]
		Expect(ok).To(BeTrue(), "%s: there is no metric %q", where, name)
		Expect(slices.Concat(one.labels, ofTarget)).To(ContainElements(matched), "%s: %s", where, name)
		known = slices.Concat(known, one.labels, parts)
	}
	Expect(known).To(ContainElements(s.Groups), where)
}

// histogramOf returns the metric of a time series, and the labels that the series adds.
func histogramOf(name string) (base string, labels []string) {
	if base, ok := strings.CutSuffix(name, "_bucket"); ok {
		return base, []string{"le"}
	}
	return strings.TrimSuffix(name, "_count"), nil
}
