// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"context"
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// patchFinalizers changes the finalizers of the very version that was read: the list is written as a whole, and somebody else
// may have changed it. Status as filled so far is kept out of it.
func (e *Environment) patchFinalizers(ctx context.Context, obj client.Object, written *ownWrites, change func(client.Object, string) bool) error {
	patched, _ := obj.DeepCopyObject().(client.Object)
	if !change(patched, v1alpha1.Finalizer) {
		return nil
	}
	base, _ := obj.DeepCopyObject().(client.Object)
	if err := e.Client.Patch(ctx, patched, client.MergeFromWithOptions(base, client.MergeFromWithOptimisticLock{})); err != nil {
		return fmt.Errorf("writing the finalizer: %w", raced(err))
	}
	obj.SetFinalizers(patched.GetFinalizers())
	obj.SetResourceVersion(patched.GetResourceVersion())
	written.note(patched)
	return nil
}

// ownWrites remembers the last version of each object that this process wrote and has not read yet. The cache lags behind, and a
// pass over an old version would not know what the last one did: it would create a second time. (The client's own
// EnableReadYourWritesConsistency does not work with more than one watched namespace.)
type ownWrites struct {
	mu       sync.Mutex
	versions map[types.UID]string
}

func (w *ownWrites) note(obj client.Object) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.versions == nil {
		w.versions = map[types.UID]string{}
	}
	w.versions[obj.GetUID()] = obj.GetResourceVersion()
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
	version, ok := w.versions[obj.GetUID()]
	if !ok {
		return false
	}
	if compared, err := resourceversion.CompareResourceVersion(obj.GetResourceVersion(), version); err == nil && compared < 0 {
		return true
	}
	delete(w.versions, obj.GetUID())
	return false
}
