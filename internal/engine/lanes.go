// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
)

// prefer gives an object the lane of what users do, whatever lane it is in already.
func prefer(queue workqueue.TypedRateLimitingInterface[reconcile.Request], obj client.Object) {
	addWithPriority(queue, 0, client.ObjectKeyFromObject(obj))
}

func addWithPriority(queue workqueue.TypedRateLimitingInterface[reconcile.Request], priority int, name types.NamespacedName) {
	request := reconcile.Request{NamespacedName: name}
	if lanes, ok := queue.(priorityqueue.PriorityQueue[reconcile.Request]); ok {
		lanes.AddWithOpts(priorityqueue.AddOpts{Priority: &priority}, request)
	} else {
		queue.Add(request)
	}
}

// doneMeanwhile prefers, among the many objects that a start lists, those to which users did
// something while no manager was running.
func doneMeanwhile() handler.EventHandler {
	return handler.Funcs{CreateFunc: func(_ context.Context, e event.CreateEvent, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
		obj, ok := e.Object.(v1alpha1.Object)
		if !ok || !e.IsInInitialList {
			return
		}
		status := obj.CommonStatus()
		if status.ObservedGeneration != obj.GetGeneration() || !obj.GetDeletionTimestamp().IsZero() ||
			status.LastHandledReconcileAt != obj.GetAnnotations()[v1alpha1.ReconcileRequestedAtAnnotation] {
			prefer(queue, obj)
		}
	}}
}

// fairly makes the queue of a kind's controller.
func (e *Environment) fairly(
	like v1alpha1.Object, workers int,
) func(string, workqueue.TypedRateLimiter[reconcile.Request]) workqueue.TypedRateLimitingInterface[reconcile.Request] {
	tenantOf := func(request reconcile.Request) projects.TenantID {
		// The cache answers at once, unless the process begins or ends.
		ctx, cancel := context.WithTimeout(context.Background(), collectTimeout)
		defer cancel()
		obj := blank(like)
		// It is not even copied. What is gone has no tenant, and takes no time.
		if err := e.Client.Get(ctx, request.NamespacedName, obj, &client.GetOptions{UnsafeDisableDeepCopy: new(true)}); err != nil {
			return projects.TenantID{}
		}
		return e.Projects.TenantOf(ctx, obj)
	}
	return func(name string, limiter workqueue.TypedRateLimiter[reconcile.Request]) workqueue.TypedRateLimitingInterface[reconcile.Request] {
		return projects.NewQueue(name, max(1, workers), limiter, tenantOf)
	}
}

// forgetProjects drops what is remembered of MeshProjects that are gone, however they went.
func (e *Environment) forgetProjects() handler.EventHandler {
	return handler.Funcs{DeleteFunc: func(_ context.Context, gone event.DeleteEvent, _ workqueue.TypedRateLimitingInterface[reconcile.Request]) {
		if project, ok := gone.Object.(*v1alpha1.MeshProject); ok {
			e.Projects.Forget(project.UID)
			e.guard.Forget(project)
		}
	}}
}
