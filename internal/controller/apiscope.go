// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"slices"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// apiScope is a scope of a custom resource as MeshAgent has it: what the preset grants, with the
// given capabilities in place of the preset's. MeshAgent grants what a capability leaves out, so
// all of it is written: nothing is granted by leaving something out.
func apiScope(in *v1alpha1.APIScope) *meshagent.APIScope {
	if in == nil {
		return nil
	}
	scope := presetScope(in.Preset)
	replace(&scope.Livekit, in.Livekit, livekitGrant)
	replace(&scope.Queues, in.Queues, queuesGrant)
	replace(&scope.Messaging, in.Messaging, messagingGrant)
	replace(&scope.Dataset, in.Dataset, datasetGrant)
	replace(&scope.Memory, in.Memory, memoryGrant)
	replace(&scope.Sync, in.Sync, syncGrant)
	replace(&scope.Storage, in.Storage, storageGrant)
	replace(&scope.Containers, in.Containers, containersGrant)
	replace(&scope.Developer, in.Developer, developerGrant)
	replace(&scope.Agents, in.Agents, agentsGrant)
	replace(&scope.LLM, in.LLM, llmGrant)
	replace(&scope.Admin, in.Admin, adminGrant)
	replace(&scope.Secrets, in.Secrets, secretsGrant)
	replace(&scope.Tunnels, in.Tunnels, tunnelsGrant)
	replace(&scope.Services, in.Services, servicesGrant)
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

// replace puts what is given in place of what the preset grants.
func replace[G, W any](grant **W, given *G, mapped func(G) *W) {
	if given != nil {
		*grant = mapped(*given)
	}
}

func livekitGrant(in v1alpha1.LivekitGrant) *meshagent.LivekitGrant {
	return &meshagent.LivekitGrant{BreakoutRooms: allowed(in.BreakoutRooms)}
}

func queuesGrant(in v1alpha1.QueuesGrant) *meshagent.QueuesGrant {
	return &meshagent.QueuesGrant{Send: allowed(in.Send), Receive: allowed(in.Receive), List: flag(in.List)}
}

func messagingGrant(in v1alpha1.MessagingGrant) *meshagent.MessagingGrant {
	return &meshagent.MessagingGrant{Broadcast: flag(in.Broadcast), List: flag(in.List), Send: flag(in.Send)}
}

func datasetGrant(in v1alpha1.DatasetGrant) *meshagent.DatasetGrant {
	return &meshagent.DatasetGrant{ListTables: flag(in.ListTables), Tables: rules(in.Tables, func(t v1alpha1.TableGrant) meshagent.TableGrant {
		return meshagent.TableGrant{Name: t.Name, Namespace: slices.Clone(t.Namespace), Write: flag(t.Write), Read: flag(t.Read), Alter: flag(t.Alter)}
	}, func(t v1alpha1.TableGrant) bool { return t.Name == v1alpha1.All })}
}

func memoryGrant(in v1alpha1.MemoryGrant) *meshagent.MemoryGrant {
	return &meshagent.MemoryGrant{List: flag(in.List), Memories: rules(in.Memories, func(m v1alpha1.MemoryEntryGrant) meshagent.MemoryEntryGrant {
		return meshagent.MemoryEntryGrant{Name: m.Name, Namespace: slices.Clone(m.Namespace), Permissions: memoryPermissions(m.Permissions)}
	}, func(m v1alpha1.MemoryEntryGrant) bool { return m.Name == v1alpha1.All })}
}

func memoryPermissions(in *v1alpha1.MemoryPermissions) *meshagent.MemoryPermissions {
	if in == nil {
		in = &v1alpha1.MemoryPermissions{}
	}
	return &meshagent.MemoryPermissions{
		Create: flag(in.Create), Drop: flag(in.Drop), Inspect: flag(in.Inspect), Query: flag(in.Query),
		Upsert: flag(in.Upsert), Ingest: flag(in.Ingest), Recall: flag(in.Recall), Optimize: flag(in.Optimize),
	}
}

func syncGrant(in v1alpha1.SyncGrant) *meshagent.SyncGrant {
	return &meshagent.SyncGrant{Paths: rules(in.Paths, func(p v1alpha1.SyncPathGrant) meshagent.SyncPathGrant {
		return meshagent.SyncPathGrant{Path: p.Path, ReadOnly: flag(p.ReadOnly)}
	}, func(p v1alpha1.SyncPathGrant) bool { return p.Path == v1alpha1.All && !*flag(p.ReadOnly) })}
}

func storageGrant(in v1alpha1.StorageGrant) *meshagent.StorageGrant {
	return &meshagent.StorageGrant{Paths: rules(in.Paths, func(p v1alpha1.StoragePathGrant) meshagent.StoragePathGrant {
		return meshagent.StoragePathGrant{Path: p.Path, ReadOnly: flag(p.ReadOnly)}
	}, func(p v1alpha1.StoragePathGrant) bool { return p.Path == v1alpha1.All && !*flag(p.ReadOnly) })}
}

func containersGrant(in v1alpha1.ContainersGrant) *meshagent.ContainersGrant {
	return &meshagent.ContainersGrant{
		Logs: flag(in.Logs), Pull: allowed(in.Pull), Run: allowed(in.Run), Registry: registryGrant(in.Registry), UseContainers: flag(in.UseContainers),
	}
}

// registryGrant withholds explicitly: the contract does not say whether no registry means all or
// nothing.
func registryGrant(in *v1alpha1.ContainerRegistryGrant) *meshagent.ContainerRegistryGrant {
	if in == nil {
		in = &v1alpha1.ContainerRegistryGrant{}
	}
	registry := &meshagent.ContainerRegistryGrant{List: allowed(in.List), Pull: allowed(in.Pull), Run: allowed(in.Run), Write: allowed(in.Write)}
	if registry.List == nil && (registry.Pull != nil || registry.Run != nil || registry.Write != nil) {
		registry.List = []string{v1alpha1.All} // none would mean those of the other lists
	}
	return registry
}

func developerGrant(in v1alpha1.DeveloperGrant) *meshagent.DeveloperGrant {
	return &meshagent.DeveloperGrant{Logs: flag(in.Logs)}
}

func agentsGrant(in v1alpha1.AgentsGrant) *meshagent.AgentsGrant {
	return &meshagent.AgentsGrant{
		RegisterAgent: flag(in.RegisterAgent), RegisterPublicToolkit: flag(in.RegisterPublicToolkit), RegisterPrivateToolkit: flag(in.RegisterPrivateToolkit),
		Call: flag(in.Call), UseAgents: flag(in.UseAgents), UseTools: flag(in.UseTools), AllowedToolkits: allowed(in.AllowedToolkits),
	}
}

func llmGrant(in v1alpha1.LLMGrant) *meshagent.LLMGrant {
	return &meshagent.LLMGrant{Models: allowed(in.Models)}
}

func adminGrant(in v1alpha1.AdminGrant) *meshagent.AdminGrant {
	return &meshagent.AdminGrant{Config: flag(in.Config)}
}

func secretsGrant(in v1alpha1.SecretsGrant) *meshagent.SecretsGrant {
	return &meshagent.SecretsGrant{RequestOAuthToken: rules(in.RequestOAuthToken, func(e v1alpha1.OAuthEndpoint) meshagent.OAuthEndpoint {
		return meshagent.OAuthEndpoint(e)
	}, func(e v1alpha1.OAuthEndpoint) bool { return e.Endpoint == v1alpha1.All && e.ClientID == "" })}
}

// tunnelsGrant is nil for no ports: in MeshAgent an empty list means all.
func tunnelsGrant(in v1alpha1.TunnelsGrant) *meshagent.TunnelsGrant {
	if len(in.Ports) == 0 {
		return nil
	}
	return &meshagent.TunnelsGrant{Ports: allowed(in.Ports)}
}

func servicesGrant(in v1alpha1.ServicesGrant) *meshagent.ServicesGrant {
	return &meshagent.ServicesGrant{List: flag(in.List)}
}

// allowed is a list of names as MeshAgent has it: nil is all, and an empty one none.
func allowed(list v1alpha1.AllowList) []string {
	if len(list) == 1 && list[0] == v1alpha1.All {
		return nil
	}
	return append([]string{}, list...)
}

// rules is the same for a list of rules, and isAll says whether one grants all.
func rules[In, Out any](list []In, convert func(In) Out, isAll func(In) bool) []Out {
	if len(list) == 1 && isAll(list[0]) {
		return nil
	}
	return append([]Out{}, converted(list, convert)...)
}

func flag(set *bool) *bool { return new(set != nil && *set) }

// converted is a list with every element converted. A nil list stays one.
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
