// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"testing"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
)

func TestAPI(t *testing.T) {
	t.Parallel()
	harness.Run(t, "API", controlplane.Options{})
}
