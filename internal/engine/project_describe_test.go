// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	"k8s.io/client-go/tools/events"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// What MeshAgent says about a project is in status. What it does not say is left out, and the
// project is Ready all the same.
func TestAProjectIsDescribed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, simulator.Behavior{})
		project, _, _ := s.check()
		status := project.Status
		if status.Enabled == nil || !*status.Enabled || status.OwnerUserID == "" {
			t.Errorf("enabled %v, owner %q", status.Enabled, status.OwnerUserID)
		}
		if want := (&v1alpha1.ProjectRole{Name: "admin", IsAdmin: new(true), CanCreateRooms: new(true)}); !reflect.DeepEqual(status.Role, want) {
			t.Errorf("role %+v", status.Role)
		}
		if want := (&v1alpha1.ServerDomains{
			Mail: "mail.meshagent.example", Pages: "meshagent.app", Registry: "registry.meshagent.example",
		}); !reflect.DeepEqual(status.Domains, want) {
			t.Errorf("domains %+v", status.Domains)
		}
		for _, path := range []string{"/status", "/role"} {
			s.meshagent.Inject(simulator.Fault{Method: http.MethodGet, Path: path, Status: http.StatusForbidden})
		}
		project, _, _ = s.check()
		mustSay(t, project, "Ready=True Available")
		if status := project.Status; status.Enabled != nil || status.Role != nil || status.Domains == nil {
			t.Errorf("enabled %v, role %v, domains %v", status.Enabled, status.Role, status.Domains)
		}
		s.meshagent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/config", Status: http.StatusServiceUnavailable})
		project, _, _ = s.check()
		mustSay(t, project, "Ready=True Available")
		if project.Status.Domains == nil {
			t.Error("the domains are gone while they cannot be read: so is what is derived from them")
		}
	})
}

// A project that MeshAgent disables stays Ready, and Events tell.
func TestADisabledProjectIsToldOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, simulator.Behavior{})
		recorder := events.NewFakeRecorder(100)
		s.env.Recorder = recorder
		for _, disabled := range []bool{false, true, true, false, false} {
			s.meshagent.Upgrade(simulator.Server{Disabled: disabled})
			project, _, _ := s.check()
			mustSay(t, project, "Ready=True Available")
			if enabled := project.Status.Enabled; enabled == nil || *enabled == disabled {
				t.Errorf("enabled %v, disabled %t", enabled, disabled)
			}
		}
		var told []string
		for len(recorder.Events) > 0 {
			if event := <-recorder.Events; strings.Contains(event, "Project") {
				told = append(told, strings.Join(strings.Fields(event)[:2], " "))
			}
		}
		if want := []string{"Warning ProjectDisabled", "Normal ProjectEnabled"}; !reflect.DeepEqual(told, want) {
			t.Errorf("told %v", told)
		}
	})
}
