// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// finalize releases the MeshProject when nothing uses it any more.
func (r *projectReconciler) finalize(ctx context.Context, project *v1alpha1.MeshProject, c *conclusion) error {
	var inUse []string
	for _, user := range r.users {
		names, err := r.usersOf(ctx, project, user.object)
		if err != nil {
			return err
		}
		if len(names) > 0 {
			inUse = append(inUse, fmt.Sprintf(msgUsers, len(names), kindOf(user.object), first(names)))
		}
	}
	if len(inUse) > 0 {
		r.guardDeletions(project, c) // it guards them to the end
		return verdict.WaitFor(v1alpha1.ReasonInUse, msgInUse, strings.Join(inUse, "; "))
	}
	c.outcome.released = true
	if err := r.patchFinalizer(ctx, project, controllerutil.RemoveFinalizer); err != nil {
		return err
	}
	r.Projects.Forget(project.UID)
	r.guard.Forget(project)
	return nil
}

// usersOf names the objects of a kind that the MeshProject is kept for. Those that it does not
// admit, and never did, are not among them: anyone who can write objects in some namespace must not
// be able to hold a MeshProject in another.
func (r *projectReconciler) usersOf(ctx context.Context, project *v1alpha1.MeshProject, like client.Object) (names []types.NamespacedName, err error) {
	var objects []v1alpha1.Object
	key := client.ObjectKeyFromObject(project).String()
	err = r.eachCached(ctx, like, func(obj client.Object) {
		if user, ok := obj.(v1alpha1.Object); ok {
			objects = append(objects, user)
		}
	}, client.MatchingFields{projectIndex: key})
	if err != nil {
		return nil, err
	}
	admitted := map[string]error{} // by namespace
	for _, user := range objects {
		var err error
		if !projects.WasAuthorized(project, user) {
			known, asked := admitted[user.GetNamespace()]
			if !asked {
				known = r.Projects.Authorize(ctx, project, user.GetNamespace())
				admitted[user.GetNamespace()] = known
			}
			err = known
		}
		switch {
		case err == nil:
			names = append(names, client.ObjectKeyFromObject(user))
		case verdict.Of(err).Class != verdict.Refused:
			return nil, err
		}
	}
	return names, nil
}

// first is the first name in alphabetical order, so that messages do not change without cause.
func first(names []types.NamespacedName) string {
	least := names[0].String()
	for _, name := range names[1:] {
		least = min(least, name.String())
	}
	return least
}
