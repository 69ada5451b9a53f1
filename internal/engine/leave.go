// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// finalizeUndeletable releases an object whose resource MeshAgent cannot delete. It needs no look at
// the resource, so that nothing keeps the object.
func (p *pass) finalizeUndeletable(ctx context.Context) error {
	name := p.title(p.status.Name)
	switch {
	case p.status.ID == "" && p.status.PendingCreate == nil:
	case p.policies.orphans(p.status.IsAdopted()):
		p.outcome.event(v1alpha1.EventOrphaned, "orphan", msgOrphaned, name, "")
	default:
		p.outcome.event(v1alpha1.EventLeft, "finalize", msgLeft, name, msgUndeletable)
	}
	return p.release(ctx)
}

// leave says that a resource which no route reaches is left in MeshAgent, and that this is why the
// object is not to wait.
func (p *pass) leave(ctx context.Context, why error) bool {
	v := verdict.Of(why)
	if v.Reason != v1alpha1.ReasonUnsupported {
		return false
	}
	p.leaveBehind(ctx, v.Message)
	return true
}

// leaveBehind tells that nothing was sent to MeshAgent for the deletion of the object. In a
// namespace that is being deleted no event is taken: there it is about the namespace. (The log
// always tells.)
func (p *pass) leaveBehind(ctx context.Context, why string) {
	namespace, _ := p.endingNamespace(ctx)
	p.logger(ctx).Info("Left resource in MeshAgent", "reason", why, "left", p.remains())
	p.outcome.warnOf(namespace, v1alpha1.EventLeft, "finalize", msgLeftBehind,
		kindOf(p.obj), client.ObjectKeyFromObject(p.obj), p.remains(), why)
}
