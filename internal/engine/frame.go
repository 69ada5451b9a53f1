// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
)

// frame is what every pass begins and ends with, whatever its object is: it waits until the cache
// shows our own last write, and tells what the pass came to.
func (e *Environment) frame(
	ctx context.Context, obj client.Object, status *v1alpha1.ObjectStatus, pass func(context.Context, *conclusion) error,
) (reconcile.Result, error) {
	if e.memory.isBehind(obj) {
		// What would be decided now was decided already.
		return reconcile.Result{RequeueAfter: 20 * time.Millisecond}, nil
	}
	before, _ := obj.DeepCopyObject().(client.Object)
	c := conclusion{
		before: before, obj: obj, status: status,
		requested: obj.GetAnnotations()[v1alpha1.ReconcileRequestedAtAnnotation],
	}
	ctx, span := e.startSpan(projects.WithRequester(ctx, checkKeyOf(obj).project), obj)
	err := pass(ctx, &c)
	defer func() { endSpan(span, status, &c.outcome, err) }()
	return e.conclude(ctx, c, err)
}
