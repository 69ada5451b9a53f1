// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
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
	// unsent says that the request does not even leave: the MeshProject's budget is used up.
	unsent bool
}

var failures = []failure{
	{name: "400", fault: simulator.Fault{Status: 400}},
	{name: "403", fault: simulator.Fault{Status: 403}},
	{name: "409, and then there is none", fault: simulator.Fault{Status: 409}},
	{name: "422", fault: simulator.Fault{Status: 422}},
	{name: "429", fault: simulator.Fault{Status: 429, RetryAfter: "1"}},
	{name: "budget used up", unsent: true},
	{name: "500", fault: simulator.Fault{Status: 500}},
	{name: "503", fault: simulator.Fault{Status: 503}},
	{name: "connection refused", fault: simulator.Fault{Drop: simulator.DropBefore, Err: func() error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}}},
	{name: "no such host", fault: simulator.Fault{Drop: simulator.DropBefore, Err: func() error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.meshagent.com", IsNotFound: true}}
	}}},
	{name: "lost before it was carried out", fault: simulator.Fault{Drop: simulator.DropBefore}},
	{name: "no answer, and not carried out", fault: simulator.Fault{Drop: simulator.DropBefore, Delay: 20 * time.Second}},
	{name: "lost after it was carried out", fault: simulator.Fault{Drop: simulator.DropAfter}, carriedOut: true},
	{name: "no answer in time", fault: simulator.Fault{Delay: 2 * time.Minute}, carriedOut: true},
	{name: "an answer that is cut off", fault: simulator.Fault{Drop: simulator.DropWithin}, carriedOut: true},
}

// unfinished is an object whose creation has just failed for the first time.
type unfinished struct {
	*harness
	obj    managed.Object
	post   creation                     // how it is created when nothing fails
	before map[simulator.Foreign]string // what MeshAgent held without it
}

// keyed says that the resource has a natural key, which somebody else can choose too.
func (p creation) keyed(obj client.Object) bool {
	return !strings.Contains(string(p.RequestBody), `"secret_id":"`+string(obj.GetUID()))
}

// fail applies an object, and lets its creation fail.
func fail(t *testing.T, s sample, variant string, f failure, behavior simulator.Behavior) (u unfinished, keyed bool) {
	t.Helper()
	h := newHarness(t, behavior)
	h.applyNeeds(s, nil)
	u = unfinished{harness: h, before: h.held(), obj: h.changed(s.object(), variant)}
	fresh := u.obj.DeepCopyObject().(managed.Object) //nolint:forcetypeassert // it is one
	reads := h.readsFirst(&u)
	keyed = u.post.keyed(u.obj)
	h.delete(u.obj)
	h.run(time.Minute)
	h.uninvite()
	h.mustHoldAgain(u.before)
	h.meshagent.ResetCalls()
	u.obj = fresh
	if f.unsent {
		u.useUpBudget(reads)
		return u, keyed
	}
	struck := false
	fault := f.fault
	fault.Method, fault.Path, fault.Times = http.MethodPost, regexp.QuoteMeta(u.post.Path)+"$", 1
	fault.Hook = func(*http.Request) { struck = true }
	h.meshagent.Inject(fault)
	h.apply(u.obj)
	if !h.runUntil(time.Minute, func() bool { return struck }) {
		t.Fatal("nothing was struck")
	}
	return u, keyed
}

// readsFirst learns how an object is created, and whether the collection is read before.
func (h *harness) readsFirst(u *unfinished) bool {
	h.Helper()
	h.meshagent.ResetCalls()
	h.apply(u.obj)
	h.run(time.Minute)
	u.post = h.creation(u.before)
	return h.meshagent.Calls()[0].Method == http.MethodGet
}

// uninvite takes back what the API cannot: invitations.
func (h *harness) uninvite() {
	for where := range h.held() {
		if where.Collection == "invitations" {
			h.meshagent.Remove(where.Collection, where.ID)
		}
	}
}

// useUpBudget lets the MeshProject's own budget end just before the creation.
func (u *unfinished) useUpBudget(reads bool) {
	u.Helper()
	project := &v1alpha1.MeshProject{}
	project.Namespace, project.Name = home, v1alpha1.DefaultProject
	u.patch(project, `{"spec": {"rateLimit": {"requestsPerSecond": 1, "burst": 5}}}`)
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
	if reads {
		first := true
		u.meshagent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/accounts/projects/.*/", After: func(*http.Request) {
			if first {
				first = false
				spend()
			}
		}})
	} else {
		spend()
	}
	u.meshagent.ResetCalls()
	u.apply(u.obj)
	limited := func() bool { return u.condition(u.obj, v1alpha1.ConditionSynced) == "Synced=False RateLimited" }
	if !u.runUntil(time.Second*20, limited) {
		u.Fatalf("the budget is not used up:%s", u.says(u.obj))
	}
	if n := u.writes(u.post); n != 0 {
		u.Fatalf("it was sent all the same: %v", u.calls())
	}
}

// withoutMark is a document without what tells whose it is.
func withoutMark(document string) string {
	return regexp.MustCompile(`,?"`+ownMark+`[^"]*":"[^"]*"`).ReplaceAllString(document, "")
}

// eachFailure runs a test for every sample with each failure that matches.
func eachFailure(t *testing.T, match func(failure) bool, test func(t *testing.T, s sample, f failure)) {
	t.Helper()
	for _, f := range failures {
		if !match(f) {
			continue
		}
		for _, s := range mirrored() {
			inBubble(t, fmt.Sprintf("%s/%s", f.name, s), func(t *testing.T) { test(t, s, f) })
		}
	}
}

// A creation fails, and then somebody else creates a resource of that name. It is theirs.
func TestWhatSomebodyElseCreatesIsTheirs(t *testing.T) {
	t.Parallel()
	var cells tally
	t.Run("cells", func(t *testing.T) {
		for _, identical := range []bool{false, true} {
			for _, act := range []string{"delete", "retry", "rename"} {
				t.Run(fmt.Sprintf("%s, identical %t", act, identical), func(t *testing.T) {
					eachFailure(t, func(f failure) bool { return !f.carriedOut }, func(t *testing.T, s sample, f failure) {
						if act == "rename" && !s.hasName() {
							return
						}
						u, keyed := fail(t, s, "", f, simulator.Behavior{})
						if !keyed {
							return // nobody else can have chosen its id
						}
						theirs, err := u.meshagent.CreateForeign(u.post.Call, ownMark, identical)
						if err != nil {
							t.Fatal(err)
						}
						u.mustRespect(act, identical, theirs)
						cells.strike(s.kind)
					})
				})
			}
		}
	})
	cells.report(t, mirroredKinds())
}

// mustRespect has an object deleted, tried again or given another name, while what has its name is somebody else's.
func (u unfinished) mustRespect(act string, identical bool, theirs simulator.Foreign) {
	u.Helper()
	untouched := u.held()
	switch act {
	case "retry":
		u.run(2 * interval)
		if identical {
			u.mustBeReady(u.obj)
			if !u.obj.CommonStatus().IsAdopted() {
				u.Error("it is not said to be adopted")
			}
			if got := u.held(); withoutMark(got[theirs]) != untouched[theirs] || len(got) != len(untouched) {
				u.Errorf("%s became %s, of %d", untouched[theirs], got[theirs], len(got))
			}
		} else {
			if got := u.condition(u.obj, v1alpha1.ConditionStalled); got != "Stalled=True AlreadyExists" {
				u.Errorf("it says %s:%s", got, u.says(u.obj))
			}
			u.mustHoldAgain(untouched)
		}
	case "rename":
		u.patch(u.obj, `{"spec": {"name": "renamed"}}`)
		u.run(2 * interval)
		if got := u.held(); withoutMark(got[theirs]) != untouched[theirs] {
			u.Errorf("%s became %q", untouched[theirs], got[theirs])
		}
	}
	u.mustGo(u.obj)
	u.mustHoldAgain(untouched)
}

// A creation was carried out, and only the answer is lost. The resource is ours, and there is one.
func TestWhatWasCreatedIsOurs(t *testing.T) {
	t.Parallel()
	meanwhile := map[string]func(u unfinished, s sample){
		"nothing":           func(unfinished, sample) {},
		"restart":           func(u unfinished, _ sample) { u.restart() },
		"the spec changed":  func(u unfinished, s sample) { u.patch(u.obj, s.of(edits)) },
		"sources changed":   func(u unfinished, _ sample) { u.changeSources() },
		"deleted":           func(u unfinished, _ sample) { u.delete(u.obj) },
		"changed, deleted":  func(u unfinished, s sample) { u.patch(u.obj, s.of(edits)); u.delete(u.obj) },
		"sources, deleted":  func(u unfinished, _ sample) { u.changeSources(); u.delete(u.obj) },
		"restart, deleted":  func(u unfinished, _ sample) { u.restart(); u.delete(u.obj) },
		"renamed":           func(u unfinished, s sample) { u.rename(s) },
		"renamed, restart":  func(u unfinished, s sample) { u.rename(s); u.restart() },
		"renamed, deleted":  func(u unfinished, s sample) { u.rename(s); u.delete(u.obj) },
		"changed, restart":  func(u unfinished, s sample) { u.patch(u.obj, s.of(edits)); u.restart() },
		"the Secret's gone": func(u unfinished, _ sample) { u.deleteSources(); u.delete(u.obj) },
	}
	var cells tally
	t.Run("cells", func(t *testing.T) {
		for what, act := range meanwhile {
			t.Run(what, func(t *testing.T) {
				eachFailure(t, func(f failure) bool { return f.carriedOut }, func(t *testing.T, s sample, f failure) {
					u, _ := fail(t, s, "", f, simulator.Behavior{})
					act(u, s)
					u.run(2 * interval)
					if !u.gone(u.obj) {
						if u.obj.GetDeletionTimestamp() == nil {
							u.mustBeReady(u.obj)
							if u.obj.CommonStatus().IsAdopted() {
								t.Error("it is said to be adopted, although it was created for this object")
							}
							if got, want := len(u.held()), len(u.before)+1; got != want {
								t.Errorf("MeshAgent holds %d things, not %d: %v", got, want, u.held())
							}
						}
						if strings.Contains(what, "deleted") {
							t.Errorf("it is not gone:%s", u.says(u.obj))
						} else {
							u.mustGo(u.obj)
						}
					}
					u.mustHoldAgain(u.before)
					cells.strike(s.kind)
				})
			})
		}
	})
	cells.report(t, mirroredKinds())
}

func (u unfinished) rename(s sample) {
	if s.hasName() {
		u.patch(u.obj, `{"spec": {"name": "renamed"}}`)
	}
}

// sources are the Secrets with values that the object reads, itself or through what it refers to.
func (u unfinished) sources() (all []corev1.Secret) {
	var list corev1.SecretList
	if err := u.List(u.Context(), &list); err != nil {
		u.Fatal(err)
	}
	return slices.DeleteFunc(list.Items, func(one corev1.Secret) bool { return one.Name == "meshagent-api-key" })
}

func (u unfinished) changeSources() {
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

func (u unfinished) deleteSources() {
	for _, one := range u.sources() {
		u.delete(&one)
	}
}
