// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"net/http"
	"strings"
)

// Project gives access to one MeshAgent project.
type Project struct {
	ID string

	client  *Client
	route   route
	members *members
	written *turns // of the settings
}

// ProjectInfo is what MeshAgent reports about a project.
type ProjectInfo struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Key         string `json:"project_key"`
	OwnerUserID string `json:"owner_user_id"`
}

// Role is what the API key can do in a project.
type Role struct {
	Name           string `json:"role"`
	IsAdmin        bool   `json:"is_admin"`
	CanCreateRooms bool   `json:"can_create_rooms"`
}

// projectRoute is the template of a project.
const projectRoute = "/accounts/projects/{project_id}"

// Project returns a project's collections. It sends nothing.
func (c *Client) Project(id string) *Project {
	at := expand(projectRoute, id)
	return &Project{ID: id, client: c, route: at, members: c.members(at), written: newTurns()}
}

// Info reads the project: GET /accounts/projects/{project_id}. A response without the project's id
// does not come from MeshAgent, or is incomplete.
func (p *Project) Info(ctx context.Context) (ProjectInfo, error) {
	var info ProjectInfo
	get := request{method: http.MethodGet, route: p.route, out: &info, open: true}
	err := p.client.do(ctx, get)
	if err == nil && !strings.EqualFold(info.ID, p.ID) {
		err = unexpected(get, "it is not about this project")
	}
	return info, err
}

// Role reads what the API key can do: GET /accounts/projects/{project_id}/role. Only servers of
// generation 0.44 have it.
func (p *Project) Role(ctx context.Context) (Role, error) {
	var role Role
	get := request{method: http.MethodGet, route: p.route.join("/role"), out: &role, open: true}
	err := p.client.do(ctx, get)
	if err == nil && role.Name == "" {
		err = unexpected(get, "it names no role")
	}
	return role, err
}

// Enabled reads whether MeshAgent has the project enabled: GET
// /accounts/projects/{project_id}/status.
func (p *Project) Enabled(ctx context.Context) (bool, error) {
	var answer struct {
		Enabled *bool `json:"enabled"`
	}
	get := request{method: http.MethodGet, route: p.route.join("/status"), out: &answer, open: true}
	err := p.client.do(ctx, get)
	if err == nil && answer.Enabled == nil {
		err = unexpected(get, "it does not say whether the project is enabled")
	}
	return err == nil && *answer.Enabled, err
}
