// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// patchFinalizers changes the finalizers of the very version that was read: the list is written as
// a whole, and another client may have changed it. Status as filled so far is kept out of it.
func (e *Environment) patchFinalizers(ctx context.Context, obj client.Object, change func(client.Object, string) bool) error {
	patched, _ := obj.DeepCopyObject().(client.Object)
	if !change(patched, v1alpha1.Finalizer) {
		return nil
	}
	base, _ := obj.DeepCopyObject().(client.Object)
	base.SetUID("")
	if err := e.Client.Patch(ctx, patched, client.MergeFromWithOptions(base, client.MergeFromWithOptimisticLock{})); err != nil {
		return fmt.Errorf("writing the finalizer: %w", verdict.Raced(err))
	}
	obj.SetFinalizers(patched.GetFinalizers())
	obj.SetResourceVersion(patched.GetResourceVersion())
	e.memory.noteWrite(patched)
	return nil
}

// errReplaced says that the object of a pass is gone, or that another one has its name by now. The
// pass must not continue: what it does in MeshAgent would have no object.
var errReplaced = &verdict.Problem{Class: verdict.Silent, Message: "the object is gone", After: time.Second}

// sameObject is a merge patch that only this very object takes. One that was deleted and created
// again under the same name must not get the status of its predecessor.
func sameObject(before client.Object) client.Patch {
	base, _ := before.DeepCopyObject().(client.Object)
	base.SetUID("") // so that the patch names it
	return client.MergeFrom(base)
}

// isReplaced says that a write did not find its object. The API server calls another UID a failed
// precondition, or an attempt to change an immutable field.
func isReplaced(err error) bool {
	otherUID := apierrors.IsConflict(err) && strings.Contains(err.Error(), "UID") || apierrors.IsInvalid(err) && strings.Contains(err.Error(), "metadata.uid")
	return apierrors.IsNotFound(err) || otherUID
}

// isTooLarge says that Kubernetes cannot store an object of this size.
func isTooLarge(err error) bool {
	return err != nil && (apierrors.IsRequestEntityTooLargeError(err) || strings.Contains(err.Error(), "request is too large"))
}

// reduced is the object as it was with the conditions of this pass: for a status that is too large
// to be written. A user must still be told.
func (c *conclusion) reduced() client.Object {
	obj, ok := c.obj.(v1alpha1.Object)
	small, _ := c.before.DeepCopyObject().(v1alpha1.Object)
	if !ok || small == nil {
		return c.obj
	}
	c.fail(verdict.Of(verdict.Invalid(msgStatusTooLarge)))
	small.CommonStatus().ObjectStatus = obj.CommonStatus().ObjectStatus
	small.SetResourceVersion(obj.GetResourceVersion())
	small.SetFinalizers(obj.GetFinalizers())
	return small
}
