// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

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

// run lets time pass, and the operator work.
func (h *harness) run(d time.Duration) {
	h.Helper()
	end := time.Now().Add(d)
	for passes := 0; h.step(end); passes++ {
		if passes > 5000 {
			h.Fatal("the operator does not come to rest")
		}
	}
	time.Sleep(time.Until(end)) //nolint:forbidigo // the clock is a fake one
}

// runUntil lets the operator work until something is true, or for a time at most.
func (h *harness) runUntil(d time.Duration, done func() bool) bool {
	h.Helper()
	for end := time.Now().Add(d); !done(); {
		if !h.step(end) {
			return done()
		}
	}
	return true
}

// step waits for the next pass that is due, and makes it; false if none is before a time.
func (h *harness) step(end time.Time) bool {
	h.Helper()
	h.wake()
	next := ""
	for _, key := range slices.Sorted(maps.Keys(h.due)) {
		if at := h.due[key]; !at.After(end) && (next == "" || at.Before(h.due[next])) {
			next = key
		}
	}
	if next == "" {
		return false
	}
	time.Sleep(time.Until(h.due[next])) //nolint:forbidigo // the clock is a fake one
	h.pass(next)
	return true
}

// pass makes one pass over an object.
func (h *harness) pass(key string) {
	h.Helper()
	kind, name, _ := strings.Cut(key, "/")
	delete(h.due, key)
	request := reconcile.Request{NamespacedName: types.NamespacedName{Namespace: home, Name: name}}
	result, err := h.reconcilers[kind].Reconcile(h.Context(), request)
	keyed := reconcile.Request{NamespacedName: types.NamespacedName{Namespace: kind, Name: name}}
	switch {
	case err != nil:
		h.due[key] = time.Now().Add(h.backoff.When(keyed))
	case result.RequeueAfter > 0:
		h.backoff.Forget(keyed)
		h.due[key] = time.Now().Add(result.RequeueAfter)
	default:
		h.backoff.Forget(keyed)
	}
}

// wake does what watches do: what a user changed is looked at, and so is all else when something
// that others depend on changed.
func (h *harness) wake() {
	h.Helper()
	if !h.dirty {
		return
	}
	h.dirty = false
	others := ""
	for _, key := range slices.Sorted(maps.Keys(h.objects)) {
		obj := h.objects[key]
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(obj), obj); client.IgnoreNotFound(err) != nil {
			h.Fatal(err)
		} else if err != nil {
			delete(h.objects, key)
			delete(h.due, key)
			delete(h.seen, key)
			continue
		}
		seen := fmt.Sprint(obj.GetUID(), obj.GetGeneration(), obj.GetDeletionTimestamp(), obj.GetAnnotations(), obj.GetLabels())
		if h.seen[key] != seen {
			h.seen[key] = seen
			h.due[key] = time.Now()
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
	if err := h.List(h.Context(), &secrets); err != nil {
		h.Fatal(err)
	}
	for _, one := range secrets.Items {
		others += one.Name + one.ResourceVersion
	}
	if others != h.others {
		h.others = others
		for key, obj := range h.objects {
			if _, isProject := obj.(*v1alpha1.MeshProject); !isProject {
				h.due[key] = time.Now()
			}
		}
	}
}
