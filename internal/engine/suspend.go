// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// finalizeSuspended releases a suspended object, and leaves its resource as it is, ownership
// annotation included: nothing is sent to MeshAgent. Only an object that itself wants its resource
// deleted waits, and not once its namespace goes.
func (p *pass) finalizeSuspended(ctx context.Context) error {
	p.forgetHeld() // of the deletion guard: nothing is deleted
	if p.policies.insists {
		ending, err := p.namespaceEnds(ctx)
		if err != nil {
			return err
		}
		if !ending {
			return verdict.WaitFor(v1alpha1.ReasonSuspended,
				msgDeletionSuspended,
				p.policies.suspended, p.policies.suspended)
		}
	}
	p.leaveBehind(ctx, fmt.Sprintf(msgSuspendedBy, p.policies.suspended))
	return p.release(ctx)
}

// namespaceEnds says that the object's namespace is being deleted, or is gone.
func (p *pass) namespaceEnds(ctx context.Context) (bool, error) {
	namespace, err := p.endingNamespace(ctx)
	if apierrors.IsNotFound(err) {
		return true, nil
	}
	return namespace != nil, err
}

// endingNamespace is the object's namespace if it is being deleted, else nil.
func (p *pass) endingNamespace(ctx context.Context) (*corev1.Namespace, error) {
	var namespace corev1.Namespace
	if err := p.Live.Get(ctx, types.NamespacedName{Name: p.obj.GetNamespace()}, &namespace); err != nil {
		return nil, fmt.Errorf("reading namespace %q: %w", p.obj.GetNamespace(), err)
	}
	if namespace.DeletionTimestamp.IsZero() {
		return nil, nil //nolint:nilnil // it stays
	}
	return &namespace, nil
}
