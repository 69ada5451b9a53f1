// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/internal/engine/projects"
)

// docs/observability.md lists all messages of the log, and a test compares the two.

// logs makes the loggers of a controller. Those of controller-runtime would name each object three
// times.
func logs(mgr manager.Manager, like client.Object) func(*reconcile.Request) logr.Logger {
	logger := mgr.GetLogger().WithValues("controller", strings.ToLower(kindOf(like)), "controllerKind", kindOf(like))
	return func(request *reconcile.Request) logr.Logger {
		if request == nil {
			return logger
		}
		return logger.WithValues("namespace", request.Namespace, "name", request.Name)
	}
}

// logger names the resource, and says how long the pass has taken.
func (p *pass) logger(ctx context.Context) logr.Logger {
	projectID := p.status.ProjectID
	if p.connection != nil {
		projectID = p.connection.Project.ID
	}
	return log.FromContext(ctx).WithValues("meshProject", projects.ProjectKey(p.obj).String(), "projectID", projectID,
		"resourceID", p.status.ID, "durationMs", time.Since(p.began).Milliseconds())
}
