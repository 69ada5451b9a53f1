// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"errors"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// What users change comes first, then what failed, then what a start lists, then checks for drift.
func TestLanes(t *testing.T) {
	t.Parallel()
	if lanes := []int{0, projects.RetryPriority, handler.LowPriority, projects.DriftPriority}; !slices.IsSortedFunc(lanes, func(a, b int) int { return b - a }) || len(slices.Compact(lanes)) != 4 {
		t.Errorf("got %v", lanes)
	}
	env := &Environment{DriftInterval: 10 * time.Minute}
	for name, test := range map[string]struct {
		outcome  outcome
		err      error
		priority int
		least    time.Duration
		most     time.Duration
	}{
		"in sync":     {priority: projects.DriftPriority, least: 9 * time.Minute, most: 11 * time.Minute},
		"not ready":   {outcome: outcome{notReady: "x"}, priority: projects.RetryPriority, least: time.Second, most: 10 * time.Second},
		"waiting":     {err: verdict.WaitFor(v1alpha1.ReasonSecretNotFound, "x"), priority: projects.DriftPriority, least: 9 * time.Minute, most: 11 * time.Minute},
		"refused":     {err: verdict.Invalid("x"), priority: projects.DriftPriority, least: 9 * time.Minute, most: 11 * time.Minute},
		"unavailable": {err: errors.New("x"), priority: projects.RetryPriority},
		"listed just now, so that the next list is shared": {
			outcome: outcome{listed: time.Now().Add(-time.Minute)}, priority: projects.DriftPriority, least: 7 * time.Minute, most: 10*time.Minute + time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !test.outcome.listed.IsZero() {
				test.outcome.listed = time.Now().Add(-time.Minute) // other tests may have run since
			}
			var v verdict.Verdict
			if test.err != nil {
				v = verdict.Of(test.err)
			}
			result, err := env.answer(conclusion{status: &v1alpha1.ObjectStatus{}, outcome: test.outcome}, v, test.err)
			if result.Priority == nil || *result.Priority != test.priority {
				t.Errorf("got priority %v, want %d", result.Priority, test.priority)
			}
			if result.RequeueAfter < test.least || result.RequeueAfter > test.most {
				t.Errorf("comes back after %s, want between %s and %s", result.RequeueAfter, test.least, test.most)
			}
			if (err != nil) != (test.least == 0) {
				t.Errorf("got error %v", err)
			}
		})
	}
}

// Who created or changed an object while no manager was running does not wait until it has looked
// at all others.
func TestDoneMeanwhile(t *testing.T) {
	t.Parallel()
	looked := func(name string, change func(*v1alpha1.MeshRoom)) *v1alpha1.MeshRoom {
		room := &v1alpha1.MeshRoom{ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 2}}
		room.Status.ObservedGeneration = 2
		change(room)
		return room
	}
	queue := priorityqueue.New[reconcile.Request](t.Name())
	defer queue.ShutDown()
	for _, room := range []*v1alpha1.MeshRoom{
		looked("in order", func(*v1alpha1.MeshRoom) {}),
		looked("new", func(room *v1alpha1.MeshRoom) { room.Status.ObservedGeneration = -1 }),
		looked("changed", func(room *v1alpha1.MeshRoom) { room.Generation = 3 }),
		looked("deleted", func(room *v1alpha1.MeshRoom) { room.DeletionTimestamp = new(metav1.Now()) }),
		looked("asked for", func(room *v1alpha1.MeshRoom) {
			room.Annotations = map[string]string{v1alpha1.ReconcileRequestedAtAnnotation: "now"}
		}),
	} {
		listed := event.CreateEvent{Object: room, IsInInitialList: true}
		(&handler.EnqueueRequestForObject{}).Create(t.Context(), listed, queue)
		doneMeanwhile().Create(t.Context(), listed, queue)
	}
	for _, want := range []struct {
		name     string
		priority int
	}{{"new", 0}, {"changed", 0}, {"deleted", 0}, {"asked for", 0}, {"in order", handler.LowPriority}} {
		got, priority, _ := queue.GetWithPriority()
		if got.NamespacedName != (types.NamespacedName{Name: want.name}) || priority != want.priority {
			t.Errorf("got %s with priority %d, want %s with %d", got.Name, priority, want.name, want.priority)
		}
		queue.Done(got)
	}
}
