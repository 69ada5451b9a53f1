// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"time"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// reconciler runs passes over the objects of one kind.
type reconciler struct {
	*Environment
	kind  *kind
	names waitingForNames
}

// Reconcile makes one pass: reconcile decides and acts, conclude tells.
func (r *reconciler) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	obj := blank(r.kind.like)
	if err := r.Client.Get(ctx, request.NamespacedName, obj); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	// The event that it is gone may come during the pass, which remembers things.
	defer func() {
		if r.isGone(ctx, obj) {
			r.forget(obj)
		}
	}()
	return r.frame(ctx, obj, &obj.CommonStatus().ObjectStatus, func(ctx context.Context, c *conclusion) error {
		p := &pass{
			reconciler: r, obj: obj, spec: obj.CommonSpec(), status: obj.CommonStatus(), desired: r.kind.nothing,
			requested: c.requested, outcome: &c.outcome, began: time.Now(),
		}
		p.before, _ = c.before.(v1alpha1.Object)
		r.kind.describe(obj)
		p.recallWrite()
		changed := r.timing(kindOf(obj)).takeChange(obj)
		err := p.explain(ctx, p.reconcile(ctx))
		p.settleDrift(err)
		r.timing(kindOf(obj)).carried(obj, changed, p.outcome.wrote, err)
		c.before = p.before
		return err
	})
}

// forgetGone drops what is remembered of objects that are gone, however they went.
func (r *reconciler) forgetGone() handler.EventHandler {
	return handler.Funcs{DeleteFunc: func(_ context.Context, e event.DeleteEvent, _ workqueue.TypedRateLimitingInterface[reconcile.Request]) {
		obj, ok := e.Object.(v1alpha1.Object)
		if !ok {
			return
		}
		r.forget(obj)
		if r.guard.ForgetHeld(obj.GetUID()) {
			r.Projects.RequestCheck(obj) // the MeshProject's status tells what is held
		}
	}}
}

// forget drops what is remembered of an object that is gone.
func (r *reconciler) forget(obj v1alpha1.Object) {
	r.memory.forget(obj)
	r.names.forget(client.ObjectKeyFromObject(obj))
	r.timing(kindOf(obj)).forget(obj)
}

// pass is one pass over one object.
type pass struct {
	*reconciler
	obj       v1alpha1.Object
	before    v1alpha1.Object // as the API server holds it
	spec      *v1alpha1.CommonSpec
	status    *v1alpha1.CommonStatus
	project   *v1alpha1.MeshProject // nil: there is none
	policies  policies
	requested string // the annotation that asks for a live look

	mayExist   bool // an earlier pass may have created the resource
	recognized bool // as what a pending creation sent, which is to be recorded before it is changed
	connection *projects.Connection
	collection collection
	list       list
	in         Inputs // what its references and sources were found to be
	desired    document
	references uint64 // the fingerprint of the ids that it refers to
	mark       meshagent.Mark
	writes     int  // to the resource, in this pass
	staged     bool // the first of them was a creation that wrote only a part
	outcome    *outcome
	began      time.Time
}

func (p *pass) reconcile(ctx context.Context) error {
	if err := p.choosePolicies(ctx); err != nil {
		return err
	}
	switch {
	case !p.obj.GetDeletionTimestamp().IsZero():
		return p.finalize(ctx)
	case p.policies.suspended != "":
		p.outcome.result = suspended(p.policies.suspended)
		return nil
	}
	if err := p.supported(ctx); err != nil {
		return err
	}
	if err := p.resolve(ctx); err != nil {
		return err
	}
	if err := p.routeKnown(ctx); err != nil {
		return err
	}
	if err := p.claim(ctx); err != nil {
		return err
	}
	if write, ok := p.unconfirmedWrite(); ok && !p.policies.observes {
		return p.confirm(ctx, write)
	}
	seen, err := p.observe(ctx)
	if err != nil {
		return err
	}
	return p.converge(ctx, seen)
}

// resolve finds all that the object needs: its project, what it refers to, and what it desires.
func (p *pass) resolve(ctx context.Context) (err error) {
	p.connection, err = p.Projects.ForReconcile(ctx, p.obj)
	if err == nil && p.kind.privileged {
		err = p.Projects.AuthorizePrivileged(ctx, p.obj)
	}
	if err != nil {
		return err
	}
	if known := p.status.ProjectID; known != "" && known != p.connection.Project.ID {
		return verdict.Refuse(v1alpha1.ReasonProjectChanged,
			msgProjectChanged,
			known, p.connection.Project.ID)
	}
	p.status.Project = projects.ProjectKey(p.obj).String()
	in, err := p.gather(ctx)
	if err != nil {
		return err
	}
	desired, err := p.kind.desired(p.obj, in)
	if err != nil {
		return err
	}
	parent := ""
	if p.kind.parent != nil {
		parent = p.kind.parent(p.obj, in)
	}
	p.open(parent)
	p.in, p.desired, p.references = in, desired, fingerprint(in.ids())
	p.mark = meshagent.Mark{Owner: p.owner(), Adopted: p.status.IsAdopted()}
	return nil
}

// open chooses the collection.
func (p *pass) open(parent string) {
	p.collection, p.list = p.kind.open(p.connection, p.obj, parent)
	p.status.Parent = parent
}

// owner is this object's name in owner marks.
func (p *pass) owner() string {
	return fmt.Sprintf("%s/%s/%s", p.OwnerID, p.obj.GetNamespace(), p.obj.GetName())
}

// claim sets the finalizer before anything is written to MeshAgent. One that is there already says
// that an earlier pass may have got further than the status tells.
func (p *pass) claim(ctx context.Context) error {
	p.mayExist = controllerutil.ContainsFinalizer(p.obj, v1alpha1.Finalizer)
	if p.mayExist || p.policies.observes {
		return nil
	}
	return p.patchFinalizers(ctx, p.obj, controllerutil.AddFinalizer)
}

// release removes the finalizer, so that Kubernetes deletes the object.
func (p *pass) release(ctx context.Context) error {
	p.outcome.released = true
	return p.patchFinalizers(ctx, p.obj, controllerutil.RemoveFinalizer)
}
