// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"fmt"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// apiOf is what the server of a MeshProject speaks, as far as its last check found out.
func apiOf(project *v1alpha1.MeshProject) meshagent.API {
	return meshagent.API{Generation: meshagent.Generation(project.Status.APIGeneration), Version: project.Status.APIVersion}
}

func notSpoken(api meshagent.API) string {
	return fmt.Sprintf("%s speaks API generation %s. This release of the operator supports generation %s. Upgrade the operator. Until then it changes nothing in MeshAgent",
		api, api.Generation, meshagent.Generation044)
}
