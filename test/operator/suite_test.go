// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"testing"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
)

func TestOperator(t *testing.T) {
	t.Parallel()
	harness.Run(t, "Operator", controlplane.Options{
		ControllerManager: true, // namespaces are deleted for real
	})
}

// managedAgent is what MeshAgent holds of a managed agent.
func managedAgent(name string) map[string]any {
	return map[string]any{"name": name, "configuration": map[string]any{"metadata": map[string]any{"name": name}, "allowed_models": []any{}}}
}
