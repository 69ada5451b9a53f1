// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"encoding/json"
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
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
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
	obj     engine.Object
	post    creation                     // how it is created when nothing fails
	reads   bool                         // whether the collection is read before that
	keyed   bool                         // it has a natural key, which another user can choose too
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
	// What is read before takes its time, and the budget is used up again when it has been read.
	defer u.meshagent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/accounts/projects/[^/]+/", After: func(*http.Request) { spend() }})()
	if !u.reads {
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
