// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
)

// Driver is a kind for those who call its reconciler without a manager, such as tests with a fake
// clock. All kinds are drivers.
type Driver interface {
	// NewObject returns an empty object of the kind.
	NewObject() client.Object
	// Index adds the indexes over objects of the kind that reconciliation needs.
	Index(env *Environment, add func(index string, values client.IndexerFunc))
	// Drive returns what reconciles objects of the kind, and what handles their removal from the
	// API server.
	Drive(env *Environment) (reconcile.Reconciler, handler.EventHandler)
	// IsUndeletable is true if MeshAgent has no way to delete the resource.
	IsUndeletable() bool
}

// IsUndeletable is true if MeshAgent has no way to delete the resource.
func (k *Kind[O, S, R]) IsUndeletable() bool { return k.Undeletable }

// IsUndeletable is false: a MeshProject has no resource.
func (Project) IsUndeletable() bool { return false }

// NewObject returns an empty object of the kind.
func (k *Kind[O, S, R]) NewObject() client.Object { return blank(k.Object) }

// Index adds the indexes over objects of the kind that reconciliation needs.
func (k *Kind[O, S, R]) Index(env *Environment, add func(index string, values client.IndexerFunc)) {
	env.users = append(env.users, user{k.Object})
	add(resourceIndex, resourceKeys)
	add(projectIndex, func(obj client.Object) []string {
		typed, _ := obj.(v1alpha1.Object)
		return []string{projects.ProjectKey(typed).String()}
	})
}

// Drive returns what reconciles objects of the kind, and what handles their removal.
func (k *Kind[O, S, R]) Drive(env *Environment) (reconcile.Reconciler, handler.EventHandler) {
	r := k.reconciler(env)
	return r, r.forgetGone()
}

// NewObject returns an empty MeshProject.
func (Project) NewObject() client.Object { return &v1alpha1.MeshProject{} }

// Index adds nothing: only the objects that use MeshProjects are looked up.
func (Project) Index(*Environment, func(index string, values client.IndexerFunc)) {}

// Drive returns what reconciles MeshProjects, and what handles their removal.
func (Project) Drive(env *Environment) (reconcile.Reconciler, handler.EventHandler) {
	return reconcile.AsReconciler(env.Client, &projectReconciler{Environment: env}), env.guard.ForgetGone()
}
