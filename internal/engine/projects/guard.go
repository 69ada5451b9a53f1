// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"context"
	"fmt"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// DeletionGuard holds deletions beyond what each MeshProject allows. What counts is in the status
// of the MeshProject (see deletionLog). This is only what the process knows of it, and it may be
// lost.
//
// The mutex is never held over a request: event handlers and checks of MeshProjects take it.
type DeletionGuard struct {
	mu       sync.Mutex
	projects map[types.UID]*guardedProject
}

// guardedProject is a MeshProject with a deletion guard.
type guardedProject struct {
	log deletionLog

	// The mutex of the deletionGuard protects the rest.
	held map[types.UID]uint64 // objects whose deletion is held, with their place in the line
	last uint64               // the last place that was given away
}

// Count counts the deletion of an object's resource in its MeshProject, unless that would be one
// more than permitted. It returns all that counts.
func (g *DeletionGuard) Count(
	ctx context.Context, kube client.StatusClient, live client.Reader, project *v1alpha1.MeshProject, uid types.UID, most int32,
) (counts DeletionCounts, permitted bool, err error) {
	counts, permitted, err = g.of(project).log.count(ctx, kube, live, project, uid, most)
	if apierrors.IsNotFound(err) {
		g.Forget(project)
	}
	return counts, permitted, err
}

// of returns what is known of a MeshProject.
func (g *DeletionGuard) of(project *v1alpha1.MeshProject) *guardedProject {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.projects[project.UID]
	if known == nil {
		known = &guardedProject{log: newDeletionLog(), held: map[types.UID]uint64{}}
		if g.projects == nil {
			g.projects = map[types.UID]*guardedProject{}
		}
		g.projects[project.UID] = known
	}
	return known
}

// Hold notes that the deletion of an object is held. It says how many objects have been held for
// longer, and whether it is the only one.
func (g *DeletionGuard) Hold(project *v1alpha1.MeshProject, uid types.UID) (ahead int, first bool) {
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
		first = len(known.held) == 1
	}
	for _, place := range known.held {
		if place < known.held[uid] {
			ahead++
		}
	}
	return ahead, first
}

// ForgetHeld notes that the deletion of an object is not held, or that the object is gone. It says
// whether that was the last one that its MeshProject held.
func (g *DeletionGuard) ForgetHeld(uid types.UID) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.remove(uid)
}

// remove is forgetHeld for those who have the mutex.
func (g *DeletionGuard) remove(uid types.UID) bool {
	for _, known := range g.projects {
		if known.held[uid] != 0 {
			delete(known.held, uid)
			return len(known.held) == 0
		}
	}
	return false
}

// Held is how many deletions in a MeshProject are being held.
func (g *DeletionGuard) Held(project *v1alpha1.MeshProject) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if known := g.projects[project.UID]; known != nil {
		return len(known.held)
	}
	return 0
}

// Forget drops what is remembered of a MeshProject.
func (g *DeletionGuard) Forget(project client.Object) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.projects, project.GetUID())
}

// ForgetGone drops what is remembered of MeshProjects that are gone, however they went.
func (g *DeletionGuard) ForgetGone() handler.EventHandler {
	return handler.Funcs{DeleteFunc: func(_ context.Context, e event.DeleteEvent, _ workqueue.TypedRateLimitingInterface[reconcile.Request]) {
		g.Forget(e.Object)
	}}
}

// GuardOf is what a MeshProject says of deletions.
func GuardOf(project *v1alpha1.MeshProject) string {
	if project.Spec.DeletionGuard == nil {
		return ""
	}
	return fmt.Sprintf("%d, unless until %s", *project.Spec.DeletionGuard.MaxPerHour, project.Annotations[v1alpha1.AllowDeletionsUntilAnnotation])
}
