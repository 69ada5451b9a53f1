// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// permitDeletion counts the deletion of the remote resource, or holds it.
func (p *pass) permitDeletion(ctx context.Context) error {
	project, err := p.Projects.Lookup(ctx, p.obj)
	if err != nil || project.Spec.DeletionGuard == nil {
		return err
	}
	until, mistake := deletionsAllowedUntil(project)
	if time.Now().Before(until) {
		p.forgetHeld()
		return nil
	}
	uid, most := p.obj.GetUID(), *project.Spec.DeletionGuard.MaxPerHour
	counts, permitted, err := p.guard.Count(ctx, p.Client, p.Live, project, uid, most)
	if err != nil {
		return err
	}
	if permitted {
		p.forgetHeld()
		return nil
	}
	ahead, first := p.guard.Hold(project, uid)
	if first {
		p.Projects.RequestCheck(p.obj)
	}
	if p.isGone(ctx, p.obj) {
		p.forgetHeld() // the event that says so may have come before
	}
	return held(project, most, counts.UntilPermitted(most, ahead), mistake)
}

// forgetHeld notes that the deletion of the object is not held, as the status of the MeshProject tells.
func (p *pass) forgetHeld() {
	if p.guard.ForgetHeld(p.obj.GetUID()) {
		p.Projects.RequestCheck(p.obj)
	}
}

// isGone says that the cache has the object no longer.
func (r *reconciler) isGone(ctx context.Context, obj v1alpha1.Object) bool {
	latest := blank(r.kind.like)
	err := r.Client.Get(ctx, client.ObjectKeyFromObject(obj), latest, &client.GetOptions{UnsafeDisableDeepCopy: new(true)})
	return apierrors.IsNotFound(err) || err == nil && latest.GetUID() != obj.GetUID()
}

// deletionsAllowedUntil reads the annotation that lets deletions through. A mistake in it is a
// sentence for the message.
func deletionsAllowedUntil(project *v1alpha1.MeshProject) (until time.Time, mistake string) {
	text := project.Annotations[v1alpha1.AllowDeletionsUntilAnnotation]
	if text == "" {
		return time.Time{}, ""
	}
	until, err := time.Parse(time.RFC3339, text)
	if err != nil {
		mistake = fmt.Sprintf(msgNotATime, v1alpha1.AllowDeletionsUntilAnnotation, text)
	}
	return until, mistake
}

func held(project *v1alpha1.MeshProject, most int32, after time.Duration, mistake string) error {
	deletions := "deletions"
	if most == 1 {
		deletions = "deletion"
	}
	message := fmt.Sprintf(msgDeletionPaused, project.Name, most, deletions)
	if most > 0 {
		message += msgDeletionContinues
	}
	message += fmt.Sprintf(msgContinueNow,
		v1alpha1.AllowDeletionsUntilAnnotation, mistake)
	return &verdict.Problem{Class: verdict.OnHold, Reason: v1alpha1.ReasonDeletionHeld, Message: message, After: after}
}
