// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"slices"
)

// APIScope is what a participant can do inside a room. A nil member is not granted. An empty member
// is granted without limits. Inside a member, a nil list means no limit, and a nil flag means its
// default.
//
// A scope has only one form as JSON. Every member is present, with null if it is not granted, and
// all of its fields are present, with their defaults if they are unset. So equal scopes are equal
// JSON, and the operator manages a scope as a whole. A permission that others granted in addition
// differs from the null here, and the operator removes it.
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

// The members of an APIScope, and the types that these use.
type (
	// LivekitGrant allows audio and video.
	LivekitGrant struct {
		BreakoutRooms []string `json:"breakout_rooms"`
	}
	// QueuesGrant allows queues.
	QueuesGrant struct {
		Send    []string `json:"send"`
		Receive []string `json:"receive"`
		List    *bool    `json:"list" default:"true"`
	}
	// MessagingGrant allows messages between participants.
	MessagingGrant struct {
		Broadcast *bool `json:"broadcast" default:"true"`
		List      *bool `json:"list" default:"true"`
		Send      *bool `json:"send" default:"true"`
	}
	// DatasetGrant allows tables.
	DatasetGrant struct {
		Tables     []TableGrant `json:"tables"`
		ListTables *bool        `json:"list_tables" default:"true"`
	}
	// TableGrant has the permissions on one table.
	TableGrant struct {
		Name      string   `json:"name"`
		Namespace []string `json:"namespace"`
		Write     *bool    `json:"write" default:"false"`
		Read      *bool    `json:"read" default:"true"`
		Alter     *bool    `json:"alter" default:"false"`
	}
	// MemoryGrant allows memories.
	MemoryGrant struct {
		List     *bool              `json:"list" default:"true"`
		Memories []MemoryEntryGrant `json:"memories"`
	}
	// MemoryEntryGrant has the permissions on one memory.
	MemoryEntryGrant struct {
		Name        string             `json:"name"`
		Namespace   []string           `json:"namespace"`
		Permissions *MemoryPermissions `json:"permissions"`
	}
	// MemoryPermissions are the operations on a memory.
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
	// SyncGrant allows synchronized documents.
	SyncGrant struct {
		Paths []SyncPathGrant `json:"paths"`
	}
	// SyncPathGrant allows one synchronized document, or several.
	SyncPathGrant struct {
		Path     string `json:"path"`
		ReadOnly *bool  `json:"read_only" default:"false"`
	}
	// StorageGrant allows files.
	StorageGrant struct {
		Paths []StoragePathGrant `json:"paths"`
	}
	// StoragePathGrant allows a part of the files.
	StoragePathGrant struct {
		Path     string `json:"path"`
		ReadOnly *bool  `json:"read_only" default:"false"`
	}
	// ContainersGrant allows containers and images.
	ContainersGrant struct {
		Logs          *bool                   `json:"logs" default:"true"`
		Pull          []string                `json:"pull"`
		Run           []string                `json:"run"`
		Registry      *ContainerRegistryGrant `json:"registry"`
		UseContainers *bool                   `json:"use_containers" default:"true"`
	}
	// ContainerRegistryGrant allows the room's image registry.
	ContainerRegistryGrant struct {
		List  []string `json:"list"`
		Pull  []string `json:"pull"`
		Run   []string `json:"run"`
		Write []string `json:"write"`
	}
	// DeveloperGrant allows the developer's view of a room.
	DeveloperGrant struct {
		Logs *bool `json:"logs" default:"true"`
	}
	// AgentsGrant allows agents and toolkits.
	AgentsGrant struct {
		RegisterAgent          *bool    `json:"register_agent" default:"true"`
		RegisterPublicToolkit  *bool    `json:"register_public_toolkit" default:"true"`
		RegisterPrivateToolkit *bool    `json:"register_private_toolkit" default:"true"`
		Call                   *bool    `json:"call" default:"true"`
		UseAgents              *bool    `json:"use_agents" default:"true"`
		UseTools               *bool    `json:"use_tools" default:"true"`
		AllowedToolkits        []string `json:"allowed_toolkits"`
	}
	// LLMGrant allows language models.
	LLMGrant struct {
		Models []string `json:"models"`
	}
	// AdminGrant allows the administration of the room.
	AdminGrant struct {
		Config *bool `json:"config" default:"true"`
	}
	// SecretsGrant allows secrets and OAuth tokens.
	SecretsGrant struct {
		RequestOAuthToken []OAuthEndpoint `json:"request_oauth_token"`
	}
	// OAuthEndpoint is a client at an OAuth authorization endpoint.
	OAuthEndpoint struct {
		Endpoint string `json:"endpoint"`
		ClientID string `json:"client_id"`
	}
	// TunnelsGrant allows port forwarding.
	TunnelsGrant struct {
		Ports []string `json:"ports"`
	}
	// ServicesGrant allows the list of services.
	ServicesGrant struct {
		List *bool `json:"list" default:"true"`
	}
)

// MarshalJSON writes the only form of a scope.
func (s APIScope) MarshalJSON() ([]byte, error) {
	type plain APIScope
	return Encode(plain(s.Canonical()))
}

// UnmarshalJSON also accepts the older names of dataset.
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

// Canonical returns a copy with defaults for unset fields, and with sets of patterns in order.
// Lists of rules keep their order, because the first rule that matches counts.
func (s APIScope) Canonical() APIScope {
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
			g.Ports = nil // only here, an empty list means all
		}
	})
	s.Services = copied(s.Services, nil)
	return s
}

// copied returns a copy with its defaults. The function change must replace everything with
// defaults that the copy would share with the original.
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

// set sorts a list whose order has no meaning. A nil list stays nil, because nil means no limit and
// an empty list means nothing.
func set(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
