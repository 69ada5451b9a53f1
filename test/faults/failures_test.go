// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

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
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
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
	*cluster
	sample  samples.Sample
	variant string // the patch that makes the object of the sample
	obj     v1alpha1.Object
	post    memory.Creation              // how it is created when nothing fails
	reads   bool                         // whether anything is read before that
	lists   bool                         // whether the collection is listed before that
	marked  bool                         // it has the ownership annotation
	keyed   bool                         // it has a natural key, which another user can choose too
	hidden  bool                         // a value was written that is never shown, or that the creation lacks
	before  map[simulator.Foreign]string // what MeshAgent held without it
}

// prepare learns how a sample is created, in a cluster of its own.
func prepare(t *testing.T, s samples.Sample, behavior simulator.Behavior) *unfinished {
	t.Helper()
	h := newCluster(t, behavior)
	h.ApplyNeeds(s, nil)
	return h.prepare(s, "")
}

// prepare learns how a sample, changed by a patch, is created. What it needs is there.
func (h *cluster) prepare(s samples.Sample, patch string) *unfinished {
	h.Helper()
	u := &unfinished{cluster: h, sample: s, variant: patch, before: h.Held(), obj: h.Patched(object(s), patch)}
	h.MeshAgent.ResetCalls()
	h.Apply(u.obj)
	h.Run(time.Minute)
	u.post = h.CreatedSince(u.before)
	u.reads = h.MeshAgent.Calls()[0].Method == http.MethodGet
	u.lists = slices.ContainsFunc(h.MeshAgent.Calls(), func(call simulator.Call) bool {
		return call.Method == http.MethodGet && regexp.MustCompile(u.listPath()).MatchString(call.Path) && !call.At.After(u.post.At)
	})
	u.marked = strings.Contains(string(u.post.RequestBody), memory.OwnMark)
	u.Condition(u.obj, v1alpha1.ConditionReady) // it reads the object
	u.hidden = len(u.obj.CommonStatus().WrittenSecrets) > 0 ||
		slices.ContainsFunc(h.MeshAgent.Calls(), func(call simulator.Call) bool { return call.Method == http.MethodPut })
	u.keyed = keyed(u.obj, u.post)
	h.CheckDeletion(u.obj)
	if u.post.Collection == "invitations" {
		h.MeshAgent.Remove(u.post.Collection, u.post.ID) // the API cannot take it back
	}
	h.RequireHeld(u.before)
	return u
}

// listPath is a regular expression for the paths of the calls that list the collection; one that
// matches nothing if there are none.
func (u *unfinished) listPath() string {
	if path := u.post.About.Path("list"); path != "" {
		return path
	}
	return "^nothing$"
}

// fail applies the object, and lets its creation fail.
func (u *unfinished) fail(f failure) {
	u.Helper()
	u.obj = u.Patched(object(u.sample), u.variant)
	u.MeshAgent.ResetCalls()
	if f.unsent {
		u.useUpBudget()
		return
	}
	struck := false
	fault := f.fault
	fault.Method, fault.Path, fault.Times = u.post.Method, regexp.QuoteMeta(u.post.Path)+"$", 1
	fault.Hook = func(*http.Request) { struck = true }
	u.MeshAgent.Inject(fault)
	u.Apply(u.obj)
	if !u.RunUntil(time.Minute, func() bool { return struck }) {
		u.Fatal("nothing was struck")
	}
}

// end makes all as it was before, whatever a test has come to, and says whether that is possible.
func (u *unfinished) end() bool {
	u.Helper()
	if !u.IsGone(u.obj) {
		u.Patch(u.obj, `{"metadata": {"finalizers": null}}`)
		if !u.IsGone(u.obj) {
			u.Delete(u.obj)
		}
	}
	u.Run(time.Minute)
	for where, document := range u.Held() {
		switch was, known := u.before[where]; {
		case !known:
			u.MeshAgent.Remove(where.Collection, where.ID)
		case was != document:
			return false
		}
	}
	return len(u.Held()) == len(u.before)
}

// useUpBudget lets the MeshProject's own budget end just before the creation.
func (u *unfinished) useUpBudget() {
	u.Helper()
	project := &v1alpha1.MeshProject{}
	project.Namespace, project.Name = memory.Namespace, v1alpha1.DefaultProject
	u.Patch(project, `{"spec": {"rateLimit": {"requestsPerSecond": 1, "burst": 5}}}`)
	defer u.Patch(project, `{"spec": {"rateLimit": null}}`)
	u.Run(time.Minute)
	spend := func() {
		connection, err := u.Env.Projects.Open(u.Context(), project)
		if err != nil {
			u.Fatal(err)
		}
		for range 30 {
			go func() { _, _ = connection.Project.Info(u.Context()) }()
		}
		time.Sleep(time.Millisecond) //nolint:forbidigo // the clock is a fake one
	}
	if err := u.Client.Get(u.Context(), client.ObjectKeyFromObject(project), project); err != nil {
		u.Fatal(err)
	}
	// What is read before takes its time, and the budget is used up again when it has been read.
	defer u.MeshAgent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/projects/[^/]+/", After: func(*http.Request) { spend() }})()
	if !u.reads {
		spend()
	}
	u.MeshAgent.ResetCalls()
	u.Apply(u.obj)
	limited := func() bool { return u.Condition(u.obj, v1alpha1.ConditionSynced) == "Synced=False RateLimited" }
	if !u.RunUntil(time.Second*20, limited) {
		u.Fatalf("the budget is not used up:%s\n%v", u.Describe(u.obj), u.Calls())
	}
	if n := u.Writes(u.post); n != 0 {
		u.Fatalf("it was sent all the same: %v", u.Calls())
	}
}

func (u *unfinished) rename() {
	if canBeRenamed(u.sample) {
		u.Patch(u.obj, `{"spec": {"name": "renamed"}}`)
	}
}

// sources are the Secrets with values that the object reads, itself or through what it refers to.
func (u *unfinished) sources() (all []corev1.Secret) {
	var list corev1.SecretList
	if err := u.Client.List(u.Context(), &list); err != nil {
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
		if err := u.Client.Update(u.Context(), &one); err != nil {
			u.Fatal(err)
		}
	}
}

func (u *unfinished) deleteSources() {
	for _, one := range u.sources() {
		u.Delete(&one)
	}
}
