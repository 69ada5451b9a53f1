// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var projectName = client.ObjectKey{Namespace: home, Name: v1alpha1.DefaultProject}

// check makes one check of the MeshProject, and reads what is there afterwards.
func (s *stage) check() (project *v1alpha1.MeshProject, result reconcile.Result, err error) {
	s.Helper()
	result, err = engine.Project{}.Reconciler(s.env).Reconcile(s.Context(), reconcile.Request{NamespacedName: projectName})
	project = &v1alpha1.MeshProject{}
	if err := s.Get(s.Context(), projectName, project); err != nil {
		s.Fatal(err)
	}
	return project, result, err
}

// said lists conditions: "Ready=True Available".
func said(project *v1alpha1.MeshProject) (all []string) {
	for _, c := range project.Status.Conditions {
		all = append(all, fmt.Sprintf("%s=%s %s", c.Type, c.Status, c.Reason))
	}
	return all
}

func mustSay(t *testing.T, project *v1alpha1.MeshProject, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !slices.Contains(said(project), want) {
			t.Errorf("not %s, but %v", want, project.Status.Conditions)
		}
	}
}

// requests are those since the calls were reset, without the project's path.
func (s *stage) requests() string {
	var all []string
	for _, call := range s.meshagent.Calls() {
		all = append(all, call.Method+" "+strings.Replace(call.Path, "/accounts/projects/"+s.meshagent.ProjectID(), "P", 1))
	}
	return strings.Join(all, ", ")
}

const onlyProject = "^/accounts/projects/[^/]+$"

// An ingress, a firewall or a proxy refuses what MeshAgent would have answered.
func TestAProjectStaysReadyIfSomethingElseRefuses(t *testing.T) {
	t.Parallel()
	const page, words = "<html>blocked</html>", "404 page not found"
	for name, fault := range map[string]simulator.Fault{
		"404, a page":            {Path: onlyProject, Status: http.StatusNotFound, Body: page},
		"404, a page everywhere": {Status: http.StatusNotFound, Body: page},
		"404, words everywhere":  {Status: http.StatusNotFound, Body: words},
		"401, a page":            {Path: onlyProject, Status: http.StatusUnauthorized, Body: page},
		"401, a page everywhere": {Status: http.StatusUnauthorized, Body: page},
		"403, a page":            {Path: onlyProject, Status: http.StatusForbidden, Body: page},
		"403, words everywhere":  {Status: http.StatusForbidden, Body: words},
		"405, words everywhere":  {Status: http.StatusMethodNotAllowed, Body: words},
		"410, a page":            {Path: onlyProject, Status: http.StatusGone, Body: page},
		"400, a page":            {Path: onlyProject, Status: http.StatusBadRequest, Body: page},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, simulator.Behavior{})
				if project, _, err := s.check(); err != nil || !meta.IsStatusConditionTrue(project.Status.Conditions, v1alpha1.ConditionReady) {
					t.Fatal(err, said(project))
				}
				restore := s.meshagent.Inject(fault)
				project, _, err := s.check()
				if err == nil {
					t.Error("it is not tried again soon")
				}
				if !meta.IsStatusConditionTrue(project.Status.Conditions, v1alpha1.ConditionReady) || meta.IsStatusConditionTrue(project.Status.Conditions, v1alpha1.ConditionStalled) ||
					meta.IsStatusConditionTrue(project.Status.Conditions, v1alpha1.ConditionSynced) {
					t.Errorf("it says %v", said(project))
				}
				restore()
				project, _, _ = s.check()
				mustSay(t, project, "Ready=True Available", "Synced=True InSync")
			})
		})
	}
}

// A single refusal, in words that might be MeshAgent's.
func TestARefusalIsBelievedTheSecondTime(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusUnauthorized, http.StatusForbidden, http.StatusGone} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, simulator.Behavior{})
			s.meshagent.Inject(simulator.Fault{Path: onlyProject, Status: status, Body: "no such project", Times: 1})
			project, _, err := s.check()
			if err != nil {
				t.Error(err)
			}
			mustSay(t, project, "Ready=True Available", "Synced=True InSync")
		})
	}
}

// A server that knows the project, and none of the routes that would tell what it speaks.
func TestAnUndecidedServerRefusesNothing(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusUnauthorized, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusServiceUnavailable} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, simulator.Behavior{})
			s.meshagent.Upgrade(simulator.Server{Version: "0.60.0"})
			restore := s.meshagent.Inject(simulator.Fault{Path: "/(role|whoami)$", Status: status, Body: "no"})
			project, _, err := s.check()
			if err == nil {
				t.Errorf("%d: it is not tried again soon", status)
			}
			mustSay(t, project, "Ready=True Available", "Synced=False Unavailable")
			restore()
			project, _, _ = s.check()
			mustSay(t, project, "APICompatible=False UnsupportedAPI")
		})
	}
}

// The MeshProject is led to another server, which does not answer yet: what is known is about the
// one before.
func TestAnotherEndpointIsAnotherServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		_, _, _ = s.check()
		_, _ = s.pass(room)
		s.meshagent.Upgrade(simulator.Server{Version: "0.50.1"})
		project, _, _ := s.check()
		mustSay(t, project, "APICompatible=False UnsupportedAPI")
		s.edit(project, func() { project.Spec.Endpoint = "https://other.example" })
		s.meshagent.Upgrade(simulator.Server{})
		restore := s.meshagent.Inject(simulator.Fault{Status: http.StatusServiceUnavailable})
		_, _, _ = s.check()
		s.delete(room)
		_, _ = s.pass(room)
		if s.gone(room) {
			t.Fatal("it is released because of what another server said")
		}
		restore()
		time.Sleep(time.Minute) //nolint:forbidigo // the clock is a fake one
		project, _, _ = s.check()
		mustSay(t, project, "APICompatible=True Supported", "Ready=True Available")
		_, _ = s.pass(room)
		if !s.gone(room) {
			t.Error("the object is not gone")
		}
		s.mustHold("rooms", 0)
	})
}

func TestWhatMeshAgentRefusesIsBelieved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		says   []string
		after  time.Duration // 0: with backoff
	}{
		{http.StatusNotFound, []string{"Ready=False Invalid", "Stalled=True Invalid"}, time.Minute},
		{http.StatusForbidden, []string{"Ready=False Forbidden", "Synced=False Forbidden"}, time.Minute},
		{http.StatusUnauthorized, []string{"Ready=False Unauthorized", "Synced=False Unauthorized"}, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, simulator.Behavior{})
			if test.status == http.StatusUnauthorized {
				s.meshagent.RevokeAPIKey(simulator.DevelopmentKey)
			} else {
				s.meshagent.Inject(simulator.Fault{Path: onlyProject, Status: test.status, Body: "no"})
			}
			project, result, err := s.check()
			mustSay(t, project, test.says...)
			if (err != nil) != (test.after == 0) || result.RequeueAfter > test.after*11/10 {
				t.Errorf("%d: it is looked at again after %v, %v", test.status, result.RequeueAfter, err)
			}
			if got, want := s.requests(), "GET P, GET /config, GET P"; got != want {
				t.Errorf("%d: it asked %q instead of %q", test.status, got, want)
			}
		})
	}
}

// The MeshProject says what to do, and nothing is sent for it or for its objects.
func TestAnEndpointThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		s.env.Projects.Endpoints, _ = projects.ParseEndpoints("https://allowed.example.com")
		s.editProject(func(spec *v1alpha1.MeshProjectSpec) {
			spec.Endpoint, spec.APIKeySecretRef.Name = "https://elsewhere.example.com", "nowhere"
		})
		project, _, _ := s.check()
		mustSay(t, project, "Ready=False EndpointNotAllowed", "Stalled=True EndpointNotAllowed")
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=False ProjectNotReady")
		s.mustAsk("")
		s.editProject(func(spec *v1alpha1.MeshProjectSpec) {
			spec.Endpoint, spec.APIKeySecretRef.Name = "https://allowed.example.com", "key"
		})
		project, _, _ = s.check()
		mustSay(t, project, "Ready=True Available")
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=True InSync")
	})
}
