// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// described is a panel or a variable of a dashboard.
type described struct {
	Type, Title, Name, Description string
}

var _ = Describe("The dashboard", func() {
	It("describes each panel and each variable", func() {
		text, err := os.ReadFile(filepath.Join(harness.Chart, "files", "dashboards", "meshagent-operator.json"))
		Expect(err).NotTo(HaveOccurred())
		var board struct {
			Panels     []described `json:"panels"`
			Templating struct {
				List []described `json:"list"`
			} `json:"templating"`
		}
		Expect(json.Unmarshal(text, &board)).To(Succeed())
		for _, one := range slices.Concat(board.Panels, board.Templating.List) {
			if one.Type != "row" {
				Expect(one.Description).To(HaveSuffix("."), one.Title+one.Name)
			}
		}
	})

	It("filters each panel by all variables that its metrics have labels for", func(ctx SpecContext) {
		own := ownMetrics()
		for where, query := range parseQueries(ctx, dashboardQueries()) {
			if !strings.HasPrefix(where, "panel ") {
				continue
			}
			for name, matched := range query.Selects {
				Expect(matched).To(ContainElements("cluster", "job"), where)
				base, _ := histogramOf(name)
				for _, label := range []string{"object_namespace", "mesh_project"} {
					if slices.Contains(own[base].labels, label) {
						Expect(matched).To(ContainElement(label), where)
					}
				}
			}
		}
	})
})
