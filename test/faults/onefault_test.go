// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Trouble with any one request, once, leaves nothing behind: whichever request of a creation, a
// change or a deletion it strikes, the end is as if there had been none.
func TestOneFaultAnywhereEndsWell(t *testing.T) {
	t.Parallel()
	requests := newDemand(t)
	for _, s := range samples.Mirrored() {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
			t.Run(method+"/"+s.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					o := prepareOrdeal(t, s)
					if o.methodFor(method) == "" {
						return
					}
					requests.atLeast(s.Kind, method, len(troubles)-len(believed(method)))
					for _, one := range troubles {
						requests.add(s.Kind+": "+method, o.survivesEverywhere(one, method))
					}
				})
			})
		}
	}
}

// believed are the troubles in which a method's own answer seems to say that all is well, with no
// look at the resource afterwards.
func believed(method string) (all []string) {
	for _, one := range troubles {
		if one.credible && method == http.MethodDelete {
			all = append(all, one.name)
		}
	}
	return all
}

// survivesEverywhere has one request after the other of an act meet a trouble, until there are no
// more. It returns how many requests of the method were among them.
func (o *ordeal) survivesEverywhere(t trouble, method string) (struck int) {
	o.Helper()
	for skip := 0; ; skip++ {
		request := o.survivesOnce(t, method, skip)
		if o.Failed() {
			o.Fatalf("^ this was %s, with %s at request %d of %s", o.sample, t.name, skip, method)
		}
		if request == "" {
			return struck
		}
		if request == o.methodFor(method) {
			struck++
		}
	}
}

// once is a trouble that strikes the next request.
func once(t trouble, remove func()) simulator.Fault {
	fault := t.fault
	fault.Times = 1
	if t.deleted {
		fault.Hook = func(*http.Request) { remove() }
	}
	return fault
}

// survivesOnce has one request of an act meet a trouble. It returns its method, "" if there is no
// such request.
func (o *ordeal) survivesOnce(t trouble, method string, skip int) (request string) {
	o.Helper()
	defer o.clear()
	inject := func(do func()) {
		o.Helper()
		o.Run(2 * time.Minute) // with lists from before, there would be fewer requests in some of the rounds
		end, left := func() {}, skip
		o.onRequest = func(at memory.Moment) {
			if left--; left == -1 {
				request = at.Verb
				end = o.MeshAgent.Inject(once(t, o.removeResource))
			}
		}
		do()
		o.settle()
		o.onRequest = nil
		end()
		if t.deleted {
			o.Run(2 * memory.DriftInterval) // the request may have been the second page of a list
		}
	}
	act := func(of string, do func()) {
		o.Helper()
		if of == method {
			inject(do)
		} else {
			do()
			o.settle()
		}
	}
	act(http.MethodPost, o.create)
	if method == http.MethodPut {
		act(http.MethodPut, o.change)
		if got := o.describeResource(); got != o.changed {
			o.Errorf("after the change it is\n%s\nand without trouble\n%s", got, o.changed)
		}
	}
	o.describeResource()
	o.checkOwn()
	if method != http.MethodDelete {
		return request
	}
	act(http.MethodDelete, o.delete)
	o.end(t.credible && request == http.MethodDelete)
	return request
}
