// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// deletionGuard holds deletions beyond what each MeshProject allows. What counts is in the status of the
// MeshProject (see deletionLog). This is only what the process knows of it, and it may be lost.
//
// The mutex is never held over a request: event handlers and checks of MeshProjects take it.
type deletionGuard struct {
	mu       sync.Mutex
	projects map[types.UID]*guardedProject
}

// guardedProject is a MeshProject with a deletion guard.
type guardedProject struct {
	name types.NamespacedName
	log  deletionLog

	// The mutex of the deletionGuard protects the rest.
	held map[types.UID]uint64 // objects whose deletion is held, with their place in the line
	last uint64               // the last place that was given away
}

// permitDeletion counts the deletion of the remote resource, or holds it.
func (p *pass[O, S, R]) permitDeletion(ctx context.Context) error {
	project, err := p.Projects.of(ctx, p.obj)
	if err != nil || project.Spec.DeletionGuard == nil {
		return err
	}
	until, mistake := deletionsAllowedUntil(project)
	if time.Now().Before(until) {
		p.letGo()
		return nil
	}
	uid, most := p.obj.GetUID(), *project.Spec.DeletionGuard.MaxPerHour
	counts, permitted, err := p.guard.of(project).log.count(ctx, p.Environment, project, uid, most)
	if apierrors.IsNotFound(err) {
		p.guard.forget(project)
	}
	if err != nil {
		return err
	}
	if permitted {
		p.letGo()
		return nil
	}
	ahead, first := p.guard.hold(project, uid)
	if first {
		p.Projects.Suspect(p.obj)
	}
	if p.isGone(ctx) {
		p.letGo() // the event that says so may have come before
	}
	return held(project, most, counts.untilPermitted(most, ahead), mistake)
}

// letGo notes that the deletion of the object is not held, of which the status of the MeshProject tells.
func (p *pass[O, S, R]) letGo() {
	if p.guard.letGo(p.obj.GetUID()) {
		p.Projects.Suspect(p.obj)
	}
}

// isGone says that the cache has the object no longer.
func (p *pass[O, S, R]) isGone(ctx context.Context) bool {
	latest, _ := p.obj.DeepCopyObject().(O)
	err := p.Client.Get(ctx, client.ObjectKeyFromObject(p.obj), latest)
	return apierrors.IsNotFound(err) || err == nil && latest.GetUID() != p.obj.GetUID()
}

// of returns what is known of a MeshProject.
func (g *deletionGuard) of(project *v1alpha1.MeshProject) *guardedProject {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.projects[project.UID]
	if known == nil {
		known = &guardedProject{name: client.ObjectKeyFromObject(project), log: newDeletionLog(), held: map[types.UID]uint64{}}
		if g.projects == nil {
			g.projects = map[types.UID]*guardedProject{}
		}
		g.projects[project.UID] = known
		g.publish(known.name)
	}
	return known
}

// hold notes that the deletion of an object is held. It says how many objects have been held for longer, and
// whether it is the only one.
func (g *deletionGuard) hold(project *v1alpha1.MeshProject, uid types.UID) (ahead int, first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.projects[project.UID]
	if known == nil {
		return 0, false // its guard was taken away, or it is gone
	}
	if known.held[uid] == 0 {
		g.remove(uid) // from what another MeshProject holds
		known.last++
		known.held[uid] = known.last
		g.publish(known.name)
		first = len(known.held) == 1
	}
	for _, place := range known.held {
		if place < known.held[uid] {
			ahead++
		}
	}
	return ahead, first
}

// letGo notes that the deletion of an object is not held, or that the object is gone. It says whether that was the
// last one that its MeshProject held.
func (g *deletionGuard) letGo(uid types.UID) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.remove(uid)
}

// remove is letGo for those who have the mutex.
func (g *deletionGuard) remove(uid types.UID) bool {
	for _, known := range g.projects {
		if known.held[uid] != 0 {
			delete(known.held, uid)
			g.publish(known.name)
			return len(known.held) == 0
		}
	}
	return false
}

// publish sets the metric of the MeshProject of a name: of two that followed each other both may still be known.
func (g *deletionGuard) publish(name types.NamespacedName) {
	found, held := false, 0
	for _, known := range g.projects {
		if known.name == name {
			found, held = true, held+len(known.held)
		}
	}
	if !found {
		deletionsHeld.DeleteLabelValues(name.Namespace, name.Name)
		return
	}
	deletionsHeld.WithLabelValues(name.Namespace, name.Name).Set(float64(held))
}

// holds says that deletions in a MeshProject are being held.
func (g *deletionGuard) holds(project *v1alpha1.MeshProject) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.projects[project.UID]
	return known != nil && len(known.held) > 0
}

// forget drops what is remembered of a MeshProject.
func (g *deletionGuard) forget(project client.Object) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.projects, project.GetUID())
	g.publish(client.ObjectKeyFromObject(project))
}

// forgetGone drops what is remembered of MeshProjects that are gone, however they went.
func (g *deletionGuard) forgetGone() handler.EventHandler {
	return handler.Funcs{DeleteFunc: func(_ context.Context, e event.DeleteEvent, _ workqueue.TypedRateLimitingInterface[reconcile.Request]) {
		g.forget(e.Object)
	}}
}

// guardOf is what a MeshProject says of deletions.
func guardOf(project *v1alpha1.MeshProject) string {
	if project.Spec.DeletionGuard == nil {
		return ""
	}
	return fmt.Sprintf("%d, unless until %s", *project.Spec.DeletionGuard.MaxPerHour, project.Annotations[v1alpha1.AllowDeletionsUntilAnnotation])
}

// deletionsAllowedUntil reads the annotation that lets deletions through. A mistake in it is a sentence for the message.
func deletionsAllowedUntil(project *v1alpha1.MeshProject) (until time.Time, mistake string) {
	text := project.Annotations[v1alpha1.AllowDeletionsUntilAnnotation]
	if text == "" {
		return time.Time{}, ""
	}
	until, err := time.Parse(time.RFC3339, text)
	if err != nil {
		mistake = fmt.Sprintf(" The annotation %s is %q, which is not an RFC 3339 time.", v1alpha1.AllowDeletionsUntilAnnotation, text)
	}
	return until, mistake
}

func held(project *v1alpha1.MeshProject, most int32, after time.Duration, mistake string) error {
	deletions := "deletions"
	if most == 1 {
		deletions = "deletion"
	}
	message := fmt.Sprintf("Deletion paused: MeshProject %q allows %d %s per hour (spec.deletionGuard.maxPerHour).", project.Name, most, deletions)
	if most > 0 {
		message += " Deletion continues automatically when earlier deletions are more than an hour old."
	}
	message += fmt.Sprintf(" To continue now, set the annotation %s on the MeshProject to an RFC 3339 time in the future.%s",
		v1alpha1.AllowDeletionsUntilAnnotation, mistake)
	return &verdict.Problem{Class: verdict.OnHold, Reason: v1alpha1.ReasonDeletionHeld, Message: message, After: after}
}
