// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package release prepares the removal of the operator.
package release

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// patience is how long objects that are being deleted are waited for, before the operator is
// stopped, and how long the operator may then take to stop.
const patience = 2 * time.Minute

// releasePauses are the pauses before each look whether all objects stay released. They give an
// operator that is still at work the time to show itself.
var releasePauses = wait.Backoff{Duration: time.Second, Factor: 2, Steps: 6, Cap: 10 * time.Second}

// Options are what a release needs to know of the operator.
type Options struct {
	// Kinds are those of the objects, and Namespaces where they are; nil: everywhere.
	Kinds      []schema.GroupVersionKind
	Namespaces []string
	// Deployment is to be scaled to zero first, if it has a name.
	Deployment types.NamespacedName
	// Lease is what the operator holds while it is at work. The manager waits for it.
	Lease string
}

// Objects removes the finalizers. Without the operator each object would keep one that nothing
// removes, and so be stuck when it is deleted. An operator that is installed later continues with
// all of them.
func Objects(ctx context.Context, mgr manager.Manager, opts Options) error {
	r := releaser{client: mgr.GetClient(), live: mgr.GetAPIReader(), kinds: opts.Kinds, namespaces: opts.Namespaces, patience: patience, pauses: releasePauses}
	if r.namespaces == nil {
		r.namespaces = []string{metav1.NamespaceAll}
	}
	if err := r.awaitDeletions(ctx); err != nil {
		return err
	}
	if opts.Deployment.Name != "" {
		if err := r.stop(ctx, opts.Deployment); err != nil {
			return err
		}
	}
	ctrl.Log.Info("Waiting for the operator to stop", "lease", opts.Lease)
	if err := r.releaseAsLeader(ctx, mgr, opts.Lease); err != nil {
		return fmt.Errorf("releasing the objects: %w", err)
	}
	return nil
}

// releaseAsLeader releases the objects once it has the lease: then no operator is at work that
// elects leaders, and that would add the finalizers again.
func (r *releaser) releaseAsLeader(ctx context.Context, mgr manager.Manager, lease string) error {
	ctx, done := context.WithCancelCause(ctx)
	defer done(nil)
	errReleased := errors.New("released")
	err := mgr.Add(manager.RunnableFunc(func(ctx context.Context) error {
		err := r.release(ctx)
		if err == nil {
			done(errReleased)
		}
		return err
	}))
	if err != nil {
		return fmt.Errorf("adding the release: %w", err)
	}
	tooLong := time.AfterFunc(r.patience, func() {
		done(fmt.Errorf("another operator still holds the lease %q after %s: stop it, and try again", lease, r.patience))
	})
	defer tooLong.Stop()
	go func() {
		<-mgr.Elected()
		tooLong.Stop()
	}()
	if err := mgr.Start(ctx); err != nil {
		return err
	}
	if why := context.Cause(ctx); !errors.Is(why, errReleased) {
		return why
	}
	return nil
}

// releaser takes finalizers off objects.
type releaser struct {
	client     client.Client
	live       client.Reader
	kinds      []schema.GroupVersionKind
	namespaces []string
	patience   time.Duration
	pauses     wait.Backoff
}

// awaitDeletions lets the operator finish what users have asked for: an object that is being
// deleted and is released would leave in MeshAgent what was to be deleted.
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
				left = append(left, describe(obj))
			}
		}
		return len(left) == 0, nil
	})
	if errors.Is(err, context.DeadlineExceeded) && len(left) > 0 {
		return fmt.Errorf("%d objects are still being deleted, and their Synced conditions say what they wait for: %s", len(left), strings.Join(left[:min(len(left), 10)], ", "))
	}
	return err
}

// stop scales the operator to zero. Where it is gone already, an uninstallation that failed later
// is being repeated.
func (r *releaser) stop(ctx context.Context, name types.NamespacedName) error {
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: name.Namespace, Name: name.Name}}
	patch := client.RawPatch(types.MergePatchType, []byte(`{"spec": {"replicas": 0}}`))
	err := r.client.SubResource("scale").Patch(ctx, deployment, patch)
	if apierrors.IsNotFound(err) {
		ctrl.LoggerFrom(ctx).Info("Deployment does not exist", "namespace", name.Namespace, "name", name.Name)
		return nil
	}
	if err != nil {
		return fmt.Errorf("scaling Deployment %q to zero: %w", name, err)
	}
	return nil
}

// release removes the finalizers, until a look some time later finds none: users may change objects
// at the same time. An operator that doesn't elect a leader may be at work in spite of the lease,
// and would add the finalizers again and again.
func (r *releaser) release(ctx context.Context) error {
	pauses, released := r.pauses, map[types.UID]int{}
	for {
		held, err := r.held(ctx)
		if err != nil || len(held) == 0 {
			return err
		}
		if err := inVain(held, released); err != nil {
			return err
		}
		if pauses.Steps == 0 {
			return fmt.Errorf("%d objects still have the finalizer, for example %s: they keep being changed. Try again", len(held), describe(held[0]))
		}
		if err := r.releaseAll(ctx, held, released); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pauses.Step()):
		}
	}
}

// inVain says that an object has its finalizer again, however often it was released.
func inVain(held []*metav1.PartialObjectMetadata, released map[types.UID]int) error {
	for _, obj := range held {
		if released[obj.GetUID()] >= 3 {
			return fmt.Errorf("the finalizer of %s keeps coming back: an operator without leader election is still running. "+
				"Stop it, and try again", describe(obj))
		}
	}
	return nil
}

// releaseAll removes the finalizer from objects, and counts how often it did so from each.
func (r *releaser) releaseAll(ctx context.Context, held []*metav1.PartialObjectMetadata, released map[types.UID]int) error {
	count := 0
	for _, obj := range held {
		done, err := r.releaseOne(ctx, obj)
		if err != nil {
			return err
		}
		if done {
			released[obj.GetUID()]++
			count++
		}
	}
	if count > 0 {
		ctrl.LoggerFrom(ctx).Info("Released objects", "number", count)
	}
	return nil
}

// releaseOne removes the finalizer from the very version of an object that was read, and says
// whether it did.
func (r *releaser) releaseOne(ctx context.Context, obj *metav1.PartialObjectMetadata) (bool, error) {
	before := obj.DeepCopy()
	controllerutil.RemoveFinalizer(obj, v1alpha1.Finalizer)
	err := r.client.Patch(ctx, obj, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
	switch {
	case apierrors.IsNotFound(err), apierrors.IsConflict(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("removing the finalizer from %s: %w", describe(before), err)
	case !before.DeletionTimestamp.IsZero():
		ctrl.LoggerFrom(ctx).Info("Deleted object without an operator, its resource stays in MeshAgent",
			"kind", before.Kind, "namespace", before.Namespace, "name", before.Name)
	}
	return true, nil
}

func describe(obj *metav1.PartialObjectMetadata) string {
	return fmt.Sprintf("%s %s/%s", obj.Kind, obj.Namespace, obj.Name)
}

// held lists all objects that have the operator's finalizer.
func (r *releaser) held(ctx context.Context) (held []*metav1.PartialObjectMetadata, err error) {
	for _, kind := range r.kinds {
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
