// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// driftOfTenants is the drift interval while tenants are measured.
const driftOfTenants = 20 * time.Second

// tenants measures how much one tenant notices of another tenant's trouble.
func tenants(ctx context.Context, b *bench, out *findings) error {
	err := b.within(ctx, func(w *world) error { return w.besideBlackHole(ctx, out) })
	if err != nil {
		return err
	}
	return b.within(ctx, func(w *world) error { return w.besideBurst(ctx, out) })
}

// besideBlackHole measures one tenant while the endpoint of another tenant with 300 rooms does not
// answer.
func (w *world) besideBlackHole(ctx context.Context, out *findings) error {
	const n = 300
	troubled, err := w.neighbors(ctx, plenty)
	if err != nil {
		return err
	}
	if _, err := w.declare(ctx, n, func(i int) []client.Object { return []client.Object{troubledRoom(i)} }); err != nil {
		return err
	}
	if err := w.awaitReady(ctx); err != nil {
		return err
	}
	restore := troubled.Inject(simulator.Fault{Delay: time.Hour})
	defer restore()
	if err := pause(ctx, driftOfTenants); err != nil { // until the checks of all rooms have reached the dead endpoint
		return err
	}
	return w.besides(ctx, out, fmt.Sprintf("another tenant's endpoint with %d rooms does not answer", n))
}

// besideBurst measures one tenant while another tenant applies 1,500 rooms at 20 requests a second.
func (w *world) besideBurst(ctx context.Context, out *findings) error {
	const n, perSecond = 1500, 20
	troubled, err := w.neighbors(ctx, &v1alpha1.RateLimit{RequestsPerSecond: perSecond, Burst: 2 * perSecond})
	if err != nil {
		return err
	}
	if _, err := w.declare(ctx, n, func(i int) []client.Object { return []client.Object{troubledRoom(i)} }); err != nil {
		return err
	}
	const what = "another tenant applies 1,500 rooms at 20 requests a second"
	if err := w.besides(ctx, out, what); err != nil {
		return err
	}
	left := n - len(troubled.Documents("rooms"))
	out.add(what+": rooms still waiting at the end", float64(left), "").atLeast(1)
	return nil
}

func troubledRoom(i int) *v1alpha1.MeshRoom {
	made := room(fmt.Sprintf("troubled-%05d", i))
	made.Spec.ProjectRef.Name = "troubled"
	return made
}

// neighbors declares two MeshProjects. One of them gets into trouble, and has a MeshAgent of its
// own. The other has a room that is in sync.
func (w *world) neighbors(ctx context.Context, budget *v1alpha1.RateLimit) (*simulator.Simulator, error) {
	troubled := simulator.New(simulator.WithLatency(w.bench.latency))
	server := httptest.NewServer(troubled)
	w.closers = append(w.closers, func() error {
		server.CloseClientConnections()
		server.Close()
		return nil
	})
	if err := w.project(ctx, plenty); err != nil {
		return nil, err
	}
	err := w.Create(ctx, &v1alpha1.MeshProject{ObjectMeta: object("troubled"), Spec: v1alpha1.MeshProjectSpec{
		APIKeySecretRef: v1alpha1.APIKeyReference{Name: "meshagent-api-key"}, Endpoint: server.URL, RateLimit: budget,
	}})
	if err != nil {
		return nil, fmt.Errorf("creating the other MeshProject: %w", err)
	}
	if _, err := w.start(ctx, driftOfTenants); err != nil {
		return nil, err
	}
	_, err = w.one(ctx, w.Client, room("settled"))
	return troubled, err
}

// besides measures new rooms, edits, and corrections of drift in the MeshProject without trouble.
func (w *world) besides(ctx context.Context, out *findings, what string) error {
	const several, soon = 10, 2
	w.mu.Lock()
	settled := w.ids[key(room("settled"))]
	w.mu.Unlock()
	changed := time.Now()
	w.meshagent.Edit("rooms", settled, func(doc map[string]any) {
		if annotations, ok := doc["annotations"].(map[string]any); ok {
			annotations["meshagent.storage.class"] = "intruder"
		}
	})
	var created, edited []time.Duration
	for i := range several {
		one := room(fmt.Sprintf("new-%05d", i))
		took, err := w.one(ctx, w.Client, one)
		if err != nil {
			return err
		}
		created = append(created, took)
		if took, err = w.edit(ctx, one); err != nil {
			return err
		}
		edited = append(edited, took)
	}
	out.seconds(what+": a new room, until Ready, slowest", slices.Max(created)).atMost(soon)
	out.seconds(what+": an edit, until it is in MeshAgent, slowest", slices.Max(edited)).atMost(soon)
	took, err := w.putSince(ctx, room("settled"), changed)
	if err != nil {
		return err
	}
	out.seconds(what+": drift, until it is corrected", took).atMost(2 * driftOfTenants.Seconds())
	return nil
}

// edit changes a room, and returns the time until MeshAgent had the change.
func (w *world) edit(ctx context.Context, obj *v1alpha1.MeshRoom) (time.Duration, error) {
	changed := time.Now()
	patch := client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"annotations":{"meshagent.storage.class":"premium"}}}`))
	if err := w.Patch(ctx, obj, patch); err != nil {
		return 0, fmt.Errorf("changing a room: %w", err)
	}
	return w.putSince(ctx, obj, changed)
}

// putSince waits until a room was written to MeshAgent, and returns the time from a moment until
// then.
func (w *world) putSince(ctx context.Context, obj *v1alpha1.MeshRoom, moment time.Time) (took time.Duration, err error) {
	w.mu.Lock()
	id := w.ids[key(obj)]
	w.mu.Unlock()
	return took, until(ctx, often, obj.GetName()+" is written to MeshAgent", func() (bool, error) {
		for _, call := range w.meshagent.Calls() {
			if call.Method == http.MethodPut && path.Base(call.Path) == id && call.At.After(moment) {
				took = call.At.Sub(moment)
				return true, nil
			}
		}
		return false, nil
	})
}
