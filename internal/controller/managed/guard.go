// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// guardedFor is how long a deletion counts.
const guardedFor = time.Hour

// deletionGuard holds deletions beyond what each MeshProject allows. What was counted is in the MeshProject's status before anything
// is deleted: a crash can make the count too high, never too low.
type deletionGuard struct {
	mu       sync.Mutex
	projects map[types.UID]*guarded
}

// guarded is one MeshProject under guard, as this process knows it.
type guarded struct {
	count   v1alpha1.DeletionCount
	counted map[types.UID]bool // objects that need not be counted again when their deletion is tried again
	held    map[types.UID]bool // objects
	gauge   prometheus.Gauge   // of those
}

// permitDeletion counts the deletion of what the object stands for, or holds it.
func (p *pass[O, S, R]) permitDeletion(ctx context.Context) error {
	project, err := p.Projects.of(ctx, p.obj)
	if err != nil || project.Spec.DeletionGuard == nil {
		return err
	}
	g := &p.guard
	g.mu.Lock()
	defer g.mu.Unlock()
	known, err := g.of(ctx, p.Environment, project)
	if err != nil {
		return err
	}
	before := len(known.held)
	delete(known.held, p.obj.GetUID())
	err = p.countDeletion(ctx, project, known)
	if err != nil && judge(err).class == onHold {
		known.held[p.obj.GetUID()] = true
	}
	known.gauge.Set(float64(len(known.held)))
	if (before == 0) != (len(known.held) == 0) {
		p.Projects.Suspect(p.obj) // the MeshProject's status tells
	}
	return err
}

func (p *pass[O, S, R]) countDeletion(ctx context.Context, project *v1alpha1.MeshProject, known *guarded) error {
	most := *project.Spec.DeletionGuard.MaxPerHour
	now := time.Now()
	released, mistake := releasedUntil(project)
	if now.Before(released) || known.counted[p.obj.GetUID()] {
		return nil
	}
	if since := known.count.Since; since == nil || now.Sub(since.Time) >= guardedFor {
		known.count = v1alpha1.DeletionCount{Since: &metav1.Time{Time: now}}
		clear(known.counted)
		clear(known.held) // some may be gone without having been let go
	}
	if known.count.Count >= most {
		return held(project, most, guardedFor-now.Sub(known.count.Since.Time), mistake)
	}
	count := known.count
	count.Count++
	patched := project.DeepCopy()
	patched.Status.Deletions = &count
	unpatched := project.DeepCopy()
	unpatched.Status.Deletions = nil // so that all of it is sent, whatever the cache shows
	if err := p.Client.Status().Patch(ctx, patched, client.MergeFrom(unpatched)); err != nil {
		return fmt.Errorf("counting a deletion: %w", err)
	}
	known.count = count
	known.counted[p.obj.GetUID()] = true
	return nil
}

// of returns what is known of a MeshProject. The first time it is read live: another process may just have counted.
func (g *deletionGuard) of(ctx context.Context, env *Environment, project *v1alpha1.MeshProject) (*guarded, error) {
	if known := g.projects[project.UID]; known != nil {
		return known, nil
	}
	var live v1alpha1.MeshProject
	if err := env.Live.Get(ctx, client.ObjectKeyFromObject(project), &live); err != nil {
		return nil, fmt.Errorf("reading the count of deletions: %w", err)
	}
	known := &guarded{
		counted: map[types.UID]bool{}, held: map[types.UID]bool{}, gauge: deletionsHeld.WithLabelValues(project.Namespace, project.Name),
	}
	if live.Status.Deletions != nil {
		known.count = *live.Status.Deletions
	}
	if g.projects == nil {
		g.projects = map[types.UID]*guarded{}
	}
	g.projects[project.UID] = known
	return known, nil
}

// holds says that deletions in a MeshProject are being held.
func (g *deletionGuard) holds(project *v1alpha1.MeshProject) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.projects[project.UID]
	return known != nil && len(known.held) > 0
}

// letGo forgets an object that is gone, and says whether it was the last one that was held: it may have gone without being deleted in MeshAgent.
func (g *deletionGuard) letGo(uid types.UID) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, known := range g.projects {
		if known.held[uid] {
			delete(known.held, uid)
			known.gauge.Set(float64(len(known.held)))
			return len(known.held) == 0
		}
	}
	return false
}

// forget drops what is remembered of a MeshProject.
func (g *deletionGuard) forget(project *v1alpha1.MeshProject) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.projects, project.UID)
	deletionsHeld.DeleteLabelValues(project.Namespace, project.Name)
}

// guardOf is what a MeshProject says of deletions.
func guardOf(project *v1alpha1.MeshProject) string {
	if project.Spec.DeletionGuard == nil {
		return ""
	}
	return fmt.Sprintf("%d, unless until %s", *project.Spec.DeletionGuard.MaxPerHour, project.Annotations[v1alpha1.AllowDeletionsUntilAnnotation])
}

// releasedUntil reads the annotation that lets deletions through.
func releasedUntil(project *v1alpha1.MeshProject) (time.Time, error) {
	text := project.Annotations[v1alpha1.AllowDeletionsUntilAnnotation]
	if text == "" {
		return time.Time{}, nil
	}
	until, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("its annotation %s is %q, which is no RFC 3339 time", v1alpha1.AllowDeletionsUntilAnnotation, text)
	}
	return until, nil
}

func held(project *v1alpha1.MeshProject, most int32, after time.Duration, mistake error) error {
	message := fmt.Sprintf("MeshProject %q limits deletions to %d an hour (spec.deletionGuard)", project.Name, most)
	if most > 0 {
		message += ": it goes on when the hour is over"
	}
	message += fmt.Sprintf(". To let it go on now, annotate the MeshProject with %s=<RFC 3339 time>", v1alpha1.AllowDeletionsUntilAnnotation)
	if mistake != nil {
		message += "; " + mistake.Error()
	}
	return &problem{class: onHold, reason: v1alpha1.ReasonDeletionHeld, message: message, after: after}
}
