// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// patchFinalizers changes the finalizers of the very version that was read: the list is written as a whole, and somebody else
// may have changed it. Status as filled so far is kept out of it.
func (e *Environment) patchFinalizers(ctx context.Context, obj client.Object, written *ownWrites, change func(client.Object, string) bool) error {
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
	written.note(patched)
	return nil
}

// errReplaced says that the object of a pass is gone, or that another one has its name by now. The pass
// must not go on: what it does in MeshAgent would have no object.
var errReplaced = &verdict.Problem{Class: verdict.Silent, Message: "the object is gone", After: time.Second}

// sameObject is a merge patch that only this very object takes. One that was deleted and created again
// under the same name must not get the status of its predecessor.
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

// reduced is the object as it was with the conditions of this pass: for a status that is too large to be
// written. A user must still be told.
func (c *conclusion) reduced() client.Object {
	obj, ok := c.obj.(Object)
	small, _ := c.before.DeepCopyObject().(Object)
	if !ok || small == nil {
		return c.obj
	}
	c.fail(verdict.Of(verdict.Invalid("the status is too large to be written. Use fewer or larger fields in the spec")))
	small.CommonStatus().ObjectStatus = obj.CommonStatus().ObjectStatus
	small.SetResourceVersion(obj.GetResourceVersion())
	small.SetFinalizers(obj.GetFinalizers())
	return small
}

// ownWrites remembers the last version of each object that this process wrote and has not read yet. The cache lags behind, and a
// pass over an old version would not know what the last one did: it would create a second time. (The client's own
// EnableReadYourWritesConsistency does not work with more than one watched namespace.)
type ownWrites struct {
	mu       sync.Mutex
	versions map[types.UID]ownWrite
}

type ownWrite struct {
	version string
	at      time.Time
}

// maxUnseen is how long a pass waits for the cache to show its own write. A cache that is restored to
// an older state never shows it.
const maxUnseen = time.Minute

func (w *ownWrites) note(obj client.Object) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.versions == nil {
		w.versions = map[types.UID]ownWrite{}
	}
	w.versions[obj.GetUID()] = ownWrite{obj.GetResourceVersion(), time.Now()}
}

func (w *ownWrites) forget(obj client.Object) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.versions, obj.GetUID())
}

// unseen says that obj is older than what was written.
func (w *ownWrites) unseen(obj client.Object) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	own, ok := w.versions[obj.GetUID()]
	if !ok {
		return false
	}
	if compared, err := resourceversion.CompareResourceVersion(obj.GetResourceVersion(), own.version); err == nil && compared < 0 && time.Since(own.at) < maxUnseen {
		return true
	}
	delete(w.versions, obj.GetUID())
	return false
}
