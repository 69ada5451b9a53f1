// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"path/filepath"
	"testing"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
)

func TestChart(t *testing.T) {
	t.Parallel()
	harness.Run(t, "Chart", controlplane.Options{
		// The chart can create objects for the Prometheus operator.
		CRDPaths: []string{filepath.Join("testdata", "prometheus-operator")},
	})
}
