// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"testing"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
)

func TestTrouble(t *testing.T) {
	t.Parallel()
	harness.Run(t, "Trouble", controlplane.Options{
		ControllerManager: true, // namespaces are deleted for real
	})
}
