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

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrlcontroller "sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller" //nolint:depguard // a test of the engine needs a kind
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// neighbor is the namespace of a second tenant, with a MeshAgent of its own.
const neighbor = "b"

const workers = 16

// tenants is a stage with two tenants, on which a controller of rooms is at work. That of home is
// in trouble; the neighbor must not notice.
type tenants struct {
	*stage
	other *simulator.Simulator
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
}

// byHost sends requests to the MeshAgent that they are for.
type byHost map[string]http.RoundTripper

func (hosts byHost) RoundTrip(r *http.Request) (*http.Response, error) {
	return hosts[r.URL.Hostname()].RoundTrip(r) //nolint:wrapcheck // it stands in for the network
}

func newTenants(t *testing.T, objects ...client.Object) *tenants {
	t.Helper()
	project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: neighbor, Name: v1alpha1.DefaultProject, UID: "neighbor"}}
	project.Spec.APIKeySecretRef.Name, project.Spec.Endpoint = "key", "http://neighbor.example.com"
	project.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonAvailable}}
	key := secret("key", simulator.DevelopmentKey)
	key.Namespace = neighbor
	objects = append(objects, project, key, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: neighbor}})
	w := &tenants{stage: newStage(t, simulator.Behavior{}, objects...), other: simulator.New(simulator.WithLatency(20 * time.Millisecond))}
	w.env.Projects.Options.Transport = byHost{"api.meshagent.com": w.meshagent, "neighbor.example.com": w.other}
	w.start()
	return w
}

// start has the controller of rooms work, as it does in the manager.
func (w *tenants) start() {
	w.Helper()
	c, err := ctrlcontroller.NewTypedUnmanaged("room", ctrlcontroller.TypedOptions[reconcile.Request]{
		Reconciler: controller.Room.Reconciler(w.env), RateLimiter: engine.Backoff(), MaxConcurrentReconciles: workers, SkipNameValidation: new(true),
		NewQueue: engine.Fairly(w.env, &v1alpha1.MeshRoom{}, workers),
	})
	if err != nil {
		w.Fatal(err)
	}
	err = c.Watch(source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
		w.queue = queue
		return nil
	}))
	if err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := c.Start(ctx); err != nil {
			w.Error(err)
		}
	})
	w.Cleanup(func() {
		cancel()
		running.Wait()
		time.Sleep(engine.LongestRequest) //nolint:forbidigo // synctest makes it pass at once
	})
	synctest.Wait()
}

// enqueue adds objects as a watch does.
func (w *tenants) enqueue(priority int, objects ...client.Object) {
	for _, obj := range objects {
		lanes, ok := w.queue.(priorityqueue.PriorityQueue[reconcile.Request])
		if !ok {
			w.Fatalf("%T knows no lanes", w.queue)
		}
		lanes.AddWithOpts(priorityqueue.AddOpts{Priority: &priority}, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(obj)})
	}
}

// apply creates a room, as a user does.
func (w *tenants) apply(room *v1alpha1.MeshRoom) {
	w.Helper()
	if err := w.Create(w.Context(), room); err != nil {
		w.Fatal(err)
	}
	w.enqueue(0, room)
}

// after lets time pass.
func after(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // synctest makes it pass at once
	synctest.Wait()
}

// rooms makes MeshRooms of a namespace.
func manyRooms(namespace string, n int) (all []client.Object) {
	for i := range n {
		all = append(all, roomOfTenant(namespace, fmt.Sprintf("room-%04d", i)))
	}
	return all
}

func roomOfTenant(namespace, name string) *v1alpha1.MeshRoom {
	room := &v1alpha1.MeshRoom{ObjectMeta: named(name), Spec: v1alpha1.MeshRoomSpec{Metadata: team("support")}}
	room.Namespace, room.UID = namespace, room.UID+"-"+room.UID
	return room
}

func (w *tenants) ready(room *v1alpha1.MeshRoom) bool {
	w.Helper()
	if err := w.Get(w.Context(), client.ObjectKeyFromObject(room), room); err != nil {
		w.Fatal(err)
	}
	return usable(room)
}

func usable(room *v1alpha1.MeshRoom) bool {
	return meta.IsStatusConditionTrue(room.Status.Conditions, v1alpha1.ConditionReady) && room.Status.ObservedGeneration == room.Generation
}

// mustServeTheNeighbor walks the neighbor through a creation, an edit, and a change behind the
// operator's back, while home is in trouble.
func (w *tenants) mustServeTheNeighbor(settled *v1alpha1.MeshRoom) {
	w.Helper()
	const soon = 2 * time.Second
	late := roomOfTenant(neighbor, "late")
	w.apply(late)
	after(soon)
	if !w.ready(late) {
		w.Errorf("a new room of the neighbor is not Ready after %s: %v", soon, late.Status.Conditions)
	}
	w.edit(late, func() { late.Spec.Metadata = team("sales") })
	w.enqueue(0, late)
	after(soon)
	if got := w.teamOf(late.Name); got != "sales" {
		w.Errorf("an edit of the neighbor is not in MeshAgent after %s, but %v", soon, got)
	}
	w.other.Edit("rooms", settled.Status.ID, func(doc map[string]any) { doc["metadata"] = map[string]any{"team": "intruder"} })
	after(2 * interval)
	if got := w.teamOf(settled.Name); got != "support" {
		w.Errorf("drift of the neighbor was not corrected within two intervals: %v", got)
	}
}

func (w *tenants) teamOf(name string) any {
	for _, room := range w.other.Documents("rooms") {
		if room["name"] == name {
			metadata, _ := room["metadata"].(map[string]any)
			return metadata["team"]
		}
	}
	return nil
}

// An endpoint that swallows requests, under 300 rooms, is not noticed by another tenant.
func TestABlackHoleIsNotNoticedByOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		settled := roomOfTenant(neighbor, "settled")
		w := newTenants(t, append(manyRooms(home, 300), settled)...)
		w.enqueue(0, append(manyRooms(home, 300), settled)...)
		after(interval)
		if !w.ready(settled) {
			t.Fatal("nothing works before the trouble")
		}
		w.meshagent.Inject(simulator.Fault{Delay: time.Hour})
		after(interval)
		w.mustServeTheNeighbor(settled)
	})
}

// A tenant that applies 600 rooms at 20 requests a second is not noticed by another.
func TestABurstIsNotNoticedByOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		settled, flood := roomOfTenant(neighbor, "settled"), manyRooms(home, 600)
		w := newTenants(t, append(flood, settled)...)
		w.enqueue(0, settled)
		after(interval / 2)
		if !w.ready(settled) {
			t.Fatal("nothing works before the burst")
		}
		w.enqueue(0, flood...)
		after(time.Second)
		w.mustServeTheNeighbor(settled)
	})
}

// While an endpoint does not answer, its objects say so, once, and only probes are sent. When it
// answers, all continue, within the budget.
func TestACircuitOpensAndCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const n = 200
		w := newTenants(t, manyRooms(home, n)...)
		w.enqueue(0, manyRooms(home, n)...)
		after(interval)
		restore := w.meshagent.Inject(simulator.Fault{Delay: time.Hour})
		after(2 * interval)
		w.mustSaySynced(n, v1alpha1.ReasonUnavailable)
		w.meshagent.ResetCalls()
		writes := 0
		w.status = func(client.Object) error { writes++; return nil }
		edited := roomOfTenant(home, "room-0000")
		w.edit(edited, func() { edited.Spec.Metadata = team("sales") })
		w.enqueue(0, edited)
		after(interval)
		if w.ready(edited); edited.Status.ObservedGeneration != edited.Generation {
			t.Error("who edits a room is not told that MeshAgent does not answer")
		}
		if writes != 1 {
			t.Errorf("status was written %d times, not once, for the edit", writes)
		}
		if sent := len(w.meshagent.Calls()); sent < 1 || sent > int(interval/time.Minute)+1 {
			t.Errorf("%d requests were sent while no one answered", sent)
		}
		restore()
		w.meshagent.ResetCalls()
		after(3 * time.Minute)
		w.mustSaySynced(n, v1alpha1.ReasonInSync)
		if sent := len(w.meshagent.Calls()); sent > 20 {
			t.Errorf("%d requests after the outage, although one list is enough for all", sent)
		}
	})
}

// mustSaySynced checks the reason of Synced of all rooms of home.
func (w *tenants) mustSaySynced(n int, reason string) {
	w.Helper()
	var list v1alpha1.MeshRoomList
	if err := w.List(w.Context(), &list, client.InNamespace(home)); err != nil {
		w.Fatal(err)
	}
	found := map[string]int{}
	for _, room := range list.Items {
		if synced := meta.FindStatusCondition(room.Status.Conditions, v1alpha1.ConditionSynced); synced != nil {
			found[synced.Reason+": "+synced.Message]++
			if synced.Reason == reason {
				n--
			}
		}
	}
	if n != 0 {
		w.Errorf("not all say %s: %v", reason, found)
	}
}
