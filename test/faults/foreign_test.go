// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// holds says that a document holds all that another does: what was adopted may carry a mark, and
// defaults that were written down.
func holds(document, other string) bool {
	var have, want any
	return json.Unmarshal([]byte(document), &have) == nil && json.Unmarshal([]byte(other), &want) == nil && covers(essence(want), essence(have))
}

// essence is a value without marks and what is empty.
func essence(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if v[name] = essence(inner); v[name] == nil || strings.HasPrefix(name, memory.OwnMark) {
				delete(v, name)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = essence(v[i])
		}
	case string:
		v, _ = simulator.SplitMarked(v, memory.OwnMark)
		var inner map[string]any
		if json.Unmarshal([]byte(v), &inner) == nil {
			return essence(inner) // the values of a template
		}
		return v
	}
	return v
}

func covers(want, have any) bool {
	switch want := want.(type) {
	case map[string]any:
		have, _ := have.(map[string]any)
		for name, inner := range want {
			if !covers(inner, have[name]) {
				return false
			}
		}
		return true
	case []any:
		have, ok := have.([]any)
		return ok && slices.EqualFunc(want, have, covers)
	}
	return reflect.DeepEqual(want, have)
}

// A creation fails, and then another user creates a resource of that name. It is theirs.
func TestForeignResourcesAreRespected(t *testing.T) {
	t.Parallel()
	cells := newDemand(t)
	for _, s := range samples.Mirrored() {
		for _, identical := range []bool{false, true} {
			for _, act := range []string{"delete", "retry", "rename"} {
				if act == "rename" && !canBeRenamed(s) {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s, identical %t", s, act, identical), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						u := prepare(t, s, simulator.Behavior{})
						if !u.keyed {
							return // another user's has nothing in common with it
						}
						cells.atLeast(s.Kind, act, 1)
						for _, f := range failures {
							marked := strings.Contains(string(u.post.RequestBody), memory.OwnMark)
							if f.carriedOut || identical && !f.refused && !marked {
								continue // no one can tell it from what was sent, and may have been carried out
							}
							u.fail(f)
							theirs, err := u.MeshAgent.CreateForeign(u.post.Call, memory.OwnMark, identical)
							if err != nil {
								t.Fatal(err)
							}
							// A value that is not shown cannot be identical.
							if !u.respects(act, identical && !u.hidden, theirs) {
								t.Errorf("^ this was after %s", f.name)
							}
							cells.strike(s.Kind + ": " + act)
							if !u.end() {
								t.Error("what the object needs was changed: the rest of the failures is left out")
								break
							}
						}
					})
				})
			}
		}
	}
}

// respects has an object deleted, tried again or given another name, while what has its name is
// Another user's.
func (u *unfinished) respects(act string, identical bool, theirs simulator.Foreign) bool {
	u.Helper()
	untouched, ok := u.Held(), true
	wrong := func(format string, args ...any) {
		u.Helper()
		u.Errorf(format, args...)
		ok = false
	}
	switch {
	case act == "retry" && identical:
		u.Run(2 * memory.DriftInterval)
		if !u.CheckReady(u.obj) {
			ok = false
		} else if !u.obj.CommonStatus().IsAdopted() {
			wrong("it is not said to be adopted")
		}
		if got := u.Held(); !holds(got[theirs], untouched[theirs]) || len(got) != len(untouched) {
			wrong("%s became %q, of %d", untouched[theirs], got[theirs], len(got))
		}
	case act == "retry":
		u.Run(2 * memory.DriftInterval)
		if got := u.Condition(u.obj, v1alpha1.ConditionStalled); got != "Stalled=True AlreadyExists" {
			wrong("it says %s:%s", got, u.Describe(u.obj))
		}
		ok = u.CheckHeld(untouched) && ok
	case act == "rename":
		u.Patch(u.obj, `{"spec": {"name": "renamed"}}`)
		u.Run(2 * memory.DriftInterval)
		if got := u.Held(); !holds(got[theirs], untouched[theirs]) {
			wrong("%s became %q", untouched[theirs], got[theirs])
		}
	}
	u.CheckDeletion(u.obj)
	if left := u.Held()[theirs]; identical && holds(left, untouched[theirs]) && !strings.Contains(left, memory.OwnMark) {
		untouched[theirs] = left // it was adopted, and left
	}
	return u.CheckHeld(untouched) && ok
}

// A creation was carried out, and only the answer is lost. The resource is ours, and there is one.
func TestWhatWasCreatedIsOurs(t *testing.T) {
	t.Parallel()
	meanwhile := map[string]func(u *unfinished){
		"nothing":            func(*unfinished) {},
		"restart":            func(u *unfinished) { u.Restart() },
		"the spec changed":   func(u *unfinished) { u.Patch(u.obj, u.sample.Edit()) },
		"changed, restart":   func(u *unfinished) { u.Patch(u.obj, u.sample.Edit()); u.Restart() },
		"sources changed":    func(u *unfinished) { u.changeSources() },
		"renamed":            func(u *unfinished) { u.rename() },
		"renamed, restart":   func(u *unfinished) { u.rename(); u.Restart() },
		"deleted":            func(u *unfinished) { u.Delete(u.obj) },
		"restart, deleted":   func(u *unfinished) { u.Restart(); u.Delete(u.obj) },
		"changed, deleted":   func(u *unfinished) { u.Patch(u.obj, u.sample.Edit()); u.Delete(u.obj) },
		"sources, deleted":   func(u *unfinished) { u.changeSources(); u.Delete(u.obj) },
		"renamed, deleted":   func(u *unfinished) { u.rename(); u.Delete(u.obj) },
		"no Secret, deleted": func(u *unfinished) { u.deleteSources(); u.Delete(u.obj) },
	}
	cells := newTally(t, samples.Kinds(samples.Mirrored()))
	for what, act := range meanwhile {
		for _, s := range samples.Mirrored() {
			t.Run(what+"/"+s.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					for _, f := range failures {
						// All others treat them alike.
						if f.carriedOut && (f.fault.Drop == simulator.DropAfter || what == "nothing" || what == "deleted") {
							u := prepare(t, s, simulator.Behavior{})
							u.fail(f)
							act(u)
							if !u.isOurs() {
								t.Errorf("^ this was after %s", f.name)
							}
							cells.strike(s.Kind)
						}
					}
				})
			})
		}
	}
}

// isOurs checks that what was created is the object's, once, and goes with it.
func (u *unfinished) isOurs() bool {
	u.Helper()
	ok, deleted := true, u.IsGone(u.obj)
	if !deleted {
		u.Condition(u.obj, v1alpha1.ConditionReady)
		deleted = u.obj.GetDeletionTimestamp() != nil
	}
	u.Run(2 * memory.DriftInterval)
	if !deleted {
		if ok = u.CheckReady(u.obj); ok && u.obj.CommonStatus().IsAdopted() {
			u.Error("it is said to be adopted, although it was created for this object")
			ok = false
		}
		if got, want := len(u.Held()), len(u.before)+1; got != want {
			u.Errorf("MeshAgent holds %d things, not %d: %v", got, want, u.Held())
			ok = false
		}
		u.CheckDeletion(u.obj)
	} else if !u.IsGone(u.obj) {
		u.Condition(u.obj, v1alpha1.ConditionReady)
		u.Errorf("it is not gone:%s", u.Describe(u.obj))
		ok = false
	}
	for where, document := range u.Held() {
		if _, known := u.before[where]; !known {
			u.Errorf("it is left: %v: %s", where, document)
			ok = false
		}
	}
	return ok
}

// A creation was carried out, only the answer is lost, and then another user creates a second
// resource of that name, where MeshAgent allows that. Whatever the object says of it, theirs stays
// as it is.
func TestForeignTwinsAreRespected(t *testing.T) {
	t.Parallel()
	cells := newTally(t, nil)
	for _, s := range samples.Mirrored() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := prepare(t, s, simulator.Behavior{DuplicateSecretNames: true})
				for _, f := range failures {
					if !f.carriedOut || !u.keyed {
						continue
					}
					u.fail(f)
					theirs, err := u.MeshAgent.CreateForeign(u.post.Call, memory.OwnMark, false)
					if err == nil {
						want := u.Held()[theirs]
						u.Run(2 * memory.DriftInterval)
						u.Delete(u.obj)
						ambiguous := func() bool {
							return u.IsGone(u.obj) || u.Condition(u.obj, v1alpha1.ConditionStalled) == "Stalled=True Ambiguous"
						}
						if !u.RunUntil(time.Hour, ambiguous) {
							t.Errorf("after %s: it is not gone:%s", f.name, u.Describe(u.obj))
						}
						if got := u.Held()[theirs]; got != want {
							t.Errorf("after %s: %s became %q", f.name, want, got)
						}
						cells.strike(s.Kind)
					}
					if !u.end() {
						t.Fatal("what the object needs was changed")
					}
				}
			})
		})
	}
}
