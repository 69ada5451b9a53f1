// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrlcontroller "sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller" //nolint:depguard // a test of the engine needs a kind
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

const (
	interval  = 10 * time.Minute
	perSecond = 20
	burst     = 40
	rooms     = 150
)

// An outage of ten minutes, by a clock that costs no time: no storm during it or after it, and all
// is well within two intervals.
func TestOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := runningRooms(t)
		time.Sleep(3 * interval) //nolint:forbidigo // synctest makes it pass at once
		w.mustBeSynced(t, rooms)

		w.meshagent.ResetCalls()
		mend := w.meshagent.Inject(simulator.Fault{Status: http.StatusServiceUnavailable})
		time.Sleep(10 * time.Minute) //nolint:forbidigo // as above
		synced, ready := w.count(t)
		if synced > rooms/5 || ready != rooms { // some are compared once in 11 minutes
			t.Errorf("in the outage %d rooms are Synced and %d Ready, of %d", synced, ready, rooms)
		}
		during := len(w.meshagent.Calls())
		for _, room := range w.meshagent.Documents("rooms") {
			w.meshagent.Edit("rooms", fmt.Sprint(room["id"]), func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "other"} })
		}
		mend()
		time.Sleep(2 * interval) //nolint:forbidigo // as above
		w.mustBeSynced(t, rooms)
		for _, room := range w.meshagent.Documents("rooms") {
			if team := room["metadata"].(map[string]any)["team"]; team != "support" {
				t.Fatalf("room %v was not corrected: %v", room["name"], room["metadata"])
			}
		}
		most := 0
		calls := w.meshagent.Calls()
		for first, last := 0, 0; last < len(calls); last++ {
			for calls[last].At.Sub(calls[first].At) >= time.Second {
				first++
			}
			most = max(most, last-first+1)
		}
		if most > perSecond+burst {
			t.Errorf("%d requests within a second", most)
		}
		t.Logf("%d rooms: %d requests in the outage, %d after it, at most %d within a second", rooms, during, len(calls)-during, most)
		// Each room is tried about ten times in ten minutes, and all that are tried together share
		// a list.
		if during > 12*rooms {
			t.Errorf("%d requests in the outage", during)
		}
		// Each is found changed by the shared list, read, and written.
		if after := len(calls) - during; after > 3*rooms {
			t.Errorf("%d requests after the outage", after)
		}
	})
}

// A 429 that does not say how long to wait stops all that share the credential for ten seconds.
// Then all continues.
func TestPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := runningRooms(t)
		time.Sleep(3 * interval) //nolint:forbidigo // synctest makes it pass at once
		w.mustBeSynced(t, rooms)

		w.meshagent.ResetCalls()
		w.meshagent.Inject(simulator.Fault{Status: http.StatusTooManyRequests, Times: 1})
		time.Sleep(2 * interval) //nolint:forbidigo // as above
		w.mustBeSynced(t, rooms)
		calls := w.meshagent.Calls()
		if len(calls) < 2 || calls[0].Status != http.StatusTooManyRequests {
			t.Fatalf("no 429 was followed by another call: %v", calls)
		}
		if pause := calls[1].At.Sub(calls[0].At); pause < 10*time.Second || pause > time.Minute {
			t.Errorf("the next call came after %s", pause)
		}
	})
}

// runningRooms is a stage on which a controller of many rooms is at work.
func runningRooms(t *testing.T) *stage {
	t.Helper()
	var objects []client.Object
	var names []reconcile.Request
	for i := range rooms {
		room := &v1alpha1.MeshRoom{ObjectMeta: named(fmt.Sprintf("room-%03d", i)), Spec: v1alpha1.MeshRoomSpec{Metadata: team("support")}}
		room.Status.ObservedGeneration = -1
		objects = append(objects, room)
		names = append(names, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(room)})
	}
	w := newStage(t, simulator.Behavior{}, objects...)
	project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject}}
	w.edit(project, func() { project.Spec.RateLimit = &v1alpha1.RateLimit{RequestsPerSecond: perSecond, Burst: burst} })
	c, err := ctrlcontroller.NewTypedUnmanaged("room", ctrlcontroller.TypedOptions[reconcile.Request]{
		Reconciler: controller.Room.Reconciler(w.env), RateLimiter: engine.Backoff(), MaxConcurrentReconciles: 16, SkipNameValidation: new(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	all := source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
		for _, name := range names {
			queue.Add(name)
		}
		return nil
	})
	if err := c.Watch(all); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := c.Start(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return w
}

// count tells how many rooms are Synced, and how many Ready.
func (s *stage) count(t *testing.T) (synced, ready int) {
	t.Helper()
	var list v1alpha1.MeshRoomList
	if err := s.List(t.Context(), &list); err != nil {
		t.Fatal(err)
	}
	for _, room := range list.Items {
		if meta.IsStatusConditionTrue(room.Status.Conditions, v1alpha1.ConditionSynced) {
			synced++
		}
		if meta.IsStatusConditionTrue(room.Status.Conditions, v1alpha1.ConditionReady) {
			ready++
		}
	}
	return synced, ready
}

func (s *stage) mustBeSynced(t *testing.T, want int) {
	t.Helper()
	if synced, ready := s.count(t); synced != want || ready != want {
		t.Fatalf("%d rooms are Synced and %d Ready, of %d", synced, ready, want)
	}
}
