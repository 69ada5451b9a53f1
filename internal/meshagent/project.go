// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"net/http"
)

// Project is a MeshAgent project as seen through a client.
type Project struct {
	ID string

	client  *Client
	route   route
	members *members
}

// ProjectInfo is what MeshAgent tells of a project.
type ProjectInfo struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Key  string `json:"project_key"`
}

// Project gives access to a project's collections. It sends nothing.
func (c *Client) Project(id string) *Project {
	at := expand("/accounts/projects/{project_id}", id)
	return &Project{ID: id, client: c, route: at, members: c.members(at)}
}

// Info reads the project: GET /accounts/projects/{project_id}.
func (p *Project) Info(ctx context.Context) (ProjectInfo, error) {
	var info ProjectInfo
	return info, p.client.do(ctx, request{method: http.MethodGet, route: p.route, out: &info})
}
