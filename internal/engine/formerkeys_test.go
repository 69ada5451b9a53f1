// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// room is how many MiB lists can still take.
func listMemory(t *testing.T) (mib int) {
	t.Helper()
	row := struct{ Text string }{strings.Repeat("x", 1<<20)}
	for range 40 {
		holding := meshagent.NewHolding("probe")
		defer holding.Release()
		for holding.Add(row) == nil {
			mib++
		}
	}
	return mib
}

// The API key is exchanged. What was listed with the old one no longer counts.
func TestListsOfFormerKeysTakeNoMemory(t *testing.T) {
	before := 0
	after := 0
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		for i := range 6 {
			s.meshagent.Add("rooms", map[string]any{"name": fmt.Sprint("large-", i), "metadata": map[string]any{"text": strings.Repeat("x", 4<<20)}, "annotations": map[string]any{}})
		}
		before = listMemory(t)
		_, _ = s.pass(room)
		later()
		_, _ = s.pass(room) // lists
		for i := range 2 {
			key := strings.Replace(simulator.DevelopmentKey, "ma-D", "ma-"+string(rune('E'+i)), 1)
			if err := s.meshagent.AddAPIKey(key); err != nil {
				t.Fatal(err)
			}
			held := &corev1.Secret{}
			held.Namespace, held.Name = home, "key"
			s.edit(held, func() { held.Data[v1alpha1.DefaultAPIKeyKey] = []byte(key) })
			later()
			_, _ = s.pass(room)
			later()
			_, _ = s.pass(room)
		}
		held := &corev1.Secret{}
		held.Namespace, held.Name = home, "key"
		if err := s.Delete(t.Context(), room); err != nil {
			t.Fatal(err)
		}
		_, _ = s.pass(room)
		later()
		later()
		after = listMemory(t)
	})
	if after < before-30 {
		t.Errorf("%d MiB of %d are left, and one list of 24 MiB is in use", after, before)
	}
}

// The key is exchanged while a creation is uncertain that was carried out.
func TestAnotherKeyDoesNotMakeItSomebodyElses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		obj := newMeshSecret()
		s := newStage(t, simulator.Behavior{}, obj, secret("values", "v"))
		s.meshagent.Inject(simulator.Fault{Method: http.MethodPost, Drop: simulator.DropAfter, Times: 1})
		s.once(obj)
		s.mustHold("secrets", 1)
		key := strings.Replace(simulator.DevelopmentKey, "ma-D", "ma-E", 1)
		if err := s.meshagent.AddAPIKey(key); err != nil {
			t.Fatal(err)
		}
		held := &corev1.Secret{}
		held.Namespace, held.Name = home, "key"
		s.edit(held, func() { held.Data[v1alpha1.DefaultAPIKeyKey] = []byte(key) })
		wait(time.Minute)
		_, _ = s.pass(obj)
		s.mustSay(obj, "Synced=True InSync")
		s.delete(obj)
		_, _ = s.pass(obj)
		s.mustHold("secrets", 0)
	})
}
