// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"context"

	"k8s.io/apimachinery/pkg/types"
)

// requesterKey is the context key of the MeshProject for which requests are sent. MeshProjects can
// share a connection, so the connection does not tell.
type requesterKey struct{}

// WithRequester returns a context whose requests are sent for a MeshProject.
func WithRequester(ctx context.Context, project types.NamespacedName) context.Context {
	return context.WithValue(ctx, requesterKey{}, project)
}

// Requester is the MeshProject for which the requests of a context are sent.
func Requester(ctx context.Context) (project types.NamespacedName, ok bool) {
	project, ok = ctx.Value(requesterKey{}).(types.NamespacedName)
	return project, ok
}
