// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// Reconciler is what runs in the controller of a kind.
func (k *Kind[O, S, R]) Reconciler(env *Environment) reconcile.Reconciler {
	return reconcile.AsReconciler(env.Client, k.reconciler(env))
}

// ProjectReconciler is what runs in the controller of MeshProject.
func ProjectReconciler(env *Environment) reconcile.Reconciler {
	return reconcile.AsReconciler(env.Client, &projectReconciler{Environment: env})
}

// Backoff is how each controller spaces its retries.
func Backoff() workqueue.TypedRateLimiter[reconcile.Request] { return backoff() }
