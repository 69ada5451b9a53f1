// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// timing remembers, for metrics, what the objects of one kind wait for.
type timing struct {
	kind string

	mu sync.Mutex
	// changed is when a Secret that an object reads was changed last, as long as MeshAgent does not
	// have the change.
	changed map[types.NamespacedName]time.Time
}

// timing is that of a kind.
func (e *Environment) timing(kind string) *timing {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.timings == nil {
		e.timings = map[string]*timing{}
	}
	if e.timings[kind] == nil {
		e.timings[kind] = &timing{kind: kind, changed: map[types.NamespacedName]time.Time{}}
	}
	return e.timings[kind]
}

// measure feeds metrics with a pass that has ended. Known says that the object had a Ready
// condition before.
func (e *Environment) measure(c conclusion, known bool, err error) {
	e.looked(c, known)
	if err == nil && !c.outcome.result.isSuspended() {
		at := c.outcome.listed
		if at.IsZero() {
			at = time.Now()
		}
		e.checks.note(checkKeyOf(c.obj), at)
	}
}

// looked measures how long a new object took. It measures neither an object that a former process
// has reconciled, which may have been Ready before, nor one that was suspended.
func (e *Environment) looked(c conclusion, known bool) {
	unready := e.memory.of(c.obj).unready
	first := unready || !known
	switch {
	case c.outcome.result.isSuspended():
		unready = false
	case !meta.IsStatusConditionTrue(c.status.Conditions, v1alpha1.ConditionReady):
		unready = first
	case first:
		timeToReady.WithLabelValues(kindOf(c.obj)).Observe(time.Since(c.obj.GetCreationTimestamp().Time).Seconds())
		unready = false
	}
	e.memory.change(c.obj, func(known *memory) { known.unready = unready })
}

// forget drops what is remembered of an object that is gone.
func (t *timing) forget(obj client.Object) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.changed, client.ObjectKeyFromObject(obj))
}

// sourceChanged notes, for the objects that a finder finds, that what they read was changed just
// now.
func (t *timing) sourceChanged(readers finder) finder {
	return func(ctx context.Context, changed client.Object) []types.NamespacedName {
		names := readers(ctx, changed)
		t.mu.Lock()
		defer t.mu.Unlock()
		for _, name := range names {
			t.changed[name] = time.Now()
		}
		return names
	}
}

// takeChange takes the change that a pass is about to carry to MeshAgent; the zero time if there is
// none. A change during the pass is another one.
func (t *timing) takeChange(obj client.Object) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	name := client.ObjectKeyFromObject(obj)
	at := t.changed[name]
	delete(t.changed, name)
	return at
}

// carried ends what takeChange began. A pass that failed leaves the change to the next one, unless
// there is a newer one already. A pass that wrote nothing shows that the change did not matter.
func (t *timing) carried(obj client.Object, at time.Time, wrote bool, err error) {
	if at.IsZero() {
		return
	}
	if err == nil {
		if wrote {
			secretPropagation.WithLabelValues(t.kind).Observe(time.Since(at).Seconds())
		}
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if name := client.ObjectKeyFromObject(obj); t.changed[name].IsZero() {
		t.changed[name] = at
	}
}
