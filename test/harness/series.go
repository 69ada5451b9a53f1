// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
)

// Series returns the values of a metric by their labels in the order of their names. The value of a
// histogram is the number of its observations.
func Series(from prometheus.Gatherer, name string) map[string]float64 {
	GinkgoHelper()
	families, err := from.Gather()
	Expect(err).NotTo(HaveOccurred())
	values := map[string]float64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, one := range family.GetMetric() {
			var key strings.Builder
			for _, label := range one.GetLabel() {
				key.WriteString(" " + label.GetValue())
			}
			values[key.String()] = one.GetGauge().GetValue() + one.GetCounter().GetValue() + float64(one.GetHistogram().GetSampleCount())
		}
	}
	return values
}

// DeletionsHeld returns what the operator's metric says about each MeshProject.
func (o *Operator) DeletionsHeld() map[string]float64 {
	GinkgoHelper()
	return Series(o.Metrics, "meshagent_operator_deletions_held")
}
