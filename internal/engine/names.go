// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// resourceName is the name of a resource of one kind.
type resourceName struct{ project, parent, name string }

func nameOf(status *v1alpha1.CommonStatus) resourceName {
	return resourceName{status.ProjectID, status.Parent, status.Name}
}

// waitingForNames remembers which objects of a kind were refused because another resource has their
// name. They are looked at again when an object of this operator gives the name up; if the name is
// freed in another way, the next drift check finds out.
type waitingForNames struct {
	mu     sync.Mutex
	byName map[resourceName]map[types.NamespacedName]bool
	names  map[types.NamespacedName]resourceName
}

func (w *waitingForNames) wait(object types.NamespacedName, name resourceName) {
	w.forget(object)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byName == nil {
		w.byName, w.names = map[resourceName]map[types.NamespacedName]bool{}, map[types.NamespacedName]resourceName{}
	}
	if w.byName[name] == nil {
		w.byName[name] = map[types.NamespacedName]bool{}
	}
	w.byName[name][object], w.names[object] = true, name
}

func (w *waitingForNames) forget(object types.NamespacedName) {
	w.mu.Lock()
	defer w.mu.Unlock()
	name, ok := w.names[object]
	if !ok {
		return
	}
	delete(w.names, object)
	if delete(w.byName[name], object); len(w.byName[name]) == 0 {
		delete(w.byName, name)
	}
}

func (w *waitingForNames) of(name resourceName) (objects []types.NamespacedName) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for object := range w.byName[name] {
		objects = append(objects, object)
	}
	return objects
}

// waitForName notes that the object waits for a name that another resource has.
func (p *pass) waitForName(name string) {
	p.names.wait(client.ObjectKeyFromObject(p.obj), resourceName{p.connection.Project.ID, p.status.Parent, name})
}

// nameFreed wakes objects that wait for a name when another object gives it up.
func (r *reconciler) nameFreed() handler.EventHandler {
	wake := func(from client.Object, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
		obj, ok := from.(v1alpha1.Object)
		if !ok {
			return
		}
		for _, waiting := range r.names.of(nameOf(obj.CommonStatus())) {
			addWithPriority(queue, projects.RetryPriority, waiting)
		}
	}
	return handler.Funcs{
		UpdateFunc: func(_ context.Context, e event.UpdateEvent, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			before, ok := e.ObjectOld.(v1alpha1.Object)
			now, same := e.ObjectNew.(v1alpha1.Object)
			if ok && same && nameOf(before.CommonStatus()) != nameOf(now.CommonStatus()) {
				wake(before, queue)
			}
		},
		DeleteFunc: func(_ context.Context, e event.DeleteEvent, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			wake(e.Object, queue)
		},
	}
}

// resourceIndex finds the objects of a kind by the resource that they represent.
const resourceIndex = "meshagent.com/resource"

func resourceKeys(obj client.Object) []string {
	typed, ok := obj.(v1alpha1.Object)
	if !ok || typed.CommonStatus().ID == "" {
		return nil
	}
	status := typed.CommonStatus()
	return []string{resourceKey(status.ProjectID, status.Parent, status.ID)}
}

func resourceKey(project, parent, id string) string {
	return strings.Join([]string{project, parent, id}, "\n")
}

// yieldToTwin refuses a resource that another object of this operator manages. Where there is no
// place for a mark, two objects can come to represent one resource; they would write it in turn for
// ever. The one whose adoption policy is Always has it, else the older one.
func (p *pass) yieldToTwin(ctx context.Context, id string) error {
	if p.collection.Traits().Marks || p.kind.shared || p.policies.observes {
		return nil
	}
	var twin string
	key := resourceKey(p.connection.Project.ID, p.status.Parent, id)
	err := p.eachCached(ctx, p.kind.like, func(obj client.Object) {
		other, ok := obj.(v1alpha1.Object)
		if !ok || other.GetUID() == p.obj.GetUID() {
			return
		}
		if theirs := p.policiesOfOther(ctx, other); !theirs.observes && p.precedes(other, theirs) && p.sharesServer(ctx, other) {
			twin = client.ObjectKeyFromObject(other).String()
		}
	}, client.MatchingFields{resourceIndex: key})
	if err != nil || twin == "" {
		return err
	}
	return verdict.Refuse(v1alpha1.ReasonOwnedElsewhere, msgTwin, kindOf(p.obj), twin)
}

// sharesServer says that another object's MeshProject has access to the same MeshAgent. Who has an
// endpoint of their own can have it answer with any id.
func (p *pass) sharesServer(ctx context.Context, other v1alpha1.Object) bool {
	if projects.ProjectKey(other) == projects.ProjectKey(p.obj) {
		return true
	}
	project, err := p.Projects.Lookup(ctx, other)
	return err == nil && usableFor(project.Status.Conditions, project.Generation) && project.Status.Endpoint == p.connection.Endpoint
}

// precedes says that another object has a better claim to a resource. One that has it keeps it.
func (p *pass) precedes(other v1alpha1.Object, policies policies) bool {
	ours, theirs := p.policies.adoption == v1alpha1.AdoptAlways, policies.adoption == v1alpha1.AdoptAlways
	if ours != theirs {
		return theirs
	}
	if p.status.ID == "" {
		return true
	}
	born, theirBirth := p.obj.GetCreationTimestamp(), other.GetCreationTimestamp()
	if !born.Equal(&theirBirth) {
		return theirBirth.Before(&born)
	}
	return other.GetUID() < p.obj.GetUID()
}

// giveUpToTwin ends this object's hold on a resource that another object has a better claim to.
func (p *pass) giveUpToTwin(ctx context.Context, remote resource) error {
	err := p.yieldToTwin(ctx, p.status.ID)
	if err == nil || verdict.Of(err).Class != verdict.Refused {
		return err
	}
	p.waitForName(p.status.Name)
	p.status.ID, p.status.Adopted, p.status.Unconverged = "", nil, ""
	p.forgetFields()
	return p.refuseToAdopt(remote, err)
}
