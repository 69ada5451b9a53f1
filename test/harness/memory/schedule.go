// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
)

// Run lets time pass, and the operator work.
func (c *Cluster) Run(d time.Duration) {
	c.Helper()
	end := time.Now().Add(d)
	for passes := 0; c.step(end); passes++ {
		if passes > 5000 {
			c.Fatal("the operator does not come to rest")
		}
	}
	time.Sleep(time.Until(end)) //nolint:forbidigo // the clock is a fake one
}

// RunUntil lets the operator work until something is true, or for a time at most.
func (c *Cluster) RunUntil(d time.Duration, done func() bool) bool {
	c.Helper()
	for end := time.Now().Add(d); !done(); {
		if !c.step(end) {
			return done()
		}
	}
	return true
}

// step waits for the next pass that is due, and makes it; false if none is before a time.
func (c *Cluster) step(end time.Time) bool {
	c.Helper()
	c.wake()
	next := ""
	for _, key := range slices.Sorted(maps.Keys(c.due)) {
		if at := c.due[key]; !at.After(end) && (next == "" || at.Before(c.due[next])) {
			next = key
		}
	}
	if next == "" {
		return false
	}
	time.Sleep(time.Until(c.due[next])) //nolint:forbidigo // the clock is a fake one
	c.pass(next)
	return true
}

// pass makes one pass over an object.
func (c *Cluster) pass(key string) {
	c.Helper()
	kind, name, _ := strings.Cut(key, "/")
	delete(c.due, key)
	request := reconcile.Request{NamespacedName: types.NamespacedName{Namespace: Namespace, Name: name}}
	result, err := c.reconcilers[kind].Reconcile(c.Context(), request)
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

// wake does what watches do: what a user changed is looked at, and so is all else when something
// that others depend on changed.
func (c *Cluster) wake() {
	c.Helper()
	if !c.dirty {
		return
	}
	c.dirty = false
	others := ""
	for _, key := range slices.Sorted(maps.Keys(c.objects)) {
		obj := c.objects[key]
		if err := c.Client.Get(c.Context(), client.ObjectKeyFromObject(obj), obj); client.IgnoreNotFound(err) != nil {
			c.Fatal(err)
		} else if err != nil {
			delete(c.objects, key)
			delete(c.due, key)
			delete(c.seen, key)
			continue
		}
		seen := fmt.Sprint(obj.GetUID(), obj.GetGeneration(), obj.GetDeletionTimestamp(), obj.GetAnnotations(), obj.GetLabels())
		if c.seen[key] != seen {
			c.seen[key] = seen
			c.due[key] = time.Now()
		}
		others += fmt.Sprint(obj.GetUID(), obj.GetDeletionTimestamp())
		if own, ok := obj.(engine.Object); ok {
			status := own.CommonStatus()
			others += fmt.Sprint(status.ID, status.Name, meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady))
		} else if project, ok := obj.(*v1alpha1.MeshProject); ok {
			others += fmt.Sprint(meta.IsStatusConditionTrue(project.Status.Conditions, v1alpha1.ConditionReady))
		}
	}
	var secrets corev1.SecretList
	if err := c.Client.List(c.Context(), &secrets); err != nil {
		c.Fatal(err)
	}
	for _, one := range secrets.Items {
		others += one.Name + one.ResourceVersion
	}
	if others != c.others {
		c.others = others
		for key, obj := range c.objects {
			if _, isProject := obj.(*v1alpha1.MeshProject); !isProject {
				c.due[key] = time.Now()
			}
		}
	}
}
