// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// While the server is exchanged, it finds nothing any more.
func TestNothingIsLostBeforeTheServerIsConfirmed(t *testing.T) {
	t.Parallel()
	for name, deletes := range map[string]bool{"a room": false, "a room whose object is deleted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room := newRoom()
				s := newStage(t, simulator.Behavior{}, room)
				_, _, _ = s.check()
				_, _ = s.pass(room)
				id := room.Status.ID
				s.meshagent.Upgrade(simulator.Server{Version: "0.50.1", KeepsRoutes: true})
				s.meshagent.Remove("rooms", id)
				if deletes {
					s.delete(room)
				}
				later()
				if _, err := s.pass(room); err == nil {
					t.Error("it is not tried again")
				}
				if s.gone(room) || room.Status.ID != id {
					t.Fatal("it is believed to be lost")
				}
				s.mustHold("rooms", 0)
				select {
				case name := <-s.env.Projects.RequestedChecks():
					if name != projectName {
						t.Errorf("%v is checked", name)
					}
				default:
					t.Error("the MeshProject is not checked")
				}
				_, _, _ = s.check()
				_, _ = s.pass(room)
				if s.gone(room) != deletes {
					t.Errorf("gone: %t", !deletes)
				}
				s.mustHold("rooms", map[bool]int{true: 0, false: 1}[deletes])
			})
		})
	}
}

// Many that are lost at once ask the server once.
func TestTheConfirmationIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var objects []client.Object
		var all []*v1alpha1.MeshRoom
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			room := newRoom()
			room.ObjectMeta = named(name)
			all, objects = append(all, room), append(objects, room)
		}
		s := newStage(t, simulator.Behavior{}, objects...)
		_, _, _ = s.check()
		for _, room := range all {
			_, _ = s.pass(room)
			s.meshagent.Remove("rooms", room.Status.ID)
		}
		later()
		s.meshagent.ResetCalls()
		for _, room := range all {
			_, _ = s.pass(room)
			s.mustSay(room, "Ready=True Available")
		}
		s.mustHold("rooms", len(all))
		if asked := strings.Count(s.requests(), "GET /config"); asked != 1 {
			t.Errorf("the server was asked %d times", asked)
		}
	})
}

// The server is exchanged, and all objects are refused at once: one check is enough.
func TestAnUpgradeIsNoticedByTheFirstRefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := newMeshSecret(), newMeshSecret()
		b.ObjectMeta = named("other")
		s := newStage(t, simulator.Behavior{}, a, b, secret("values", "v"))
		_, _, _ = s.check()
		_, _ = s.pass(a)
		_, _ = s.pass(b)
		s.meshagent.Upgrade(simulator.Server{Version: "0.50.1"})
		later()
		for range 3 {
			for _, obj := range []*v1alpha1.MeshSecret{a, b} {
				if _, err := s.pass(obj); err == nil {
					t.Error("it is not tried again")
				}
				s.mustSay(obj, "Ready=True Available")
			}
		}
		if checks := len(s.env.Projects.RequestedChecks()); checks != 1 {
			t.Errorf("%d checks of the MeshProject", checks)
		}
		_, _, _ = s.check()
		_, _ = s.pass(a)
		s.mustSay(a, "Stalled=True Unsupported")
		s.mustHold("secrets", 2)
	})
}
