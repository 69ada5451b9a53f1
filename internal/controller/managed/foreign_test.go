// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller/managed"
	"github.com/meshagent/meshagent-operator/internal/meshagent/simulator"
)

// failure is a way in which the request that creates a resource fails, once.
type failure struct {
	name  string
	fault simulator.Fault
	// carriedOut says that the resource is there all the same.
	carriedOut bool
	// refused says that it certainly was not carried out.
	refused bool
	// unsent says that the request does not even leave: the MeshProject's budget is used up.
	unsent bool
}

var failures = []failure{
	{name: "400", fault: simulator.Fault{Status: 400}, refused: true},
	{name: "403", fault: simulator.Fault{Status: 403}, refused: true},
	{name: "409, and then there is none", fault: simulator.Fault{Status: 409}, refused: true},
	{name: "422", fault: simulator.Fault{Status: 422}, refused: true},
	{name: "429", fault: simulator.Fault{Status: 429, RetryAfter: "1"}, refused: true},
	{name: "budget used up", unsent: true, refused: true},
	{name: "500", fault: simulator.Fault{Status: 500}},
	{name: "503", fault: simulator.Fault{Status: 503}},
	{name: "connection refused", fault: simulator.Fault{Drop: simulator.DropBefore, Err: func() error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}}, refused: true},
	{name: "no such host", fault: simulator.Fault{Drop: simulator.DropBefore, Err: func() error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.meshagent.com", IsNotFound: true}}
	}}, refused: true},
	{name: "lost before it was carried out", fault: simulator.Fault{Drop: simulator.DropBefore}},
	{name: "no answer, and not carried out", fault: simulator.Fault{Drop: simulator.DropBefore, Delay: 20 * time.Second}},
	{name: "lost after it was carried out", fault: simulator.Fault{Drop: simulator.DropAfter}, carriedOut: true},
	{name: "no answer in time", fault: simulator.Fault{Delay: 2 * time.Minute}, carriedOut: true},
	{name: "an answer that is cut off", fault: simulator.Fault{Drop: simulator.DropWithin}, carriedOut: true},
}

// unfinished is an object whose creation fails for the first time.
type unfinished struct {
	*harness
	sample  sample
	variant string // the patch that makes the object of the sample
	obj     managed.Object
	post    creation                     // how it is created when nothing fails
	reads   bool                         // whether the collection is read before that
	keyed   bool                         // it has a natural key, which somebody else can choose too
	before  map[simulator.Foreign]string // what MeshAgent held without it
}

// prepare learns how a sample is created, in a cluster of its own.
func prepare(t *testing.T, s sample, behavior simulator.Behavior) *unfinished {
	t.Helper()
	h := newHarness(t, behavior)
	h.applyNeeds(s, nil)
	return h.prepare(s, "")
}

// prepare learns how a sample, changed by a patch, is created. What it needs is there.
func (h *harness) prepare(s sample, patch string) *unfinished {
	h.Helper()
	u := &unfinished{harness: h, sample: s, variant: patch, before: h.held(), obj: h.changed(s.object(), patch)}
	h.meshagent.ResetCalls()
	h.apply(u.obj)
	h.run(time.Minute)
	u.post = h.creation(u.before)
	u.reads = h.meshagent.Calls()[0].Method == http.MethodGet
	u.keyed = !strings.Contains(string(u.post.RequestBody), string(u.obj.GetUID()))
	h.goes(u.obj)
	if u.post.Collection == "invitations" {
		h.meshagent.Remove(u.post.Collection, u.post.ID) // the API cannot take it back
	}
	h.mustHoldAgain(u.before)
	return u
}

// fail applies the object, and lets its creation fail.
func (u *unfinished) fail(f failure) {
	u.Helper()
	u.obj = u.changed(u.sample.object(), u.variant)
	u.meshagent.ResetCalls()
	if f.unsent {
		u.useUpBudget()
		return
	}
	struck := false
	fault := f.fault
	fault.Method, fault.Path, fault.Times = http.MethodPost, regexp.QuoteMeta(u.post.Path)+"$", 1
	fault.Hook = func(*http.Request) { struck = true }
	u.meshagent.Inject(fault)
	u.apply(u.obj)
	if !u.runUntil(time.Minute, func() bool { return struck }) {
		u.Fatal("nothing was struck")
	}
}

// end makes all as it was before, whatever a test has come to, and says whether that is possible.
func (u *unfinished) end() bool {
	u.Helper()
	if !u.gone(u.obj) {
		u.patch(u.obj, `{"metadata": {"finalizers": null}}`)
		if !u.gone(u.obj) {
			u.delete(u.obj)
		}
	}
	u.run(time.Minute)
	for where, document := range u.held() {
		switch was, known := u.before[where]; {
		case !known:
			u.meshagent.Remove(where.Collection, where.ID)
		case was != document:
			return false
		}
	}
	return len(u.held()) == len(u.before)
}

// useUpBudget lets the MeshProject's own budget end just before the creation.
func (u *unfinished) useUpBudget() {
	u.Helper()
	project := &v1alpha1.MeshProject{}
	project.Namespace, project.Name = home, v1alpha1.DefaultProject
	u.patch(project, `{"spec": {"rateLimit": {"requestsPerSecond": 1, "burst": 5}}}`)
	defer u.patch(project, `{"spec": {"rateLimit": null}}`)
	u.run(time.Minute)
	spend := func() {
		connection, err := u.env.Projects.Open(u.Context(), project)
		if err != nil {
			u.Fatal(err)
		}
		for range 30 {
			go func() { _, _ = connection.Project.Info(u.Context()) }()
		}
		time.Sleep(time.Millisecond) //nolint:forbidigo // the clock is a fake one
	}
	if err := u.Get(u.Context(), client.ObjectKeyFromObject(project), project); err != nil {
		u.Fatal(err)
	}
	if u.reads {
		first := true
		defer u.meshagent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/accounts/projects/.*/", After: func(*http.Request) {
			if first {
				first = false
				spend()
			}
		}})()
	} else {
		spend()
	}
	u.meshagent.ResetCalls()
	u.apply(u.obj)
	limited := func() bool { return u.condition(u.obj, v1alpha1.ConditionSynced) == "Synced=False RateLimited" }
	if !u.runUntil(time.Second*20, limited) {
		u.Fatalf("the budget is not used up:%s\n%v", u.says(u.obj), u.calls())
	}
	if n := u.writes(u.post); n != 0 {
		u.Fatalf("it was sent all the same: %v", u.calls())
	}
}

// holds says that a document holds all that another does: what was adopted may bear a mark, and defaults that were written down.
func holds(document, other string) bool {
	var have, want any
	return json.Unmarshal([]byte(document), &have) == nil && json.Unmarshal([]byte(other), &want) == nil && covers(essence(want), essence(have))
}

// essence is a value without marks and what is empty.
func essence(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if v[name] = essence(inner); v[name] == nil || strings.HasPrefix(name, ownMark) {
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
		var inner map[string]any
		if json.Unmarshal([]byte(v), &inner) == nil {
			return essence(inner) // the values of a template
		}
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

// A creation fails, and then somebody else creates a resource of that name. It is theirs.
func TestWhatSomebodyElseCreatesIsTheirs(t *testing.T) {
	t.Parallel()
	var cells tally
	t.Run("cells", func(t *testing.T) {
		for _, s := range mirrored() {
			for _, identical := range []bool{false, true} {
				for _, act := range []string{"delete", "retry", "rename"} {
					if act == "rename" && !s.hasName() {
						continue
					}
					inBubble(t, fmt.Sprintf("%s/%s, identical %t", s, act, identical), func(t *testing.T) {
						u := prepare(t, s, simulator.Behavior{})
						for _, f := range failures {
							marked := strings.Contains(string(u.post.RequestBody), ownMark)
							if f.carriedOut || !u.keyed || identical && !f.refused && !marked {
								continue // nobody can tell it from what was sent, and may have been carried out
							}
							u.fail(f)
							theirs, err := u.meshagent.CreateForeign(u.post.Call, ownMark, identical)
							if err != nil {
								t.Fatal(err)
							}
							if !u.respects(act, identical, theirs) {
								t.Errorf("^ this was after %s", f.name)
							}
							cells.strike(s.kind)
							if !u.end() {
								t.Error("what the object needs was changed: the rest of the failures is left out")
								break
							}
						}
					})
				}
			}
		}
	})
	cells.report(t, mirroredKinds())
}

// respects has an object deleted, tried again or given another name, while what has its name is somebody else's.
func (u *unfinished) respects(act string, identical bool, theirs simulator.Foreign) bool {
	u.Helper()
	untouched, ok := u.held(), true
	wrong := func(format string, args ...any) {
		u.Helper()
		u.Errorf(format, args...)
		ok = false
	}
	switch {
	case act == "retry" && identical:
		u.run(2 * interval)
		if !u.isReady(u.obj) {
			ok = false
		} else if !u.obj.CommonStatus().IsAdopted() {
			wrong("it is not said to be adopted")
		}
		if got := u.held(); !holds(got[theirs], untouched[theirs]) || len(got) != len(untouched) {
			wrong("%s became %q, of %d", untouched[theirs], got[theirs], len(got))
		}
	case act == "retry":
		u.run(2 * interval)
		if got := u.condition(u.obj, v1alpha1.ConditionStalled); got != "Stalled=True AlreadyExists" {
			wrong("it says %s:%s", got, u.says(u.obj))
		}
		ok = u.holdsAgain(untouched) && ok
	case act == "rename":
		u.patch(u.obj, `{"spec": {"name": "renamed"}}`)
		u.run(2 * interval)
		if got := u.held(); !holds(got[theirs], untouched[theirs]) {
			wrong("%s became %q", untouched[theirs], got[theirs])
		}
	}
	u.goes(u.obj)
	if left := u.held()[theirs]; identical && holds(left, untouched[theirs]) && !strings.Contains(left, ownMark) {
		untouched[theirs] = left // it was adopted, and left
	}
	return u.holdsAgain(untouched) && ok
}

// A creation was carried out, and only the answer is lost. The resource is ours, and there is one.
func TestWhatWasCreatedIsOurs(t *testing.T) {
	t.Parallel()
	meanwhile := map[string]func(u *unfinished){
		"nothing":            func(*unfinished) {},
		"restart":            func(u *unfinished) { u.restart() },
		"the spec changed":   func(u *unfinished) { u.patch(u.obj, u.sample.of(edits)) },
		"changed, restart":   func(u *unfinished) { u.patch(u.obj, u.sample.of(edits)); u.restart() },
		"sources changed":    func(u *unfinished) { u.changeSources() },
		"renamed":            func(u *unfinished) { u.rename() },
		"renamed, restart":   func(u *unfinished) { u.rename(); u.restart() },
		"deleted":            func(u *unfinished) { u.delete(u.obj) },
		"restart, deleted":   func(u *unfinished) { u.restart(); u.delete(u.obj) },
		"changed, deleted":   func(u *unfinished) { u.patch(u.obj, u.sample.of(edits)); u.delete(u.obj) },
		"sources, deleted":   func(u *unfinished) { u.changeSources(); u.delete(u.obj) },
		"renamed, deleted":   func(u *unfinished) { u.rename(); u.delete(u.obj) },
		"no Secret, deleted": func(u *unfinished) { u.deleteSources(); u.delete(u.obj) },
	}
	var cells tally
	t.Run("cells", func(t *testing.T) {
		for what, act := range meanwhile {
			for _, s := range mirrored() {
				inBubble(t, what+"/"+s.String(), func(t *testing.T) {
					for _, f := range failures {
						if f.carriedOut {
							u := prepare(t, s, simulator.Behavior{})
							u.fail(f)
							act(u)
							if !u.isOurs() {
								t.Errorf("^ this was after %s", f.name)
							}
							cells.strike(s.kind)
						}
					}
				})
			}
		}
	})
	cells.report(t, mirroredKinds())
}

// isOurs checks that what was created is the object's, once, and goes with it.
func (u *unfinished) isOurs() bool {
	u.Helper()
	ok, deleted := true, u.gone(u.obj)
	if !deleted {
		u.condition(u.obj, v1alpha1.ConditionReady)
		deleted = u.obj.GetDeletionTimestamp() != nil
	}
	u.run(2 * interval)
	if !deleted {
		if ok = u.isReady(u.obj); ok && u.obj.CommonStatus().IsAdopted() {
			u.Error("it is said to be adopted, although it was created for this object")
			ok = false
		}
		if got, want := len(u.held()), len(u.before)+1; got != want {
			u.Errorf("MeshAgent holds %d things, not %d: %v", got, want, u.held())
			ok = false
		}
		u.goes(u.obj)
	} else if !u.gone(u.obj) {
		u.condition(u.obj, v1alpha1.ConditionReady)
		u.Errorf("it is not gone:%s", u.says(u.obj))
		ok = false
	}
	for where, document := range u.held() {
		if _, known := u.before[where]; !known {
			u.Errorf("it is left: %v: %s", where, document)
			ok = false
		}
	}
	return ok
}

func (u *unfinished) rename() {
	if u.sample.hasName() {
		u.patch(u.obj, `{"spec": {"name": "renamed"}}`)
	}
}

// sources are the Secrets with values that the object reads, itself or through what it refers to.
func (u *unfinished) sources() (all []corev1.Secret) {
	var list corev1.SecretList
	if err := u.List(u.Context(), &list); err != nil {
		u.Fatal(err)
	}
	return slices.DeleteFunc(list.Items, func(one corev1.Secret) bool { return one.Name == "meshagent-api-key" })
}

func (u *unfinished) changeSources() {
	for _, one := range u.sources() {
		for name, value := range one.Data {
			if json.Valid(value) {
				value = []byte(strings.ReplaceAll(string(value), "robot", "other-robot"))
			} else {
				value = append(value, "-rotated"...)
			}
			one.Data[name] = value
		}
		if err := u.Update(u.Context(), &one); err != nil {
			u.Fatal(err)
		}
	}
}

func (u *unfinished) deleteSources() {
	for _, one := range u.sources() {
		u.delete(&one)
	}
}
