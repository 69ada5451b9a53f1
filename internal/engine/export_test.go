// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"time"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
)

// Reconciler is what runs in the controller of a kind.
func (k *Kind[O, S, R]) Reconciler(env *Environment) reconcile.Reconciler {
	return k.reconciler(env)
}

// ProjectReconciler is what runs in the controller of MeshProject.
func ProjectReconciler(env *Environment) reconcile.Reconciler {
	return reconcile.AsReconciler(env.Client, &projectReconciler{Environment: env})
}

// CodeOf is the label of a status in metrics.
func CodeOf(status int) string { return codeOf(status) }

// Backoff is how each controller spaces its retries.
func Backoff() workqueue.TypedRateLimiter[reconcile.Request] { return projects.Backoff() }

// ResourceIndex finds the objects of a kind by the resource that they represent.
const ResourceIndex = resourceIndex

// ResourceKeys are the values of ResourceIndex.
var ResourceKeys = resourceKeys

// ForgetGone handles the deletion of objects of a kind.
func (k *Kind[O, S, R]) ForgetGone(env *Environment) handler.EventHandler {
	return k.reconciler(env).forgetGone()
}

// Reconciler is what runs in the controller of MeshProject.
func (Project) Reconciler(env *Environment) reconcile.Reconciler {
	return reconcile.AsReconciler(env.Client, &projectReconciler{Environment: env})
}

// ForgetGone handles the deletion of MeshProjects.
func (Project) ForgetGone(env *Environment) handler.EventHandler { return env.guard.ForgetGone() }

// NewQueue makes the queues of the controller of a kind.
type NewQueue = func(string, workqueue.TypedRateLimiter[reconcile.Request]) workqueue.TypedRateLimitingInterface[reconcile.Request]

// Fairly is how the controller of a kind makes its queue, without metrics.
func Fairly(env *Environment, like v1alpha1.Object, workers int) NewQueue {
	return func(_ string, limiter workqueue.TypedRateLimiter[reconcile.Request]) workqueue.TypedRateLimitingInterface[reconcile.Request] {
		return env.fairly(like, workers)("", limiter)
	}
}

// LongestRequest is longer than any request takes.
const LongestRequest = time.Minute
