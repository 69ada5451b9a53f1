// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"slices"
)

// APIScope is what a participant may do inside a room. A nil member is withheld; an empty one is granted without limits. In a member a
// nil list means no limit, and a nil flag its default.
//
// As JSON a scope always has one form: every member is there, with null where it is withheld, and so is everything in it, with its
// default where it is not set. So scopes that mean the same are the same JSON, and a scope as a whole belongs to whoever writes it:
// what somebody else granted besides is a difference to the null here, and goes.
type APIScope struct {
	Livekit    *LivekitGrant    `json:"livekit"`
	Queues     *QueuesGrant     `json:"queues"`
	Messaging  *MessagingGrant  `json:"messaging"`
	Dataset    *DatasetGrant    `json:"dataset" alias:"database,datasets"`
	Memory     *MemoryGrant     `json:"memory"`
	Sync       *SyncGrant       `json:"sync"`
	Storage    *StorageGrant    `json:"storage"`
	Containers *ContainersGrant `json:"containers"`
	Developer  *DeveloperGrant  `json:"developer"`
	Agents     *AgentsGrant     `json:"agents"`
	LLM        *LLMGrant        `json:"llm"`
	Admin      *AdminGrant      `json:"admin"`
	Secrets    *SecretsGrant    `json:"secrets"`
	Tunnels    *TunnelsGrant    `json:"tunnels"`
	Services   *ServicesGrant   `json:"services"`
}

// The members of an APIScope, and what these consist of.
type (
	// LivekitGrant is audio and video.
	LivekitGrant struct {
		BreakoutRooms []string `json:"breakout_rooms"`
	}
	// QueuesGrant is queues.
	QueuesGrant struct {
		Send    []string `json:"send"`
		Receive []string `json:"receive"`
		List    *bool    `json:"list" default:"true"`
	}
	// MessagingGrant is messages between participants.
	MessagingGrant struct {
		Broadcast *bool `json:"broadcast" default:"true"`
		List      *bool `json:"list" default:"true"`
		Send      *bool `json:"send" default:"true"`
	}
	// DatasetGrant is tables.
	DatasetGrant struct {
		Tables     []TableGrant `json:"tables"`
		ListTables *bool        `json:"list_tables" default:"true"`
	}
	// TableGrant is the rights on one table.
	TableGrant struct {
		Name      string   `json:"name"`
		Namespace []string `json:"namespace"`
		Write     *bool    `json:"write" default:"false"`
		Read      *bool    `json:"read" default:"true"`
		Alter     *bool    `json:"alter" default:"false"`
	}
	// MemoryGrant is memories.
	MemoryGrant struct {
		List     *bool              `json:"list" default:"true"`
		Memories []MemoryEntryGrant `json:"memories"`
	}
	// MemoryEntryGrant is the rights on one memory.
	MemoryEntryGrant struct {
		Name        string             `json:"name"`
		Namespace   []string           `json:"namespace"`
		Permissions *MemoryPermissions `json:"permissions"`
	}
	// MemoryPermissions are rights on a memory.
	MemoryPermissions struct {
		Create   *bool `json:"create" default:"true"`
		Drop     *bool `json:"drop" default:"true"`
		Inspect  *bool `json:"inspect" default:"true"`
		Query    *bool `json:"query" default:"true"`
		Upsert   *bool `json:"upsert" default:"true"`
		Ingest   *bool `json:"ingest" default:"true"`
		Recall   *bool `json:"recall" default:"true"`
		Optimize *bool `json:"optimize" default:"true"`
	}
	// SyncGrant is synchronised documents.
	SyncGrant struct {
		Paths []SyncPathGrant `json:"paths"`
	}
	// SyncPathGrant is a synchronised document, or several.
	SyncPathGrant struct {
		Path     string `json:"path"`
		ReadOnly *bool  `json:"read_only" default:"false"`
	}
	// StorageGrant is files.
	StorageGrant struct {
		Paths []StoragePathGrant `json:"paths"`
	}
	// StoragePathGrant is a part of the files.
	StoragePathGrant struct {
		Path     string `json:"path"`
		ReadOnly *bool  `json:"read_only" default:"false"`
	}
	// ContainersGrant is containers and images.
	ContainersGrant struct {
		Logs          *bool                   `json:"logs" default:"true"`
		Pull          []string                `json:"pull"`
		Run           []string                `json:"run"`
		Registry      *ContainerRegistryGrant `json:"registry"`
		UseContainers *bool                   `json:"use_containers" default:"true"`
	}
	// ContainerRegistryGrant is the room's image registry.
	ContainerRegistryGrant struct {
		List  []string `json:"list"`
		Pull  []string `json:"pull"`
		Run   []string `json:"run"`
		Write []string `json:"write"`
	}
	// DeveloperGrant is what developers look at.
	DeveloperGrant struct {
		Logs *bool `json:"logs" default:"true"`
	}
	// AgentsGrant is agents and toolkits.
	AgentsGrant struct {
		RegisterAgent          *bool    `json:"register_agent" default:"true"`
		RegisterPublicToolkit  *bool    `json:"register_public_toolkit" default:"true"`
		RegisterPrivateToolkit *bool    `json:"register_private_toolkit" default:"true"`
		Call                   *bool    `json:"call" default:"true"`
		UseAgents              *bool    `json:"use_agents" default:"true"`
		UseTools               *bool    `json:"use_tools" default:"true"`
		AllowedToolkits        []string `json:"allowed_toolkits"`
	}
	// LLMGrant is language models.
	LLMGrant struct {
		Models []string `json:"models"`
	}
	// AdminGrant is the administration of the room.
	AdminGrant struct {
		Config *bool `json:"config" default:"true"`
	}
	// SecretsGrant is secrets and OAuth tokens.
	SecretsGrant struct {
		RequestOAuthToken []OAuthEndpoint `json:"request_oauth_token"`
	}
	// OAuthEndpoint is a client at an OAuth authorization endpoint.
	OAuthEndpoint struct {
		Endpoint string `json:"endpoint"`
		ClientID string `json:"client_id"`
	}
	// TunnelsGrant is port forwarding.
	TunnelsGrant struct {
		Ports []string `json:"ports"`
	}
	// ServicesGrant is the list of services.
	ServicesGrant struct {
		List *bool `json:"list" default:"true"`
	}
)

// MarshalJSON writes the one form that a scope has.
func (s APIScope) MarshalJSON() ([]byte, error) {
	type plain APIScope
	return Encode(plain(s.canonical()))
}

// UnmarshalJSON knows dataset by its older names, too.
func (s *APIScope) UnmarshalJSON(text []byte) error {
	type plain APIScope
	aliased := struct {
		*plain
		Database *DatasetGrant `json:"database"`
		Datasets *DatasetGrant `json:"datasets"`
	}{plain: (*plain)(s)}
	if err := json.Unmarshal(text, &aliased); err != nil {
		return err
	}
	for _, older := range []*DatasetGrant{aliased.Database, aliased.Datasets} {
		if s.Dataset == nil {
			s.Dataset = older
		}
	}
	return nil
}

// canonical is a copy with defaults in place of what is not set, and with sets of patterns in order. Lists of rules keep theirs:
// where two rules fit, the first counts.
func (s APIScope) canonical() APIScope {
	s.Livekit = copied(s.Livekit, func(g *LivekitGrant) { g.BreakoutRooms = set(g.BreakoutRooms) })
	s.Queues = copied(s.Queues, func(g *QueuesGrant) { g.Send, g.Receive = set(g.Send), set(g.Receive) })
	s.Messaging = copied(s.Messaging, nil)
	s.Dataset = copied(s.Dataset, func(g *DatasetGrant) { g.Tables = slices.Clone(g.Tables) })
	s.Memory = copied(s.Memory, func(g *MemoryGrant) {
		g.Memories = slices.Clone(g.Memories)
		for i, memory := range g.Memories {
			if memory.Permissions == nil {
				memory.Permissions = &MemoryPermissions{}
			}
			g.Memories[i].Permissions = copied(memory.Permissions, nil)
		}
	})
	s.Sync = copied(s.Sync, func(g *SyncGrant) { g.Paths = slices.Clone(g.Paths) })
	s.Storage = copied(s.Storage, func(g *StorageGrant) { g.Paths = slices.Clone(g.Paths) })
	s.Containers = copied(s.Containers, func(g *ContainersGrant) {
		g.Pull, g.Run = set(g.Pull), set(g.Run)
		g.Registry = copied(g.Registry, func(r *ContainerRegistryGrant) {
			r.List, r.Pull, r.Run, r.Write = set(r.List), set(r.Pull), set(r.Run), set(r.Write)
		})
	})
	s.Developer = copied(s.Developer, nil)
	s.Agents = copied(s.Agents, func(g *AgentsGrant) { g.AllowedToolkits = set(g.AllowedToolkits) })
	s.LLM = copied(s.LLM, func(g *LLMGrant) { g.Models = set(g.Models) })
	s.Admin = copied(s.Admin, nil)
	s.Tunnels = copied(s.Tunnels, func(g *TunnelsGrant) {
		if g.Ports = set(g.Ports); len(g.Ports) == 0 {
			g.Ports = nil // here alone an empty list means all
		}
	})
	s.Services = copied(s.Services, nil)
	return s
}

// copied is a copy with its defaults. Change must replace what the copy would share with the original and has defaults in it.
func copied[G any](grant *G, change func(*G)) *G {
	if grant == nil {
		return nil
	}
	one := *grant
	if change != nil {
		change(&one)
	}
	fillDefaults(&one)
	return &one
}

// set is a list whose order has no meaning. A nil list stays one: it means no limit, and an empty one nothing.
func set(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
