// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
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

// Whatever MeshAgent answers while an object is created, changed or deleted, the object says what
// is wrong, once. When the trouble is over, it ends as if there had been none. docs/faults.md shows
// users what it says.
func TestWhateverMeshAgentAnswersEndsWell(t *testing.T) {
	t.Parallel()
	matrix, requests := newMatrix(t), newDemand(t)
	for _, what := range []struck{everything, writes} {
		for _, s := range samples.Mirrored() {
			t.Run(string(what)+"/"+s.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					o := prepareOrdeal(t, s)
					for _, one := range troubles {
						matrix.note(one, what, s, o.survives(one, what))
					}
					for method, least := range o.demanded {
						requests.atLeast(s.Kind, method, least)
					}
					for method, n := range o.struck {
						requests.add(s.Kind+": "+method, n)
					}
				})
			})
		}
	}
}

// ordeal is an object whose creation, change and deletion meet trouble.
type ordeal struct {
	*life
	changed string // the resource, after the change

	demanded map[string]int // acts that meet trouble, by the method of the request that they need
	struck   map[string]int // requests that were struck, by the method of what the act needs
	said     string         // the conditions of the object, as they were last written
	reworded int            // how often they were written in other words than before
	written  int            // how often status was written

	onRequest func(memory.Moment) // is called before a request to MeshAgent for the object
}

func prepareOrdeal(tb testing.TB, s samples.Sample) *ordeal {
	tb.Helper()
	o := &ordeal{life: prepareLife(tb, s, simulator.Behavior{}), demanded: map[string]int{}, struck: map[string]int{}}
	o.RestartWatched(o.watch)
	o.create()
	o.settle()
	if o.canChange() {
		o.change()
		o.settle()
	}
	o.changed = o.describeResource()
	o.end(false)
	return o
}

// watch follows the requests that are made for the object.
func (o *ordeal) watch(at memory.Moment) {
	switch {
	case at.Object != keyOf(o.sample):
	case at.Verb == memory.PatchStatus && at.CarriedOut:
		o.written++
		o.Condition(o.obj, v1alpha1.ConditionReady)
		if said := o.Describe(o.obj); said != o.said {
			o.said = said
			o.reworded++
		}
	case at.Path != "" && !at.CarriedOut && o.onRequest != nil:
		o.onRequest(at)
	}
}

// describeResource describes the object's resource in MeshAgent, except for what differs each time.
// There must be exactly one.
func (o *ordeal) describeResource() string {
	o.Helper()
	held := o.checkOthers()
	if len(held) != 1 {
		o.Errorf("%d resources belong to one object: %v", len(held), held)
	}
	return o.anonymous(o.describeHeld(held, false))
}

// survives has an object created, changed and deleted while there is trouble, which ends each time.
// It returns how the object was doing meanwhile.
func (o *ordeal) survives(t trouble, what struck) (outcomes []string) {
	o.Helper()
	defer o.clear()
	o.Run(time.Minute) // no list is recent then
	outcomes = append(outcomes, o.during(t, what, http.MethodPost, o.create))
	o.settle()
	if t.credible {
		o.checkRest() // it was lied to
	}
	o.describeResource()
	o.checkOwn()
	if o.canChange() {
		outcomes = append(outcomes, o.during(t, what, http.MethodPut, o.change))
		o.settle()
		if got := o.describeResource(); got != o.changed {
			o.Errorf("after the change it is\n%s\nand without trouble\n%s", got, o.changed)
		}
	} else {
		outcomes = append(outcomes, none)
	}
	outcomes = append(outcomes, o.during(t, what, http.MethodDelete, o.delete))
	o.end(false)
	if o.Failed() {
		o.Fatalf("^ this was %s, with %s, to %s", o.sample, t.name, what)
	}
	return outcomes
}

// checkOwn checks that the object knows its resource for its own.
func (o *ordeal) checkOwn() {
	o.Helper()
	if o.obj.(v1alpha1.Object).CommonStatus().IsAdopted() {
		o.Error("it is said to be adopted, although it was created for this object")
	}
}

// removeResource deletes the object's resource in MeshAgent as another user does.
func (o *ordeal) removeResource() {
	o.Helper()
	for where := range o.checkOthers() {
		o.MeshAgent.Remove(where.Collection, where.ID)
	}
}

// during does something that needs requests of a method while there is trouble, and returns what
// the object came to.
func (o *ordeal) during(t trouble, what struck, method string, do func()) (outcome string) {
	o.Helper()
	o.Run(5 * time.Second) // a list from before would answer some of the passes, and the words would change with its age
	reason := t.reasonFor(what, method)
	if reason == "" || o.methodFor(method) == "" || t.isContent && what == everything && o.made.About.IsRaw() {
		do()
		return none
	}
	struck := 0
	fault := t.fault
	fault.Path = o.made.Paths
	fault.Hook = func(*http.Request) {
		struck++
		if t.deleted {
			o.removeResource()
		}
	}
	if what == writes {
		fault.Method = o.methodFor(method)
	}
	if reason == copes {
		fault.Times = 1
	}
	end := o.MeshAgent.Inject(fault)
	defer end()
	do()
	outcome = o.comesTo(t, what, reason, method)
	if outcome != ready && outcome != gone {
		o.checkQuiet(&struck, method)
	}
	if o.demanded[method]++; struck == 0 {
		o.Errorf("nothing was struck by %s", method)
	}
	o.struck[method] += struck
	return outcome
}

// comesTo waits for what is to become of the object, and returns it in the words of docs/faults.md.
func (o *ordeal) comesTo(t trouble, what struck, reason, method string) string {
	o.Helper()
	says := func() bool {
		return !o.IsGone(o.obj) && o.Condition(o.obj, v1alpha1.ConditionSynced) == "Synced=False "+reason &&
			memory.StatusOf(o.obj).ObservedGeneration == o.obj.GetGeneration()
	}
	done := says
	switch {
	case reason == copes:
		done = o.isSettled
	case t.credible && what == writes:
		done = func() bool { return says() || o.isSettled() }
	}
	if !o.RunUntil(time.Hour, done) {
		o.Errorf("it does not come to %s:%s", reason, o.Describe(o.obj))
	}
	if o.IsGone(o.obj) {
		return gone
	}
	return o.inWords(method)
}

// checkQuiet checks that status reports requests that keep failing once only. The first retry may
// fail in another place than the first try. The operator records each attempt to create a resource
// that has no ownership annotation.
func (o *ordeal) checkQuiet(struck *int, method string) {
	o.Helper()
	more := func(n int) {
		o.Helper()
		before := *struck
		if !o.RunUntil(3*time.Hour, func() bool { return *struck >= before+n }) {
			o.Errorf("it is not tried again:%s", o.said)
		}
	}
	more(2)
	said, reworded, written := o.said, o.reworded, o.written
	more(3)
	if o.reworded != reworded {
		o.Errorf("nothing changed, and status was written %d times in other words: it was%s\nand is%s", o.reworded-reworded, said, o.said)
	}
	if recorded := method == http.MethodPost && !o.marked; o.written != written && !recorded {
		o.Errorf("nothing changed, and status was written %d times", o.written-written)
	}
}

// What an object can come to while there is trouble, besides a reason.
const (
	none  = "–" // the trouble cannot happen to it
	ready = "Ready"
	gone  = "gone"
)

// inWords tells how an object is doing, in the words of docs/faults.md.
func (o *ordeal) inWords(method string) string {
	reason, outOfSync := strings.CutPrefix(o.Condition(o.obj, v1alpha1.ConditionSynced), "Synced=False ")
	switch {
	case !outOfSync:
		return ready
	case strings.HasPrefix(o.Condition(o.obj, v1alpha1.ConditionStalled), "Stalled=True"):
		return reason + " (Stalled)"
	case method == http.MethodPut && strings.HasPrefix(o.Condition(o.obj, v1alpha1.ConditionReady), "Ready=False"):
		return reason + " (not Ready)"
	}
	return reason
}
