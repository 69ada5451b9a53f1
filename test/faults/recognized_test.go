// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A creation is carried out, and its answer lost. The object finds the resource and recognizes it
// as what it sent. From then on the resource is the object's, whatever becomes of its values: they
// may be changed by the object's own update, or by another user, before the object is in sync for
// the first time.
func TestWhatWasRecognizedStaysOurs(t *testing.T) {
	t.Parallel()
	updates := map[string]simulator.Fault{
		"refused":    {Status: http.StatusServiceUnavailable},
		"lost":       {Drop: simulator.DropAfter},
		"not lost":   {Delay: 0},
		"never sent": {Drop: simulator.DropBefore},
	}
	cells := newDemand(t)
	for name, fault := range updates {
		for _, s := range samples.Mirrored() {
			t.Run(name+"/"+s.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					u := prepare(t, s, simulator.Behavior{})
					if !u.keyed || u.post.About.Method("update") == "" {
						return // nothing like it can be recognized, or nothing updates it
					}
					cells.atLeast(s.Kind, "update", 1)
					if u.staysOurs(fault, name == "lost") {
						cells.strike(s.Kind + ": update")
					}
				})
			})
		}
	}
}

// staysOurs tries one update of an object whose resource was recognized.
func (u *unfinished) staysOurs(fault simulator.Fault, restarts bool) bool {
	u.Helper()
	lost := slices.IndexFunc(failures, func(f failure) bool { return f.fault.Drop == simulator.DropAfter })
	u.fail(failures[lost])
	u.Patch(u.obj, u.sample.Edit())
	struck := false
	fault.Method, fault.Path, fault.Times = u.post.About.Method("update"), u.post.About.Path("update"), 1
	fault.After = func(*http.Request) { struck = true }
	fault.Hook = fault.After
	u.MeshAgent.Inject(fault)
	if !u.RunUntil(time.Minute, func() bool { return struck }) {
		u.Fatalf("nothing was struck: %v", u.Calls())
	}
	if restarts {
		u.Restart()
	}
	made := u.CreatedSince(u.before)
	u.MeshAgent.Disturb(made.Collection, made.ID, memory.OwnMark, made.Call)
	return u.isOurs()
}

// A creation is carried out, and not confirmed yet. Another user changes a value, and the object is
// deleted: the resource goes with it.
func TestWhatWasCreatedIsOursBeforeItIsConfirmed(t *testing.T) {
	t.Parallel()
	cells := newTally(t, samples.Kinds(samples.Mirrored()))
	for _, s := range samples.Mirrored() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := prepare(t, s, simulator.Behavior{})
				u.obj = object(s)
				u.MeshAgent.ResetCalls()
				u.Apply(u.obj)
				if !u.RunUntil(time.Minute, func() bool { return len(u.Held()) > len(u.before) }) {
					t.Fatalf("nothing was created: %v", u.Calls())
				}
				made := u.CreatedSince(u.before)
				u.MeshAgent.Disturb(made.Collection, made.ID, memory.OwnMark, made.Call)
				u.CheckDeletion(u.obj)
				u.RequireHeld(u.before)
				cells.strike(s.Kind)
			})
		})
	}
}
