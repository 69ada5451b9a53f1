// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
)

// projectIndex finds the objects of a kind that use a MeshProject.
const projectIndex = "meshagent.com/project"

// SetupWithManager adds a controller for the kind.
func (k *Kind[O, S, R]) SetupWithManager(mgr manager.Manager, env *Environment) error {
	if err := env.indexProject(mgr, k.Object); err != nil {
		return err
	}
	r := k.reconciler(env)
	ofProject := func(priority int) handler.EventHandler {
		return env.wake(priority, k.Object, projectIndex, func(project client.Object) string { return client.ObjectKeyFromObject(project).String() })
	}
	b := ctrl.NewControllerManagedBy(mgr).
		For(k.Object, builder.WithPredicates(asked())).
		WithOptions(controller.Options{RateLimiter: projects.Backoff(), NewQueue: env.fairly(k.Object, mgr.GetControllerOptions().MaxConcurrentReconciles)}).
		WithLogConstructor(logs(mgr, k.Object)).
		Watches(k.Object, doneMeanwhile()).
		Watches(k.Object, r.nameFreed()).
		Watches(k.Object, r.forgetGone()).
		Watches(&v1alpha1.MeshProject{}, ofProject(projects.RetryPriority), builder.WithPredicates(mattersToUsers())).
		Watches(&v1alpha1.MeshProject{}, ofProject(projects.DriftPriority), builder.WithPredicates(changesPolicies())).
		Watches(&v1alpha1.MeshProject{}, env.forgetProjects())
	if err := mgr.GetFieldIndexer().IndexField(context.Background(), k.Object, resourceIndex, resourceKeys); err != nil {
		return fmt.Errorf("indexing the resources of %s: %w", kindOf(k.Object), err)
	}
	b, err := r.kind.watchUses(mgr, env, b)
	if err != nil {
		return err
	}
	if err := b.Complete(r); err != nil {
		return fmt.Errorf("setting up the controller of %s: %w", kindOf(k.Object), err)
	}
	return nil
}

func (k *Kind[O, S, R]) reconciler(env *Environment) *reconciler {
	env.Projects.OnRetired(env.lists.Forget)
	return &reconciler{Environment: env, kind: k.untyped(env)}
}

// user is a kind whose objects use MeshProjects.
type user struct{ object v1alpha1.Object }

// indexProject lets objects be found by the MeshProject that they use.
func (e *Environment) indexProject(mgr manager.Manager, object v1alpha1.Object) error {
	e.users = append(e.users, user{object})
	index := func(obj client.Object) []string {
		typed, _ := obj.(v1alpha1.Object)
		return []string{projects.ProjectKey(typed).String()}
	}
	if err := mgr.GetFieldIndexer().IndexField(context.Background(), object, projectIndex, index); err != nil {
		return fmt.Errorf("indexing the projects of %s: %w", kindOf(object), err)
	}
	return nil
}

// indexed names the objects of a kind that have a value in an index.
func (e *Environment) indexed(ctx context.Context, like client.Object, index, value string, options ...client.ListOption) (names []types.NamespacedName, err error) {
	err = e.eachCached(ctx, like, func(obj client.Object) { names = append(names, client.ObjectKeyFromObject(obj)) }, append(options, client.MatchingFields{index: value})...)
	return names, err
}

// eachCached looks at objects of a kind as they are in the cache. They must not be changed.
func (e *Environment) eachCached(ctx context.Context, like client.Object, look func(client.Object), options ...client.ListOption) error {
	gvk, err := e.Client.GroupVersionKindFor(like)
	if err != nil {
		return fmt.Errorf("finding the kind of %T: %w", like, err)
	}
	gvk.Kind += "List"
	made, err := e.Client.Scheme().New(gvk)
	if err != nil {
		return fmt.Errorf("making a %s: %w", gvk.Kind, err)
	}
	list, ok := made.(client.ObjectList)
	if !ok {
		return fmt.Errorf("%s is not a list", gvk.Kind)
	}
	if err := e.Client.List(ctx, list, append(options, client.UnsafeDisableDeepCopy)...); err != nil {
		return fmt.Errorf("listing objects of kind %s: %w", kindOf(like), err)
	}
	return meta.EachListItem(list, func(item runtime.Object) error {
		obj, ok := item.(client.Object)
		if !ok {
			return fmt.Errorf("%T is not an object", item)
		}
		look(obj)
		return nil
	})
}

// inNamespaceOf limits a search to the namespace of what has changed.
func inNamespaceOf(changed client.Object) client.ListOption {
	return client.InNamespace(changed.GetNamespace())
}

// wake enqueues the objects that have what has changed in an index. Where there may be many of
// them, they should come after what users change themselves.
func (e *Environment) wake(priority int, like client.Object, index string, value func(client.Object) string, limits ...func(client.Object) client.ListOption) handler.EventHandler {
	return enqueue(priority, e.having(like, index, value, limits...))
}

// finder finds the objects that matter to one that has changed.
type finder = func(ctx context.Context, changed client.Object) []types.NamespacedName

// having finds the objects that have what has changed in an index.
func (e *Environment) having(like client.Object, index string, value func(client.Object) string, limits ...func(client.Object) client.ListOption) finder {
	return func(ctx context.Context, changed client.Object) []types.NamespacedName {
		var options []client.ListOption
		for _, limit := range limits {
			options = append(options, limit(changed))
		}
		names, err := e.indexed(ctx, like, index, value(changed), options...)
		if err != nil {
			// A list from the cache fails only while the process ends.
			ctrl.LoggerFrom(ctx).Error(err, "Failed to look up dependent objects", "changed", client.ObjectKeyFromObject(changed))
		}
		return names
	}
}

// enqueue is a handler that adds what a function finds, with a priority.
func enqueue(priority int, find finder) handler.EventHandler {
	add := func(ctx context.Context, obj client.Object, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
		for _, name := range find(ctx, obj) {
			addWithPriority(queue, priority, name)
		}
	}
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			// What a start lists is enqueued for its own sake already.
			if !e.IsInInitialList {
				add(ctx, e.Object, q)
			}
		},
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			add(ctx, e.ObjectNew, q)
		},
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			add(ctx, e.Object, q)
		},
		GenericFunc: func(ctx context.Context, e event.GenericEvent, q workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			add(ctx, e.Object, q)
		},
	}
}

// asked passes what users do to an object: a new spec, its deletion, a request to look now, the
// removal of its finalizer. Our own status writes do not pass.
func asked() predicate.Predicate {
	return predicate.Or(predicate.GenerationChangedPredicate{}, predicate.Funcs{
		UpdateFunc: func(e event.UpdateEvent) bool {
			lost := controllerutil.ContainsFinalizer(e.ObjectOld, v1alpha1.Finalizer) && !controllerutil.ContainsFinalizer(e.ObjectNew, v1alpha1.Finalizer)
			return lost || e.ObjectOld.GetAnnotations()[v1alpha1.ReconcileRequestedAtAnnotation] != e.ObjectNew.GetAnnotations()[v1alpha1.ReconcileRequestedAtAnnotation]
		},
	})
}

// mattersToUsers passes changes of an object that may matter to those that refer to it: a new spec
// once it has arrived in MeshAgent (a paused feed takes subscriptions then, and no sooner), whether
// it is Ready, and what it represents.
func mattersToUsers() predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
		return !equality.Semantic.DeepEqual(essence(e.ObjectOld), essence(e.ObjectNew))
	}}
}

// changesPolicies passes changes of a MeshProject that concern all its objects, and not one of them
// in particular: its policies, and a new spec once it has arrived. However many objects there are,
// they come after what users change in any of them. What mattersToUsers passes has woken them
// already.
func changesPolicies() predicate.Predicate {
	said := func(obj client.Object) []string {
		project, ok := obj.(*v1alpha1.MeshProject)
		if !ok {
			return nil
		}
		return append(readiness(&project.Status.ObjectStatus), fmt.Sprint(policiesOf(&v1alpha1.CommonSpec{}, project.Namespace, project)))
	}
	return predicate.Funcs{
		CreateFunc: func(event.CreateEvent) bool { return false },
		DeleteFunc: func(event.DeleteEvent) bool { return false },
		UpdateFunc: func(e event.UpdateEvent) bool {
			return !mattersToUsers().Update(e) && !slices.Equal(said(e.ObjectOld), said(e.ObjectNew))
		},
	}
}

func essence(obj client.Object) []string {
	switch obj := obj.(type) {
	case *v1alpha1.MeshProject:
		ready := readiness(&obj.Status.ObjectStatus)
		if ready[0] == "True" {
			ready[1] = "" // a new spec that has arrived is what changesPolicies passes
		}
		return append(ready, obj.Status.ProjectID, obj.Status.ProjectKey, fmt.Sprint(obj.Status.Domains), projects.GuardOf(obj), fmt.Sprint(apiOf(obj).Spoken(), apiOf(obj).Tested()))
	case v1alpha1.Object:
		status := obj.CommonStatus()
		return append(readiness(&status.ObjectStatus), status.ID, status.Name, status.Parent)
	}
	return nil
}

func readiness(status *v1alpha1.ObjectStatus) []string {
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return []string{"", ""}
	}
	if ready.Status == "True" {
		return []string{"True", strconv.FormatInt(ready.ObservedGeneration, 10)}
	}
	return []string{string(ready.Status), ready.Message}
}
