// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// eachSample has a cluster in which what a sample needs is Ready.
func eachSample(t *testing.T, test func(t *testing.T, h *cluster, s samples.Sample)) {
	t.Helper()
	for _, s := range samples.Mirrored() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newCluster(t, simulator.Behavior{})
				h.ApplyNeeds(s, nil)
				test(t, h, s)
			})
		})
	}
}

// requireUnasked ends the test if something was sent to MeshAgent.
func (h *cluster) requireUnasked() {
	h.Helper()
	if calls := h.Calls(); len(calls) > 0 {
		h.Fatalf("sent to MeshAgent: %v", calls)
	}
}

// A MeshProject is suspended, objects are edited and the operator is restarted; objects that are
// deleted leave their resources.
func TestASuspendedProjectSendsNothing(t *testing.T) {
	t.Parallel()
	eachSample(t, func(t *testing.T, h *cluster, s samples.Sample) {
		t.Helper()
		obj, other := object(s), object(s)
		h.ApplyAndLearn(obj)
		held := h.Held()
		h.Patch(memory.Project(), `{"spec": {"suspend": true, "defaults": {"deletionPolicy": "Delete"}}}`)
		h.MeshAgent.ResetCalls()
		h.Run(time.Minute)
		for _, want := range []string{"Synced=Unknown Suspended", "Ready=True Available"} {
			if !h.says(obj, want) || !h.says(memory.Project(), want) {
				t.Errorf("not %s:%s", want, h.Describe(obj))
			}
		}
		h.Patch(obj, s.Edit())
		other.SetName(other.GetName() + "-late")
		h.Apply(other)
		h.Restart()
		h.Run(3 * memory.DriftInterval)
		if !h.says(other, "Ready=False Suspended") {
			t.Errorf("a new object:%s", h.Describe(other))
		}
		h.CheckDeletion(other)
		h.CheckDeletion(obj)
		h.requireUnasked()
		h.RequireHeld(held)
	})
}

// An object that insists on the deletion waits until its MeshProject is resumed.
func TestADeletionWaitsForASuspendedProjectIfItMust(t *testing.T) {
	t.Parallel()
	eachSample(t, func(t *testing.T, h *cluster, s samples.Sample) {
		t.Helper()
		before := h.Held()
		obj := object(s)
		obj.CommonSpec().DeletionPolicy = v1alpha1.DeletionDelete
		h.ApplyAndLearn(obj)
		h.Patch(memory.Project(), `{"spec": {"suspend": true}}`)
		h.Run(time.Minute)
		h.MeshAgent.ResetCalls()
		h.Delete(obj)
		h.Run(3 * memory.DriftInterval)
		if h.IsGone(obj) || !h.says(obj, "Ready=False Deleting") || !h.says(obj, "Synced=False Suspended") {
			t.Errorf("it does not say what it waits for:%s", h.Describe(obj))
		}
		h.requireUnasked()
		h.Patch(memory.Project(), `{"spec": {"suspend": false}}`)
		h.Run(time.Minute)
		if !h.IsGone(obj) {
			t.Errorf("it is not gone:%s", h.Describe(obj))
		}
		h.RequireHeld(before)
	})
}

// canBeFound says that another object can find the resource of one that is gone: by a name that is
// neither the UID of the first one, nor what a template makes.
func canBeFound(obj v1alpha1.Object, made memory.Creation) bool {
	template, _ := parsed(string(made.RequestBody)).(map[string]any)
	return keyed(obj, made) && template["template"] == nil
}

// A MeshProject that only observes is laid over what other objects have made, and later takes it
// over.
func TestAProjectThatOnlyObserves(t *testing.T) {
	t.Parallel()
	eachSample(t, func(t *testing.T, h *cluster, s samples.Sample) {
		t.Helper()
		obj := object(s)
		found := canBeFound(obj, h.ApplyAndLearn(obj))
		h.Patch(memory.Project(), `{"spec": {"defaults": {"reconcilePolicy": "Observe"}}}`)
		h.Run(time.Minute)
		h.CheckDeletion(obj)
		held := h.Held()
		h.MeshAgent.ResetCalls()

		again := object(s)
		h.Apply(again)
		h.Patch(again, s.Edit())
		h.Run(3 * memory.DriftInterval)
		for _, call := range h.MeshAgent.Calls() {
			if call.Method != http.MethodGet {
				t.Errorf("%s %s", call.Method, call.Path)
			}
		}
		want := "Synced=False Drifted"
		if !found {
			want = "Synced=False Missing"
		}
		if !h.says(again, want) || (len(again.CommonStatus().Drift) > 0) != found {
			t.Errorf("it does not show what would change:%s", h.Describe(again))
		}
		if len(again.GetFinalizers()) > 0 {
			t.Error("it has a finalizer")
		}
		h.RequireHeld(held)

		h.Patch(memory.Project(), `{"spec": {"defaults": {"reconcilePolicy": "Enforce", "adoptionPolicy": "Always"}}}`)
		h.Run(time.Minute)
		h.RequireReady(again)
		if len(again.CommonStatus().Drift) > 0 {
			t.Errorf("what no longer differs is shown: %v", again.CommonStatus().Drift)
		}
	})
}

// says reads an object, and tells whether one of its conditions says this.
func (h *cluster) says(obj client.Object, want string) bool {
	h.Helper()
	kind, _, _ := strings.Cut(want, "=")
	return h.Condition(obj, kind) == want
}
