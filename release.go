// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// patience is how long objects that are being deleted are waited for, before the operator is stopped.
const patience = 2 * time.Minute

// releaseObjects prepares the removal of the operator. Without it each object would keep a finalizer that nobody takes off, and so be stuck
// as soon as somebody deletes it. An operator that is installed later goes on with all of them.
func releaseObjects(ctx context.Context, restConfig *rest.Config, scheme *runtime.Scheme, opts options) error {
	opts.leaderElect, opts.metricsAddress, opts.probeAddress, opts.pprofAddress = true, "0", "0", "0"
	managing := managerOptions(scheme, opts)
	managing.Logger = ctrl.Log.V(1) // Helm prints what is logged here: not how a manager starts and ends, but its errors
	mgr, err := ctrl.NewManager(restConfig, managing)
	if err != nil {
		return fmt.Errorf("making the manager: %w", err)
	}
	r := releaser{client: mgr.GetClient(), live: mgr.GetAPIReader(), namespaces: opts.namespaces(), patience: patience}
	if r.namespaces == nil {
		r.namespaces = []string{metav1.NamespaceAll}
	}
	if err := r.awaitDeletions(ctx); err != nil {
		return err
	}
	if opts.stopDeployment != "" {
		if err := r.stop(ctx, types.NamespacedName{Namespace: opts.leaderNamespace, Name: opts.stopDeployment}); err != nil {
			return err
		}
	}
	// Who has the lease knows that no operator is at work, which would set the finalizers again.
	ctx, done := context.WithCancel(ctx)
	defer done()
	released := false
	err = mgr.Add(manager.RunnableFunc(func(ctx context.Context) error {
		defer done()
		err := r.release(ctx)
		released = err == nil
		return err
	}))
	if err != nil {
		return fmt.Errorf("adding the release: %w", err)
	}
	ctrl.Log.Info("waiting for the operator to end", "lease", opts.leaderID)
	if err := mgr.Start(ctx); err != nil {
		return fmt.Errorf("releasing the objects: %w", err)
	}
	if !released {
		return fmt.Errorf("releasing the objects: %w", context.Cause(ctx))
	}
	return nil
}

// releaser takes finalizers off objects.
type releaser struct {
	client     client.Client
	live       client.Reader
	namespaces []string
	patience   time.Duration
}

// awaitDeletions lets the operator finish what users have asked for: an object that is being deleted and is released would leave in MeshAgent
// what was to be deleted.
func (r *releaser) awaitDeletions(ctx context.Context) error {
	var left []string
	err := wait.PollUntilContextTimeout(ctx, time.Second, r.patience, true, func(ctx context.Context) (bool, error) {
		held, err := r.held(ctx)
		if err != nil {
			return false, err
		}
		left = nil
		for _, obj := range held {
			if !obj.DeletionTimestamp.IsZero() {
				left = append(left, fmt.Sprintf("%s %s/%s", obj.Kind, obj.Namespace, obj.Name))
			}
		}
		return len(left) == 0, nil
	})
	if errors.Is(err, context.DeadlineExceeded) && len(left) > 0 {
		return fmt.Errorf("%d objects are still being deleted, and their Synced conditions say what they wait for: %s", len(left), strings.Join(left[:min(len(left), 10)], ", "))
	}
	return err
}

// stop scales the operator to zero. Where it is gone already, an uninstallation that failed later is being repeated.
func (r *releaser) stop(ctx context.Context, name types.NamespacedName) error {
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: name.Namespace, Name: name.Name}}
	patch := client.RawPatch(types.MergePatchType, []byte(`{"spec": {"replicas": 0}}`))
	err := r.client.SubResource("scale").Patch(ctx, deployment, patch)
	if apierrors.IsNotFound(err) {
		ctrl.LoggerFrom(ctx).Info("there is no Deployment to stop", "namespace", name.Namespace, "name", name.Name)
		return nil
	}
	if err != nil {
		return fmt.Errorf("scaling Deployment %q to zero: %w", name, err)
	}
	return nil
}

// release takes the finalizers off, until a look finds none: users may change objects at the same time.
func (r *releaser) release(ctx context.Context) error {
	log := ctrl.LoggerFrom(ctx)
	for {
		held, err := r.held(ctx)
		if err != nil || len(held) == 0 {
			return err
		}
		for _, obj := range held {
			before := obj.DeepCopy()
			controllerutil.RemoveFinalizer(obj, v1alpha1.Finalizer)
			err := r.client.Patch(ctx, obj, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
			if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
				return fmt.Errorf("taking the finalizer off %s %s/%s: %w", before.Kind, before.Namespace, before.Name, err)
			}
			if err == nil && !before.DeletionTimestamp.IsZero() {
				log.Info("deleted when no operator was at work any more: what it stands for stays in MeshAgent",
					"kind", before.Kind, "namespace", before.Namespace, "name", before.Name)
			}
		}
		log.Info("released objects", "number", len(held))
	}
}

// held lists all objects that bear the operator's finalizer.
func (r *releaser) held(ctx context.Context) (held []*metav1.PartialObjectMetadata, err error) {
	for _, kind := range kinds(r.client.Scheme()) {
		for _, namespace := range r.namespaces {
			found, err := r.heldOf(ctx, kind, namespace)
			if err != nil && !meta.IsNoMatchError(err) { // else its CustomResourceDefinition is gone already, and with it all objects
				return nil, fmt.Errorf("listing objects of kind %s: %w", kind.Kind, err)
			}
			held = append(held, found...)
		}
	}
	return held, nil
}

// heldOf lists in pages, for there may be thousands.
func (r *releaser) heldOf(ctx context.Context, kind schema.GroupVersionKind, namespace string) (held []*metav1.PartialObjectMetadata, err error) {
	page := &metav1.PartialObjectMetadataList{}
	page.SetGroupVersionKind(kind)
	for more := true; more; more = page.Continue != "" {
		if err := r.live.List(ctx, page, client.InNamespace(namespace), client.Limit(500), client.Continue(page.Continue)); err != nil {
			return nil, err
		}
		for i := range page.Items {
			obj := page.Items[i].DeepCopy()
			obj.SetGroupVersionKind(kind)
			if controllerutil.ContainsFinalizer(obj, v1alpha1.Finalizer) {
				held = append(held, obj)
			}
		}
	}
	return held, nil
}

// kinds are ours, in the order of their names.
func kinds(scheme *runtime.Scheme) []schema.GroupVersionKind {
	var ours []schema.GroupVersionKind
	for name, kind := range scheme.KnownTypes(v1alpha1.GroupVersion) {
		if reflect.PointerTo(kind).Implements(reflect.TypeFor[client.Object]()) {
			ours = append(ours, v1alpha1.GroupVersion.WithKind(name))
		}
	}
	slices.SortFunc(ours, func(a, b schema.GroupVersionKind) int { return strings.Compare(a.Kind, b.Kind) })
	return ours
}
