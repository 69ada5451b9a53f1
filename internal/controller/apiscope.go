// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// apiScope is a scope of a custom resource as MeshAgent has it: what the preset grants, and in its place what is given besides. The
// types of both sides have the same members, so the compiler sees to it that none is forgotten.
func apiScope(in *v1alpha1.APIScope) *meshagent.APIScope {
	if in == nil {
		return nil
	}
	in = in.DeepCopy() // nothing of it is shared: a document is completed in place
	scope := presetScope(in.Preset)
	replace(&scope.Livekit, (*meshagent.LivekitGrant)(in.Livekit))
	replace(&scope.Queues, (*meshagent.QueuesGrant)(in.Queues))
	replace(&scope.Messaging, (*meshagent.MessagingGrant)(in.Messaging))
	replace(&scope.Dataset, datasetGrant(in.Dataset))
	replace(&scope.Memory, memoryGrant(in.Memory))
	replace(&scope.Sync, syncGrant(in.Sync))
	replace(&scope.Storage, storageGrant(in.Storage))
	replace(&scope.Containers, containersGrant(in.Containers))
	replace(&scope.Developer, (*meshagent.DeveloperGrant)(in.Developer))
	replace(&scope.Agents, (*meshagent.AgentsGrant)(in.Agents))
	replace(&scope.LLM, (*meshagent.LLMGrant)(in.LLM))
	replace(&scope.Admin, (*meshagent.AdminGrant)(in.Admin))
	replace(&scope.Secrets, secretsGrant(in.Secrets))
	replace(&scope.Tunnels, (*meshagent.TunnelsGrant)(in.Tunnels))
	replace(&scope.Services, (*meshagent.ServicesGrant)(in.Services))
	return &scope
}

// presetScope is what a preset grants, as the SDKs define it.
func presetScope(preset v1alpha1.APIPreset) meshagent.APIScope {
	var scope meshagent.APIScope
	if preset == "" {
		return scope
	}
	scope = meshagent.APIScope{
		Livekit: &meshagent.LivekitGrant{}, Queues: &meshagent.QueuesGrant{}, Messaging: &meshagent.MessagingGrant{},
		Dataset: &meshagent.DatasetGrant{}, Memory: &meshagent.MemoryGrant{}, Sync: &meshagent.SyncGrant{},
		Storage: &meshagent.StorageGrant{}, Containers: &meshagent.ContainersGrant{}, Developer: &meshagent.DeveloperGrant{},
		Agents: &meshagent.AgentsGrant{}, Secrets: &meshagent.SecretsGrant{}, Services: &meshagent.ServicesGrant{},
	}
	if preset == v1alpha1.PresetAgent || preset == v1alpha1.PresetFull {
		scope.LLM = &meshagent.LLMGrant{}
	}
	if preset == v1alpha1.PresetFull {
		scope.Admin, scope.Tunnels = &meshagent.AdminGrant{}, &meshagent.TunnelsGrant{}
	}
	return scope
}

// replace puts what is given in place of what the preset says.
func replace[G any](grant **G, given *G) {
	if given != nil {
		*grant = given
	}
}

func datasetGrant(in *v1alpha1.DatasetGrant) *meshagent.DatasetGrant {
	if in == nil {
		return nil
	}
	return &meshagent.DatasetGrant{
		Tables:     converted(in.Tables, func(t v1alpha1.TableGrant) meshagent.TableGrant { return meshagent.TableGrant(t) }),
		ListTables: in.ListTables,
	}
}

func memoryGrant(in *v1alpha1.MemoryGrant) *meshagent.MemoryGrant {
	if in == nil {
		return nil
	}
	return &meshagent.MemoryGrant{List: in.List, Memories: converted(in.Memories, func(m v1alpha1.MemoryEntryGrant) meshagent.MemoryEntryGrant {
		return meshagent.MemoryEntryGrant{Name: m.Name, Namespace: m.Namespace, Permissions: (*meshagent.MemoryPermissions)(m.Permissions)}
	})}
}

func syncGrant(in *v1alpha1.SyncGrant) *meshagent.SyncGrant {
	if in == nil {
		return nil
	}
	return &meshagent.SyncGrant{Paths: converted(in.Paths, func(p v1alpha1.SyncPathGrant) meshagent.SyncPathGrant { return meshagent.SyncPathGrant(p) })}
}

func storageGrant(in *v1alpha1.StorageGrant) *meshagent.StorageGrant {
	if in == nil {
		return nil
	}
	return &meshagent.StorageGrant{Paths: converted(in.Paths, func(p v1alpha1.StoragePathGrant) meshagent.StoragePathGrant { return meshagent.StoragePathGrant(p) })}
}

func containersGrant(in *v1alpha1.ContainersGrant) *meshagent.ContainersGrant {
	if in == nil {
		return nil
	}
	return &meshagent.ContainersGrant{
		Logs: in.Logs, Pull: in.Pull, Run: in.Run, Registry: (*meshagent.ContainerRegistryGrant)(in.Registry), UseContainers: in.UseContainers,
	}
}

func secretsGrant(in *v1alpha1.SecretsGrant) *meshagent.SecretsGrant {
	if in == nil {
		return nil
	}
	return &meshagent.SecretsGrant{RequestOAuthToken: converted(in.RequestOAuthToken, func(e v1alpha1.OAuthEndpoint) meshagent.OAuthEndpoint { return meshagent.OAuthEndpoint(e) })}
}

// converted is a list with every element converted. A nil list stays one: it means no limit, and an empty one nothing.
func converted[In, Out any](list []In, convert func(In) Out) []Out {
	if list == nil {
		return nil
	}
	out := make([]Out, len(list))
	for i, one := range list {
		out[i] = convert(one)
	}
	return out
}
