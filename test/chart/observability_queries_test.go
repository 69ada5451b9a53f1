// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// dashboardQueries are all queries of the dashboards, by where they are, with what Grafana puts in
// place of its variables.
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
			Templating struct {
				List []struct {
					Name       string `json:"name"`
					Definition string `json:"definition"`
				} `json:"list"`
			} `json:"templating"`
		}
		Expect(json.Unmarshal(text, &board)).To(Succeed())
		variables := strings.NewReplacer("$__rate_interval", "5m", "$namespace", ".*")
		for _, panel := range board.Panels {
			for at, target := range panel.Targets {
				queries[fmt.Sprintf("panel %q, query %d", panel.Title, at)] = variables.Replace(target.Expr)
			}
		}
		for _, variable := range board.Templating.List {
			if inside, ok := strings.CutPrefix(variable.Definition, "label_values("); ok {
				of, label, _ := strings.Cut(strings.TrimSuffix(inside, ")"), ", ")
				queries["variable "+variable.Name] = fmt.Sprintf("count by (%s) (%s)", label, of)
			}
		}
	}
	Expect(queries).NotTo(BeEmpty())
	return queries
}

// selection is what hack/promql says of a query.
type selection struct {
	Selects map[string][]string `json:"selects"`
	Groups  []string            `json:"groups"`
	Error   string              `json:"error"`
}

// parseQueries has Prometheus' own parser read queries.
func parseQueries(ctx context.Context, queries map[string]string) map[string]selection {
	GinkgoHelper()
	names := slices.Sorted(maps.Keys(queries))
	var lines strings.Builder
	for _, name := range names {
		Expect(queries[name]).NotTo(ContainSubstring("\n"), name)
		lines.WriteString(queries[name] + "\n")
	}
	cmd := exec.CommandContext(ctx, "go", "-C", harness.Path("hack", "promql"), "run", ".")
	cmd.Stdin, cmd.Stderr = strings.NewReader(lines.String()), GinkgoWriter
	out, err := cmd.Output()
	Expect(err).NotTo(HaveOccurred())
	parsed, decoder := map[string]selection{}, json.NewDecoder(bytes.NewReader(out))
	for _, name := range names {
		var one selection
		Expect(decoder.Decode(&one)).To(Succeed(), name)
		parsed[name] = one
	}
	return parsed
}

// ofTarget are the labels that Prometheus and the ServiceMonitor give to all that they scrape from
// a pod.
var ofTarget = []string{"namespace", "pod", "instance", "job"}

// check says that a query parses, and uses metrics and labels that there are.
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

// histogramOf is the metric that a time series belongs to, and the labels that it has besides.
func histogramOf(name string) (base string, labels []string) {
	if base, ok := strings.CutSuffix(name, "_bucket"); ok {
		return base, []string{"le"}
	}
	return strings.TrimSuffix(name, "_count"), nil
}
