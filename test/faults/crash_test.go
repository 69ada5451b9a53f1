// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// An operator that is killed at any moment ends up where an undisturbed one does. A moment is
// before or after any request to MeshAgent, and any write to the API server.
func TestKilledAnywhereEndsTheSame(t *testing.T) {
	t.Parallel()
	kills := newDemand(t)
	for _, s := range samples.Ours() {
		if samples.Stays(s.Kind) {
			continue // nothing is created that a crash could lose
		}
		for _, a := range acts {
			t.Run(a.name+"/"+s.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					l := prepareLife(t, s, simulator.Behavior{})
					if a.of != nil && !a.of(l) {
						return
					}
					for _, verb := range l.verbsOf(a) {
						kills.atLeast(s.Kind, "before "+verb, 1)
						kills.atLeast(s.Kind, "after "+verb, 1)
					}
					for _, moment := range l.checkEveryMoment(a) {
						kills.strike(s.Kind + ": " + moment.When() + " " + moment.Verb)
					}
				})
			})
		}
	}
}

// verbsOf are the requests that an act takes for this object.
func (l *life) verbsOf(a act) (verbs []string) {
	for _, verb := range a.writes {
		if inMeshAgent := strings.ToUpper(verb) == verb; inMeshAgent && l.sample.Mirrors() {
			verb = l.methodFor(verb)
		} else if inMeshAgent {
			verb = ""
		}
		if verb != "" {
			verbs = append(verbs, verb)
		}
	}
	return verbs
}

// checkEveryMoment lets an act happen undisturbed, which shows of what moments it consists, and
// then again for each of them, with the operator killed. It returns at which moments that happened.
func (l *life) checkEveryMoment(a act) (killed []memory.Moment) {
	l.Helper()
	var moments []memory.Moment
	want := l.enact(a, func(at memory.Moment) { moments = append(moments, at) })
	if len(moments) == 0 {
		l.Errorf("%s of %s: nothing was sent", a.name, l.sample)
	}
	for i, moment := range moments {
		left := i
		got := l.enact(a, func(memory.Moment) {
			if left--; left == -1 {
				l.Kill()
			}
		})
		if left >= 0 {
			l.Errorf("%s of %s: moment %d of %d never came: %s", a.name, l.sample, i, len(moments), moment)
			continue
		}
		if got != want {
			l.Errorf("%s of %s: killed at moment %d of %d, %s, it comes to\n%s\nand undisturbed to\n%s", a.name, l.sample, i, len(moments), moment, got, want)
		}
		if l.Failed() {
			l.Fatalf("^ this was %s of %s, killed at moment %d of %d: %s", a.name, l.sample, i, len(moments), moment)
		}
		killed = append(killed, moment)
	}
	return killed
}

// enact performs an act while watch looks on, which can kill the operator, and then lets the
// operator run. It describes what is there in the end, and clears up.
func (l *life) enact(a act, watch func(memory.Moment)) (end string) {
	l.Helper()
	defer l.clear()
	if a.exists {
		l.create()
		l.settle()
	}
	l.Kill()
	a.do(l)
	key := keyOf(l.sample)
	l.RestartWatched(func(at memory.Moment) {
		if at.Object == key {
			watch(at)
		}
	})
	if !l.RunUntil(time.Hour, func() bool { return l.IsKilled() || l.isSettled() }) {
		l.Errorf("%s of %s does not come to rest:%s", a.name, l.sample, l.Describe(l.obj))
	}
	l.Kill()
	if a.meanwhile != nil {
		a.meanwhile(l)
	}
	l.Restart()
	l.settle()
	exists := !l.IsGone(l.obj)
	if exists {
		l.checkRest()
	}
	held := l.checkOthers()
	if exists && l.mirrors() && len(held) != 1 {
		l.Errorf("%d resources belong to one object: %v", len(held), held)
	}
	forgets := a.forgets != nil && a.forgets(l)
	end = l.describeStatus() + "\nheld: " + l.describeHeld(held, forgets)
	return l.anonymous(end + "\nleft: " + l.describeHeld(l.end(a.leaves), forgets))
}

// checkRest asks for a look at the object, which has nothing to do.
func (l *life) checkRest() {
	l.Helper()
	l.MeshAgent.ResetCalls()
	asked := fmt.Sprint(time.Now())
	l.Patch(l.obj, fmt.Sprintf(`{"metadata": {"annotations": {%q: %q}}}`, v1alpha1.ReconcileRequestedAtAnnotation, asked))
	looked := func() bool {
		l.Condition(l.obj, v1alpha1.ConditionReady)
		return memory.StatusOf(l.obj).LastHandledReconcileAt == asked
	}
	if !l.RunUntil(time.Hour, looked) || !l.isSettled() {
		l.Errorf("%s does not stay as it should be:%s", l.sample, l.Describe(l.obj))
	}
	for _, call := range l.MeshAgent.Calls() {
		if call.Method != http.MethodGet {
			l.Errorf("%s was in sync, and a look led to %s %s", l.sample, call.Method, call.Path)
		}
	}
}
