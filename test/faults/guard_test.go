// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// So many rooms are in a MeshProject that allows so many deletions an hour.
const guardedRooms, guardedMost = 5, 2

// An operator that is killed at any moment of many deletions never deletes more than allowed, and
// deletes all in the end.
func TestAKilledOperatorKeepsTheDeletionGuard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kills := 0
		for deletesGuarded(t, kills) {
			kills++
		}
		t.Logf("%d moments", kills)
		if least := 4 * guardedMost; kills < least { // each is counted and deleted, and before and after that
			t.Errorf("%d moments, not %d", kills, least)
		}
	})
}

// deletesGuarded deletes all rooms under an operator that is killed after so many moments. It
// returns whether there were as many.
func deletesGuarded(t *testing.T, moments int) (killed bool) {
	t.Helper()
	h := newCluster(t, simulator.Behavior{})
	project := memory.Project()
	h.Patch(project, fmt.Sprintf(`{"spec": {"deletionGuard": {"maxPerHour": %d}}}`, guardedMost))
	rooms := make([]*v1alpha1.MeshRoom, guardedRooms)
	for i := range rooms {
		rooms[i] = &v1alpha1.MeshRoom{ObjectMeta: named(fmt.Sprint("room-", i))}
		h.Apply(rooms[i])
	}
	h.Run(time.Minute)
	h.Kill()
	for _, room := range rooms {
		h.Delete(room)
	}
	h.MeshAgent.ResetCalls()
	left := moments
	h.RestartWatched(func(memory.Moment) {
		if left--; left == -1 {
			h.Kill()
		}
	})
	h.Run(10 * time.Minute)
	killed = h.IsKilled()
	h.Restart()
	h.Run(10 * time.Minute)

	done := guardedRooms - len(h.MeshAgent.Documents("rooms"))
	if counted := h.countedDeletions(); counted != guardedMost || done > counted {
		t.Errorf("killed at moment %d: %d deletions are counted, and %d were made", moments, counted, done)
	}
	held := 0
	for _, room := range rooms {
		if !h.IsGone(room) && h.Condition(room, v1alpha1.ConditionSynced) == "Synced=False DeletionHeld" {
			held++
		}
	}
	if held != guardedRooms-done {
		t.Errorf("killed at moment %d: %d rooms are held, of %d", moments, held, guardedRooms-done)
	}
	h.Run(guardedRooms * time.Hour)
	if left := h.MeshAgent.Documents("rooms"); len(left) > 0 {
		t.Errorf("killed at moment %d: %d rooms are left", moments, len(left))
	}
	h.checkDeletionsPerHour(guardedMost)
	return killed
}

// countedDeletions is how many deletions the MeshProject's status counts.
func (h *cluster) countedDeletions() (total int) {
	h.Helper()
	project := memory.Project()
	if err := h.Client.Get(h.Context(), client.ObjectKeyFromObject(project), project); err != nil {
		h.Fatal(err)
	}
	for _, one := range project.Status.Deletions {
		total += int(one.Count)
	}
	return total
}

// checkDeletionsPerHour checks that no 60 minutes saw more deletions than allowed.
func (h *cluster) checkDeletionsPerHour(most int) {
	h.Helper()
	var times []time.Time
	for _, call := range h.MeshAgent.Calls() {
		if call.Method == http.MethodDelete && call.Status < http.StatusMultipleChoices {
			times = append(times, call.At)
		}
	}
	for i := most; i < len(times); i++ {
		if apart := times[i].Sub(times[i-most]); apart <= time.Hour {
			h.Errorf("%d deletions within %s", most+1, apart)
		}
	}
}
