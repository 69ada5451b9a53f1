// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"reflect"
	"slices"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// scopeSpec is a scope of MeshAgent as a custom resource says it: the reverse of apiScope. What a
// spec cannot say is left out, so that it grants at most what the scope grants. It is exact if
// apiScope makes the same scope of it.
func scopeSpec(in meshagent.APIScope) *v1alpha1.APIScope {
	in = in.Canonical()
	spec := &v1alpha1.APIScope{Preset: presetWithin(in)}
	granted := presetScope(spec.Preset).Canonical()
	restore(&spec.Livekit, in.Livekit, granted.Livekit, func(g meshagent.LivekitGrant) v1alpha1.LivekitGrant {
		return v1alpha1.LivekitGrant{BreakoutRooms: names(g.BreakoutRooms)}
	})
	restore(&spec.Queues, in.Queues, granted.Queues, func(g meshagent.QueuesGrant) v1alpha1.QueuesGrant {
		return v1alpha1.QueuesGrant{Send: names(g.Send), Receive: names(g.Receive), List: g.List}
	})
	restore(&spec.Messaging, in.Messaging, granted.Messaging, func(g meshagent.MessagingGrant) v1alpha1.MessagingGrant { return v1alpha1.MessagingGrant(g) })
	restore(&spec.Dataset, in.Dataset, granted.Dataset, datasetSpec)
	restore(&spec.Memory, in.Memory, granted.Memory, memorySpec)
	restore(&spec.Sync, in.Sync, granted.Sync, syncSpec)
	restore(&spec.Storage, in.Storage, granted.Storage, storageSpec)
	restore(&spec.Containers, in.Containers, granted.Containers, containersSpec)
	restore(&spec.Developer, in.Developer, granted.Developer, func(g meshagent.DeveloperGrant) v1alpha1.DeveloperGrant { return v1alpha1.DeveloperGrant(g) })
	restore(&spec.Agents, in.Agents, granted.Agents, agentsSpec)
	restore(&spec.LLM, in.LLM, granted.LLM, func(g meshagent.LLMGrant) v1alpha1.LLMGrant { return v1alpha1.LLMGrant{Models: patterns(g.Models)} })
	restore(&spec.Admin, in.Admin, granted.Admin, func(g meshagent.AdminGrant) v1alpha1.AdminGrant { return v1alpha1.AdminGrant(g) })
	restore(&spec.Secrets, in.Secrets, granted.Secrets, secretsSpec)
	restore(&spec.Tunnels, in.Tunnels, granted.Tunnels, func(g meshagent.TunnelsGrant) v1alpha1.TunnelsGrant {
		return v1alpha1.TunnelsGrant{Ports: names(g.Ports)}
	})
	restore(&spec.Services, in.Services, granted.Services, func(g meshagent.ServicesGrant) v1alpha1.ServicesGrant { return v1alpha1.ServicesGrant(g) })
	return spec
}

// presetWithin is the largest preset that a scope contains, if it grants a capability just as the
// scope does. A spec cannot withhold a capability that its preset grants.
func presetWithin(scope meshagent.APIScope) v1alpha1.APIPreset {
	held := reflect.ValueOf(scope)
	for _, preset := range []v1alpha1.APIPreset{v1alpha1.PresetFull, v1alpha1.PresetAgent, v1alpha1.PresetUser} {
		granted, contained, same := reflect.ValueOf(presetScope(preset).Canonical()), true, false
		for i := range granted.NumField() {
			if !granted.Field(i).IsNil() {
				contained = contained && !held.Field(i).IsNil()
				same = same || reflect.DeepEqual(held.Field(i).Interface(), granted.Field(i).Interface())
			}
		}
		if contained && same {
			return preset
		}
	}
	return ""
}

// restore says a capability unless the preset does.
func restore[G, W any](spec **G, held, granted *W, said func(W) G) {
	if held != nil && !reflect.DeepEqual(held, granted) {
		*spec = new(said(*held))
	}
}

func datasetSpec(g meshagent.DatasetGrant) v1alpha1.DatasetGrant {
	return v1alpha1.DatasetGrant{ListTables: g.ListTables, Tables: ruleSpecs(g.Tables, v1alpha1.TableGrant{Name: v1alpha1.All},
		func(t meshagent.TableGrant) (v1alpha1.TableGrant, bool) {
			return v1alpha1.TableGrant(t), t.Name != v1alpha1.All && !matchesNothing(t.Namespace)
		})}
}

func memorySpec(g meshagent.MemoryGrant) v1alpha1.MemoryGrant {
	return v1alpha1.MemoryGrant{List: g.List, Memories: ruleSpecs(g.Memories, v1alpha1.MemoryEntryGrant{Name: v1alpha1.All},
		func(m meshagent.MemoryEntryGrant) (v1alpha1.MemoryEntryGrant, bool) {
			return v1alpha1.MemoryEntryGrant{Name: m.Name, Namespace: m.Namespace, Permissions: (*v1alpha1.MemoryPermissions)(m.Permissions)},
				m.Name != v1alpha1.All && !matchesNothing(m.Namespace)
		})}
}

func syncSpec(g meshagent.SyncGrant) v1alpha1.SyncGrant {
	if i := slices.IndexFunc(g.Paths, func(p meshagent.SyncPathGrant) bool { return p.Path == v1alpha1.All }); i >= 0 {
		g.Paths = g.Paths[:i+1] // no rule after it is reached
	}
	return v1alpha1.SyncGrant{Paths: ruleSpecs(g.Paths, v1alpha1.SyncPathGrant{Path: v1alpha1.All},
		func(p meshagent.SyncPathGrant) (v1alpha1.SyncPathGrant, bool) { return v1alpha1.SyncPathGrant(p), true })}
}

func storageSpec(g meshagent.StorageGrant) v1alpha1.StorageGrant {
	return v1alpha1.StorageGrant{Paths: ruleSpecs(g.Paths, v1alpha1.StoragePathGrant{Path: v1alpha1.All},
		func(p meshagent.StoragePathGrant) (v1alpha1.StoragePathGrant, bool) {
			return v1alpha1.StoragePathGrant(p), p.Path != v1alpha1.All
		})}
}

func containersSpec(g meshagent.ContainersGrant) v1alpha1.ContainersGrant {
	spec := v1alpha1.ContainersGrant{Logs: g.Logs, Pull: patterns(g.Pull), Run: patterns(g.Run), UseContainers: g.UseContainers}
	if r := g.Registry; r != nil {
		if r.List == nil && (r.Pull != nil || r.Run != nil || r.Write != nil) {
			r.List = append([]string{}, slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.Pull, r.Run, r.Write))))...)
		}
		spec.Registry = &v1alpha1.ContainerRegistryGrant{List: patterns(r.List), Pull: patterns(r.Pull), Run: patterns(r.Run), Write: patterns(r.Write)}
	}
	return spec
}

func agentsSpec(g meshagent.AgentsGrant) v1alpha1.AgentsGrant {
	return v1alpha1.AgentsGrant{
		RegisterAgent: g.RegisterAgent, RegisterPublicToolkit: g.RegisterPublicToolkit, RegisterPrivateToolkit: g.RegisterPrivateToolkit,
		Call: g.Call, UseAgents: g.UseAgents, UseTools: g.UseTools, AllowedToolkits: names(g.AllowedToolkits),
	}
}

func secretsSpec(g meshagent.SecretsGrant) v1alpha1.SecretsGrant {
	return v1alpha1.SecretsGrant{RequestOAuthToken: ruleSpecs(g.RequestOAuthToken, v1alpha1.OAuthEndpoint{Endpoint: v1alpha1.All},
		func(e meshagent.OAuthEndpoint) (v1alpha1.OAuthEndpoint, bool) {
			return v1alpha1.OAuthEndpoint(e), e.ClientID != ""
		})}
}

// names is the reverse of allowed. "*" as the name of a thing cannot be said.
func names(list []string) v1alpha1.AllowList {
	if list == nil {
		return v1alpha1.AllowList{v1alpha1.All}
	}
	return slices.DeleteFunc(append(v1alpha1.AllowList{}, list...), func(name string) bool { return name == v1alpha1.All })
}

// patterns is the same where "*" is a pattern for all in MeshAgent as well.
func patterns(list []string) v1alpha1.AllowList {
	if slices.Contains(list, v1alpha1.All) {
		return v1alpha1.AllowList{v1alpha1.All}
	}
	return names(list)
}

// ruleSpecs is the reverse of rules. It ends before the first rule that cannot be said: the first
// that fits counts, so a later one could grant more in its place.
func ruleSpecs[W, G any](list []W, all G, said func(W) (G, bool)) []G {
	if list == nil {
		return []G{all}
	}
	specs := []G{}
	for _, one := range list {
		spec, ok := said(one)
		if !ok {
			break
		}
		specs = append(specs, spec)
	}
	return specs
}

// matchesNothing says of a namespace that no table or memory is in it, which a spec cannot say.
func matchesNothing(path []string) bool { return path != nil && len(path) == 0 }
