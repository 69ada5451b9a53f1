// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A creation is uncertain, and someone makes another secret of that name. The object looks on for a
// while, and is then to enforce again.
func TestObservingIsNoAdoption(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		obj := newMeshSecret()
		s := newStage(t, simulator.Behavior{}, obj, secret("values", "v"))
		s.meshagent.Inject(simulator.Fault{Method: http.MethodPost, Drop: simulator.DropBefore, Times: 1})
		s.once(obj)
		if obj.Status.PendingCreate == nil {
			t.Fatal("the creation is not uncertain")
		}
		id := s.meshagent.Add("secrets", map[string]any{"name": "openai", "type": "keys", "data_base64": "eyJtaW5lIjoieCJ9"})
		s.edit(obj, func() { obj.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
		wait(time.Minute)
		_, _ = s.pass(obj)
		s.mustSay(obj, "Synced=False Drifted")
		s.edit(obj, func() { obj.Spec.ReconcilePolicy = v1alpha1.ReconcileEnforce })
		wait(time.Minute)
		_, _ = s.pass(obj)
		if got := s.meshagent.Documents("secrets")[0]; fmt.Sprint(got["id"]) != id || fmt.Sprint(got["data_base64"]) != "eyJtaW5lIjoieCJ9" {
			t.Errorf("a secret that another user made was overwritten: %v", got)
		}
		s.mustSay(obj, "Synced=False AlreadyExists")
	})
}

// A grant is made on a server that keeps it in another form. Before the operator looks, it learns
// to observe only.
func TestNothingIsWrittenWhileObserving(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room, grant := newRoom(), newUserGrant()
		grant.Spec.Permissions.Queues.Receive = []string{}
		s := newStage(t, simulator.Behavior{Normalize: simulator.AllNormalizations}, room, grant)
		_, _ = s.pass(room)
		s.once(grant)
		s.mustHold("room-grants", 1)
		s.edit(grant, func() { grant.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
		s.meshagent.ResetCalls()
		_, _ = s.pass(grant)
		for _, call := range s.meshagent.Calls() {
			if call.Method != http.MethodGet {
				t.Errorf("%s %s", call.Method, call.Path)
			}
		}
	})
}
