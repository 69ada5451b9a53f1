// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// describeProject tells in status what MeshAgent says about a project. None of it decides whether
// the project can be used: what cannot be read is left out.
func (r *projectReconciler) describeProject(ctx context.Context, connection *projects.Connection, project *v1alpha1.MeshProject, info meshagent.ProjectInfo, found meshagent.Detected, c *conclusion) {
	status := &project.Status
	status.OwnerUserID = cut(info.OwnerUserID, 256)
	status.Role = nil
	role := found.Role
	if role == nil {
		if asked, err := connection.Project.Role(ctx); err == nil {
			role = &asked
		}
	}
	if role != nil {
		status.Role = &v1alpha1.ProjectRole{Name: cut(role.Name, 256), IsAdmin: &role.IsAdmin, CanCreateRooms: &role.CanCreateRooms}
	}
	// What is derived from the domains, such as the name of an image, stays while they cannot be read.
	if config := found.Config; config.Genuine() {
		status.Domains = nil
	}
	if config := found.Config; config.Domains != nil {
		status.Domains = &v1alpha1.ServerDomains{
			Mail: domainIn(config, "mail"), Pages: domainIn(config, "pages"), Registry: domainIn(config, "registry"),
		}
	}
	before := status.Enabled
	status.Enabled = nil
	if enabled, err := connection.Project.Enabled(ctx); err == nil {
		status.Enabled = &enabled
	}
	switch now := status.Enabled; {
	case now == nil || before != nil && *before == *now:
	case !*now:
		c.outcome.warn(v1alpha1.EventProjectDisabled, "check", msgProjectDisabled)
	case before != nil:
		c.outcome.event(v1alpha1.EventProjectEnabled, "check", msgProjectEnabled)
	}
}

// domainIn is one of a server's domains; "" if it tells none.
func domainIn(config meshagent.Config, name string) string {
	const longest = 253
	domain, _ := config.Domains[name].(string)
	return cut(domain, longest)
}
