// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// Run lets time pass while the operator works.
func (c *Cluster) Run(d time.Duration) {
	c.Helper()
	end := time.Now().Add(d)
	for passes := 0; c.step(end); passes++ {
		if passes > 5000 {
			c.Fatal("the operator does not come to rest")
		}
	}
	pause(time.Until(end))
}

// RunUntil lets the operator work until a condition holds, but not longer than d.
func (c *Cluster) RunUntil(d time.Duration, done func() bool) bool {
	c.Helper()
	for end := time.Now().Add(d); !done(); {
		if !c.step(end) {
			return done()
		}
	}
	return true
}

// step waits for the next due reconciliation, and does it. It returns false if none is due before
// end.
func (c *Cluster) step(end time.Time) bool {
	c.Helper()
	c.wake()
	if c.IsKilled() {
		return false
	}
	next := ""
	for _, key := range slices.Sorted(maps.Keys(c.due)) {
		if at := c.due[key]; !at.After(end) && (next == "" || at.Before(c.due[next])) {
			next = key
		}
	}
	if next == "" {
		return false
	}
	pause(time.Until(c.due[next]))
	c.reconcile(next)
	return true
}

// reconcile does one pass over an object, and records when its controller's queue would do the
// next.
func (c *Cluster) reconcile(key string) {
	c.Helper()
	kind, name, _ := strings.Cut(key, "/")
	delete(c.due, key)
	request := reconcile.Request{NamespacedName: types.NamespacedName{Namespace: Namespace, Name: name}}
	ctx := context.WithValue(c.process.context, reconciled{}, key)
	result, err := c.controllers[kind].passes.Reconcile(ctx, request)
	keyed := reconcile.Request{NamespacedName: types.NamespacedName{Namespace: kind, Name: name}}
	switch {
	case err != nil:
		c.due[key] = time.Now().Add(c.backoff.When(keyed))
	case result.RequeueAfter > 0:
		c.backoff.Forget(keyed)
		c.due[key] = time.Now().Add(result.RequeueAfter)
	default:
		c.backoff.Forget(keyed)
	}
}

// reconcileNow makes an object the next to be reconciled, if it is of a kind of this project.
func (c *Cluster) reconcileNow(key objectKey) {
	if _, ours := c.controllers[key.gvk.Kind]; ours {
		c.due[key.gvk.Kind+"/"+key.name.Name] = time.Now()
	}
}

// wake does what watches do: changed objects are reconciled. If others depend on a changed object,
// all objects are reconciled.
func (c *Cluster) wake() {
	c.Helper()
	dependents := false
	for _, key := range c.server.takeChanged() {
		before, now := c.known[key], observe(c.server.peek(key))
		dependents = dependents || before.toOthers != now.toOthers
		if now.object == nil {
			c.forget(key, before)
			continue
		}
		c.known[key] = now
		if before.toItself != now.toItself {
			c.reconcileNow(key)
		}
	}
	for key, one := range c.known {
		if _, dependent := one.object.(v1alpha1.Object); dependent && dependents {
			c.reconcileNow(key)
		}
	}
	for {
		select {
		case name := <-c.Env.Projects.RequestedChecks():
			c.due["MeshProject/"+name.Name] = time.Now()
		default:
			return
		}
	}
}

// pause lets the fake clock advance.
func pause(d time.Duration) { time.Sleep(d) } //nolint:forbidigo // in a bubble it takes no time
