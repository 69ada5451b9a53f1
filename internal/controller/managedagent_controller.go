// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshmanagedagents,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshmanagedagents/status,verbs=patch

// ManagedAgent keeps a managed agent of a project.
var ManagedAgent = engine.Kind[*v1alpha1.MeshManagedAgent, meshagent.ManagedAgentSpec, meshagent.ManagedAgent]{
	Object:     &v1alpha1.MeshManagedAgent{},
	Collection: engine.InProject[*v1alpha1.MeshManagedAgent]((*meshagent.Project).ManagedAgents),
	References: []engine.Reference[*v1alpha1.MeshManagedAgent]{
		// A secret of the agent needs the agent first.
		engine.To(&v1alpha1.MeshSecret{}, secretsOfServers).Declared(),
	},
	Desired: desiredManagedAgent,
	Adapt: func(desired meshagent.ManagedAgentSpec, remote meshagent.ManagedAgent) meshagent.ManagedAgentSpec {
		return desired.UsableBy(remote.ID)
	},
	Defaults: &meshagent.ManagedAgentSpec{
		ThreadIsolation: "global", Store: new(true),
		Toolkits: []meshagent.AgentToolkit{{
			PartialImages: new(int64(meshagent.DefaultPartialImages)),
			Servers: []meshagent.AgentMCPServer{{Authorization: &meshagent.MCPAuthorization{Secret: meshagent.MCPSecret{
				OAuth: &meshagent.OAuthSecretRequest{NoPKCE: new(false)},
			}}}},
		}},
	},
	Report: func(agent *v1alpha1.MeshManagedAgent, remote meshagent.ManagedAgent, in engine.Inputs) string {
		return serversWaiting(agent, remote.ID, in)
	},
}

func desiredManagedAgent(agent *v1alpha1.MeshManagedAgent, in engine.Inputs) (meshagent.ManagedAgentSpec, error) {
	spec := agent.Spec
	desired := meshagent.ManagedAgentSpec{
		Metadata:        meshagent.ManagedAgentMetadata{Name: nameOr(spec.Name, agent), Annotations: spec.Annotations},
		ThreadIsolation: threadIsolationWords.wire(spec.ThreadIsolation), Instructions: spec.Instructions,
		OutputModalities: spec.OutputModalities, Store: spec.Store,
		AllowedModels: converted(spec.AllowedModels, func(model v1alpha1.AllowedModel) meshagent.AllowedModel {
			return meshagent.AllowedModel{Provider: modelProviderWords.wire(model.Provider), Model: model.Model, OutputModalities: model.OutputModalities}
		}),
		SecretsOf: map[string]string{},
	}
	if err := checkServerSecrets(agent, in); err != nil {
		return desired, err
	}
	for _, use := range serverSecrets(agent) {
		if secret, ok := use.resolved(in).Object.(*v1alpha1.MeshSecret); ok && secret.Spec.AgentRef != nil && secret.Status.ID != "" {
			desired.SecretsOf[secret.Status.ID] = secret.Status.Parent
		}
	}
	for _, toolkit := range spec.Toolkits {
		if mapped, ok := agentToolkit(toolkit, in); ok {
			desired.Toolkits = append(desired.Toolkits, mapped)
		}
	}
	return desired, nil
}
