// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/listcache"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// reconciler runs passes over the objects of one kind.
type reconciler[O Object, S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	*Environment
	kind        *Kind[O, S, R]
	lists       *listcache.Caches[S, R]
	written     ownWrites
	last        remembered[lastSync]
	names       waitingForNames
	unconfirmed remembered[unconfirmed[R]]
	deleted     remembered[bool] // objects whose resource was deleted, and that are to be released
}

// lastSync are the fingerprints of what was desired, and of the ids that it refers to, when it was last
// in sync. They tell a user's change from others', and whether a list from before may be believed.
type lastSync struct{ desired, references uint64 }

// Reconcile makes one pass: reconcile decides and acts, conclude tells.
func (r *reconciler[O, S, R]) Reconcile(ctx context.Context, obj O) (reconcile.Result, error) {
	if r.written.unseen(obj) {
		// The cache does not show our own last write yet: what would be decided now was decided already.
		return reconcile.Result{RequeueAfter: 20 * time.Millisecond}, nil
	}
	before, _ := obj.DeepCopyObject().(O)
	p := &pass[O, S, R]{
		reconciler: r, obj: obj, before: before, spec: obj.CommonSpec(), status: obj.CommonStatus(),
		requested: obj.GetAnnotations()[v1alpha1.ReconcileRequestedAtAnnotation],
	}
	p.recallWrite()
	ctx, span := r.startSpan(ctx, obj)
	changed := r.timing(kindOf(obj)).takeChange(obj)
	err := p.explain(ctx, p.reconcile(ctx))
	r.timing(kindOf(obj)).carried(obj, changed, p.outcome.wrote, err)
	defer func() { endSpan(span, &p.status.ObjectStatus, &p.outcome, err) }()
	return r.conclude(ctx, conclusion{
		before: p.before, obj: obj, status: &p.status.ObjectStatus, outcome: p.outcome, requested: p.requested, written: &r.written,
	}, err)
}

// forgetGone drops what is remembered of objects that are gone, however they went.
func (r *reconciler[O, S, R]) forgetGone() handler.EventHandler {
	return handler.Funcs{DeleteFunc: func(_ context.Context, e event.DeleteEvent, _ workqueue.TypedRateLimitingInterface[reconcile.Request]) {
		obj, ok := e.Object.(O)
		if !ok {
			return
		}
		r.written.forget(obj)
		r.last.forget(obj.GetUID())
		r.names.forget(client.ObjectKeyFromObject(obj))
		r.unconfirmed.forget(obj.GetUID())
		r.deleted.forget(obj.GetUID())
		r.timing(kindOf(obj)).forget(obj)
		if r.guard.LetGo(obj.GetUID()) {
			r.Projects.RequestCheck(obj) // the MeshProject's status tells what is held
		}
	}}
}

// pass is one pass over one object.
type pass[O Object, S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	*reconciler[O, S, R]
	obj       O
	before    O // as the API server holds it
	spec      *v1alpha1.CommonSpec
	status    *v1alpha1.CommonStatus
	requested string // the annotation that asks for a live look

	mayExist   bool // an earlier pass may have created the resource
	recognized bool // as what a pending creation sent, which is to be recorded before it is changed
	connection *projects.Connection
	collection meshagent.Collection[S, R]
	list       *listcache.Cache[S, R]
	desired    S
	references uint64 // the fingerprint of the ids that it refers to
	mark       meshagent.Mark
	writes     int // to the resource, in this pass
	outcome    outcome
}

func (p *pass[O, S, R]) reconcile(ctx context.Context) error {
	switch {
	case p.spec.Suspended():
		p.outcome = suspended()
		return nil
	case !p.obj.GetDeletionTimestamp().IsZero():
		return p.finalize(ctx)
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
	if write, ok := p.unconfirmedWrite(); ok && !p.spec.Observes() {
		return p.confirm(ctx, write)
	}
	seen, err := p.observe(ctx)
	if err != nil {
		return err
	}
	return p.converge(ctx, seen)
}

// resolve finds all that the object needs: its project, what it refers to, and what it desires.
func (p *pass[O, S, R]) resolve(ctx context.Context) (err error) {
	p.connection, err = p.Projects.ForReconcile(ctx, p.obj)
	if err != nil {
		return err
	}
	if known := p.status.ProjectID; known != "" && known != p.connection.Project.ID {
		return verdict.Refuse(v1alpha1.ReasonProjectChanged,
			"it was made in MeshAgent project %s, and projectRef leads to project %s now: set projectRef back, or delete this object and create it again",
			known, p.connection.Project.ID)
	}
	p.status.Project = projects.ProjectKey(p.obj).String()
	in, err := p.resolveReferences(ctx)
	if err != nil {
		return err
	}
	if in.sources, err = p.readSources(ctx); err != nil {
		return err
	}
	desired, err := p.kind.Desired(p.obj, in)
	if err != nil {
		return err
	}
	parent := ""
	if p.kind.Parent != nil {
		parent = p.kind.Parent(p.obj, in)
	}
	p.open(parent)
	p.desired, p.references = desired, fingerprint(in.ids())
	p.mark = meshagent.Mark{Owner: p.owner(), Adopted: p.status.IsAdopted()}
	return nil
}

// open chooses the collection.
func (p *pass[O, S, R]) open(parent string) {
	p.collection = p.kind.Collection(p.connection.Project, p.obj, parent)
	p.list = p.lists.Of(p.connection.ID, p.collection)
	p.status.Parent = parent
}

// owner is this object's name in owner marks.
func (p *pass[O, S, R]) owner() string {
	return fmt.Sprintf("%s/%s/%s", p.OwnerID, p.obj.GetNamespace(), p.obj.GetName())
}

// claim sets the finalizer before anything is written to MeshAgent. One that is there already says that an earlier
// pass may have got further than the status tells.
func (p *pass[O, S, R]) claim(ctx context.Context) error {
	p.mayExist = controllerutil.ContainsFinalizer(p.obj, v1alpha1.Finalizer)
	if p.mayExist || p.spec.Observes() {
		return nil
	}
	return p.patchFinalizers(ctx, p.obj, &p.written, controllerutil.AddFinalizer)
}

// release gives the object free.
func (p *pass[O, S, R]) release(ctx context.Context) error {
	p.outcome.released = true
	return p.patchFinalizers(ctx, p.obj, &p.written, controllerutil.RemoveFinalizer)
}

// logger names what the object stands for.
func (p *pass[O, S, R]) logger(ctx context.Context) logr.Logger {
	return log.FromContext(ctx).WithValues("project", p.connection.Project.ID, "id", p.status.ID)
}
