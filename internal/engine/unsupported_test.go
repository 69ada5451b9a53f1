// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/tools/events"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// mustAsk checks the requests since the last time.
func (s *stage) mustAsk(want string) {
	s.Helper()
	if got := s.requests(); got != want {
		s.Errorf("it asked %q instead of %q", got, want)
	}
	s.meshagent.ResetCalls()
}

// events are those that were sent since the last time.
func (s *stage) events() (all []string) {
	recorder, _ := s.env.Recorder.(*events.FakeRecorder)
	for {
		select {
		case event := <-recorder.Events:
			all = append(all, event)
		default:
			return all
		}
	}
}

func newRoomSecret() *v1alpha1.MeshSecret {
	made := newMeshSecret()
	made.Spec.RoomRef = &v1alpha1.ResourceReference{Name: "support"}
	return made
}

func later() { time.Sleep(interval + time.Minute) } //nolint:forbidigo // the clock is a fake one

// The server is exchanged for one that no longer has the routes of 0.44, and back.
func TestAServerThatIsNotSupported(t *testing.T) {
	t.Parallel()
	for _, gone := range []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented} {
		synctest.Test(t, func(t *testing.T) {
			room, feed, roomSecret, service := newRoom(), newFeed(), newRoomSecret(), newRoomService()
			objects := []v1alpha1.Object{room, feed, roomSecret, service}
			s := newStage(t, simulator.Behavior{}, room, feed, roomSecret, service, secret("values", "v"))
			s.env.Recorder = events.NewFakeRecorder(100)
			project, _, _ := s.check()
			mustSay(t, project, "APICompatible=True Supported")
			s.mustAsk("GET P, GET /config, GET P/role, GET P/status")
			for _, obj := range objects {
				_, _ = s.pass(obj)
				s.mustSay(obj, "Ready=True Available")
			}
			s.meshagent.Upgrade(simulator.Server{Version: "0.50.1", Gone: gone})
			s.meshagent.ResetCalls()
			project, result, err := s.check()
			s.mustAsk("GET P, GET /config, GET P/role, GET /accounts/whoami")
			mustSay(t, project, "APICompatible=False UnsupportedAPI", "Ready=False UnsupportedAPI", "Stalled=True UnsupportedAPI")
			if project.Status.APIVersion != "0.50.1" || project.Status.APIGeneration != "0.45" {
				t.Errorf("version %q, generation %q", project.Status.APIVersion, project.Status.APIGeneration)
			}
			if err != nil || result.RequeueAfter > 2*time.Minute {
				t.Errorf("it is looked at again after %v, %v", result.RequeueAfter, err)
			}

			// A restart asks nothing, nor does any object.
			s.restart()
			s.env.Recorder = events.NewFakeRecorder(100)
			later()
			for _, obj := range objects {
				if _, err := s.pass(obj); err != nil {
					t.Error(err)
				}
				for _, want := range []string{"Ready=True Available", "Synced=False Unsupported", "Stalled=True Unsupported"} {
					s.mustSay(obj, want)
				}
			}
			if said := messageOf(roomSecret); !strings.Contains(said, "room secrets") || !strings.Contains(said, "0.50.1") {
				t.Errorf("it says %q", said)
			}
			late := newFeed()
			late.Name, late.UID = "late", "late-uid"
			if err := s.Create(t.Context(), late); err != nil {
				t.Fatal(err)
			}
			_, _ = s.pass(late)
			s.mustSay(late, "Ready=False Unsupported")
			if len(late.Finalizers) > 0 {
				t.Error("it has a finalizer, and nothing to finalize")
			}
			s.events()
			id := room.Status.ID
			s.delete(room)
			_, _ = s.pass(room)
			if !s.gone(room) {
				t.Error("the room's object is not gone")
			}
			if all := s.events(); !slices.ContainsFunc(all, func(event string) bool {
				return strings.HasPrefix(event, "Warning Left ") && strings.Contains(event, "MeshRoom "+home+"/support") && strings.Contains(event, id)
			}) {
				t.Errorf("no event says what is left: %q", all)
			}
			s.mustAsk("")
			s.mustHold("rooms", 1)

			// Back.
			s.meshagent.Upgrade(simulator.Server{})
			project, _, _ = s.check()
			s.mustAsk("GET P, GET /config, GET P/role, GET P/status")
			mustSay(t, project, "APICompatible=True Supported", "Ready=True Available")
			for _, obj := range []v1alpha1.Object{feed, late} {
				_, _ = s.pass(obj)
				s.mustSay(obj, "Synced=True InSync")
			}
		})
	}
}

func messageOf(obj v1alpha1.Object) string {
	for _, c := range obj.CommonStatus().Conditions {
		if c.Type == v1alpha1.ConditionSynced {
			return c.Message
		}
	}
	return ""
}

func TestANewerServerWithTheOldRoutesIsUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		s.meshagent.Upgrade(simulator.Server{Version: "0.50.1", KeepsRoutes: true})
		project, _, _ := s.check()
		s.mustAsk("GET P, GET /config, GET P/role, GET P/status")
		mustSay(t, project, "APICompatible=True NewerThanTested", "Ready=True Available")
		if project.Status.APIGeneration != "0.44" {
			t.Errorf("generation %q", project.Status.APIGeneration)
		}
		_, _ = s.pass(room)
		s.mustSay(room, "Ready=True Available")
	})
}

// Whatever one of the questions is answered, in place of its answer, the project and its objects
// stay as they are.
func TestADoubtfulUpgradeChangesNothing(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/config$", "/role$", "/whoami$"} {
		for name, fault := range map[string]simulator.Fault{
			"401": {Status: http.StatusUnauthorized}, "403": {Status: http.StatusForbidden}, "503": {Status: http.StatusServiceUnavailable}, "a page": noWay,
			"a black hole": {Drop: simulator.DropBefore, Delay: time.Hour},
		} {
			t.Run(path+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newStage(t, simulator.Behavior{})
					_, _, _ = s.check()
					s.meshagent.Upgrade(simulator.Server{Version: "0.50.1"})
					fault.Path = path
					restore := s.meshagent.Inject(fault)
					project, _, _ := s.check()
					mustSay(t, project, "APICompatible=True Supported", "Ready=True Available")
					if project.Status.APIVersion != simulator.DefaultVersion {
						t.Errorf("version %q", project.Status.APIVersion)
					}
					restore()
					for range 2 { // the first may find the circuit open, and has the server probed
						later()
						project, _, _ = s.check()
					}
					mustSay(t, project, "APICompatible=False UnsupportedAPI")
				})
			})
		}
	}
}

// A newer server that is used as one of 0.44 has lost a collection. On one of 0.44 the same answer
// is a fault that will pass.
func TestACollectionThatTheServerDoesNotHave(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone} {
		for version, unsupported := range map[string]bool{"0.50.1": true, simulator.DefaultVersion: false} {
			synctest.Test(t, func(t *testing.T) {
				room, obj := newRoom(), newMeshSecret()
				s := newStage(t, simulator.Behavior{}, room, obj, secret("values", "v"))
				s.meshagent.Upgrade(simulator.Server{Version: version, KeepsRoutes: true})
				_, _, _ = s.check()
				_, _ = s.pass(obj)
				s.env.Recorder = events.NewFakeRecorder(100)
				s.meshagent.Inject(simulator.Fault{Path: "/secrets", Status: status, Body: "no such route"})
				later()
				_, err := s.pass(obj)
				_, _ = s.pass(room)
				s.mustSay(room, "Ready=True Available") // only its own kind
				if unsupported {
					s.mustSay(obj, "Ready=True Available")
					s.mustSay(obj, "Stalled=True Unsupported")
					s.meshagent.ResetCalls()
					_, _ = s.pass(obj)
					s.mustAsk("")
				} else if status == http.StatusNotFound && err == nil {
					t.Error("it is not tried again")
				}
				s.delete(obj)
				_, _ = s.pass(obj)
				if s.gone(obj) != unsupported {
					t.Fatalf("%s, %d: gone: %t", version, status, !unsupported)
				}
				if left := slices.ContainsFunc(s.events(), func(event string) bool { return strings.HasPrefix(event, "Warning Left ") }); left != unsupported {
					t.Errorf("%s, %d: left: %t", version, status, left)
				}
				s.mustHold("secrets", 1)
			})
		}
	}
}
