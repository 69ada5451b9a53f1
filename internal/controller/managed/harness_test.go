// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller" //nolint:depguard // the engine is tested with the kinds that there are
	"github.com/meshagent/meshagent-operator/internal/controller/managed"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/internal/meshagent/simulator"
)

// ownMark is what the names of annotations begin with in which the operator says whose a resource is.
const ownMark = "meshagent.com/"

// kind is what the harness needs of a kind. Those of controller.All are found by asking for it.
type kind interface {
	Like() client.Object
	Reconciler(env *managed.Environment) reconcile.Reconciler
}

// harness is a cluster with an operator of all kinds in it, and a MeshAgent, in a bubble of time. It makes the passes one after the other, when
// the queue of a controller would.
type harness struct {
	*testing.T
	client.Client
	meshagent *simulator.Simulator
	owner     string

	env         *managed.Environment
	reconcilers map[string]reconcile.Reconciler
	backoff     workqueue.TypedRateLimiter[reconcile.Request]
	objects     map[string]client.Object // of our kinds, that were applied
	due         map[string]time.Time     // when to look at each
	seen        map[string]string        // what of each matters to passes
	others      string                   // what of all of them matters to the others
	dirty       bool                     // something was written since that was computed
}

// inBubble runs a test of one cell: in a bubble, at the same time as others.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, test)
	})
}

func newHarness(t *testing.T, behavior simulator.Behavior) *harness {
	t.Helper()
	return newCluster(t, "cluster-1", simulator.New(simulator.WithLatency(20*time.Millisecond), simulator.WithBehavior(behavior)))
}

// newCluster is a harness whose operator has a name, and a MeshAgent that others may use too. The MeshProject is Ready.
func newCluster(t *testing.T, owner string, remote *simulator.Simulator) *harness {
	t.Helper()
	h := &harness{T: t, meshagent: remote, owner: owner, objects: map[string]client.Object{}, seen: map[string]string{}}
	var likes []client.Object
	for _, one := range controller.All {
		likes = append(likes, one.(kind).Like()) //nolint:forcetypeassert // export_harness_test.go makes it one
	}
	h.Client = newAPIServer(likes, func() { h.dirty = true })
	h.restart()
	key := secret("meshagent-api-key", simulator.DevelopmentKey)
	h.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: home, Finalizers: []string{"kubernetes"}}})
	h.create(key)
	project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject}}
	project.Spec.APIKeySecretRef.Name = key.Name
	h.apply(project)
	h.run(time.Second)
	return h
}

// restart has a new process go on.
func (h *harness) restart() {
	h.env = &managed.Environment{
		Client: h, Live: h, Recorder: &events.FakeRecorder{}, OwnerID: h.owner, DriftInterval: interval,
		Projects: &managed.Projects{Cache: h, Live: h, Options: meshagent.Options{Transport: h.meshagent}},
	}
	h.reconcilers, h.due, h.backoff = map[string]reconcile.Reconciler{}, map[string]time.Time{}, managed.Backoff()
	for _, one := range controller.All {
		k, _ := one.(kind)
		h.reconcilers[h.kindOf(k.Like())] = k.Reconciler(h.env)
	}
	for key := range h.objects {
		h.due[key] = time.Now()
	}
}

func (h *harness) kindOf(obj client.Object) string {
	gvk, err := h.GroupVersionKindFor(obj)
	if err != nil {
		h.Fatal(err)
	}
	return gvk.Kind
}

func (h *harness) create(obj client.Object) {
	h.Helper()
	obj.SetResourceVersion("")
	if err := h.Create(h.Context(), obj); err != nil {
		h.Fatal(err)
	}
}

// apply creates an object, which the operator looks at from now on if it is of our kinds.
func (h *harness) apply(obj client.Object) {
	h.Helper()
	obj.SetNamespace(home)
	h.create(obj)
	if kind := h.kindOf(obj); h.reconcilers[kind] != nil {
		key := kind + "/" + obj.GetName()
		h.objects[key] = obj
		h.due[key] = time.Now()
	}
}

// applyNeeds applies what a sample refers to, and waits until it is Ready. prepare may change it before.
func (h *harness) applyNeeds(s sample, prepare func(managed.Object)) {
	h.Helper()
	var ours []managed.Object
	for _, need := range s.needs() {
		obj := need.made.DeepCopyObject().(client.Object) //nolint:forcetypeassert // it is one
		if own, ok := obj.(managed.Object); ok {
			ours = append(ours, own)
			if prepare != nil {
				prepare(own)
			}
		}
		h.apply(obj)
	}
	h.run(time.Minute)
	for _, obj := range ours {
		h.mustBeReady(obj)
	}
}

// patch changes an object as a user does, by a merge patch.
func (h *harness) patch(obj client.Object, patch string) {
	h.Helper()
	if err := h.Patch(h.Context(), obj, client.RawPatch(types.MergePatchType, []byte(patch))); err != nil {
		h.Fatal(err)
	}
}

// changed is an object with a merge patch in it.
func (h *harness) changed(obj managed.Object, patch string) managed.Object {
	h.Helper()
	if patch == "" {
		return obj
	}
	var document, change map[string]any
	text, err := json.Marshal(obj)
	if err != nil {
		h.Fatal(err)
	}
	if err := json.Unmarshal(text, &document); err != nil {
		h.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(patch))
	decoder.UseNumber()
	if err := decoder.Decode(&change); err != nil {
		h.Fatal(err)
	}
	mergeInto(document, change)
	if text, err = json.Marshal(document); err != nil {
		h.Fatal(err)
	}
	made := obj.DeepCopyObject().(managed.Object) //nolint:forcetypeassert // it is one
	if err := json.Unmarshal(text, made); err != nil {
		h.Fatal(err)
	}
	return made
}

func mergeInto(document, change map[string]any) {
	for name, value := range change {
		inner, isObject := value.(map[string]any)
		holder, _ := document[name].(map[string]any)
		switch {
		case value == nil:
			delete(document, name)
		case isObject && holder != nil:
			mergeInto(holder, inner)
		default:
			document[name] = value
		}
	}
}

// delete deletes an object as a user does.
func (h *harness) delete(obj client.Object) {
	h.Helper()
	if err := h.Delete(h.Context(), obj); err != nil {
		h.Fatal(err)
	}
}

// run lets time pass, and the operator work.
func (h *harness) run(d time.Duration) {
	h.Helper()
	end := time.Now().Add(d)
	for passes := 0; h.step(end); passes++ {
		if passes > 5000 {
			h.Fatal("the operator does not come to rest")
		}
	}
	time.Sleep(time.Until(end)) //nolint:forbidigo // the clock is a fake one
}

// runUntil lets the operator work until something is true, or for a time at most.
func (h *harness) runUntil(d time.Duration, done func() bool) bool {
	h.Helper()
	for end := time.Now().Add(d); !done(); {
		if !h.step(end) {
			return done()
		}
	}
	return true
}

// step waits for the next pass that is due, and makes it; false if none is before a time.
func (h *harness) step(end time.Time) bool {
	h.Helper()
	h.wake()
	next := ""
	for _, key := range slices.Sorted(maps.Keys(h.due)) {
		if at := h.due[key]; !at.After(end) && (next == "" || at.Before(h.due[next])) {
			next = key
		}
	}
	if next == "" {
		return false
	}
	time.Sleep(time.Until(h.due[next])) //nolint:forbidigo // the clock is a fake one
	h.pass(next)
	return true
}

// pass makes one pass over an object.
func (h *harness) pass(key string) {
	h.Helper()
	kind, name, _ := strings.Cut(key, "/")
	delete(h.due, key)
	request := reconcile.Request{NamespacedName: types.NamespacedName{Namespace: home, Name: name}}
	result, err := h.reconcilers[kind].Reconcile(h.Context(), request)
	keyed := reconcile.Request{NamespacedName: types.NamespacedName{Namespace: kind, Name: name}}
	switch {
	case err != nil:
		h.due[key] = time.Now().Add(h.backoff.When(keyed))
	case result.RequeueAfter > 0:
		h.backoff.Forget(keyed)
		h.due[key] = time.Now().Add(result.RequeueAfter)
	default:
		h.backoff.Forget(keyed)
	}
}

// wake does what watches do: what a user changed is looked at, and so is all else when something that others depend on changed.
func (h *harness) wake() {
	h.Helper()
	if !h.dirty {
		return
	}
	h.dirty = false
	others := ""
	for _, key := range slices.Sorted(maps.Keys(h.objects)) {
		obj := h.objects[key]
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(obj), obj); client.IgnoreNotFound(err) != nil {
			h.Fatal(err)
		} else if err != nil {
			delete(h.objects, key)
			delete(h.due, key)
			delete(h.seen, key)
			continue
		}
		seen := fmt.Sprint(obj.GetUID(), obj.GetGeneration(), obj.GetDeletionTimestamp(), obj.GetAnnotations(), obj.GetLabels())
		if h.seen[key] != seen {
			h.seen[key] = seen
			h.due[key] = time.Now()
		}
		others += fmt.Sprint(obj.GetUID(), obj.GetDeletionTimestamp())
		if own, ok := obj.(managed.Object); ok {
			status := own.CommonStatus()
			others += fmt.Sprint(status.ID, status.Name, meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady))
		} else if project, ok := obj.(*v1alpha1.MeshProject); ok {
			others += fmt.Sprint(meta.IsStatusConditionTrue(project.Status.Conditions, v1alpha1.ConditionReady))
		}
	}
	var secrets corev1.SecretList
	if err := h.List(h.Context(), &secrets); err != nil {
		h.Fatal(err)
	}
	for _, one := range secrets.Items {
		others += one.Name + one.ResourceVersion
	}
	if others != h.others {
		h.others = others
		for key, obj := range h.objects {
			if _, isProject := obj.(*v1alpha1.MeshProject); !isProject {
				h.due[key] = time.Now()
			}
		}
	}
}

// condition is what an object says: "Synced=False Unavailable".
func (h *harness) condition(obj managed.Object, kind string) string {
	h.Helper()
	if err := h.Get(h.Context(), client.ObjectKeyFromObject(obj), obj); err != nil {
		h.Fatal(err)
	}
	if c := meta.FindStatusCondition(obj.CommonStatus().Conditions, kind); c != nil {
		return fmt.Sprintf("%s=%s %s", c.Type, c.Status, c.Reason)
	}
	return kind + " is not there"
}

// says is all that an object says, for people who read a failed test.
func (h *harness) says(obj managed.Object) string {
	text := ""
	for _, c := range obj.CommonStatus().Conditions {
		text += fmt.Sprintf("\n%s=%s %s: %s", c.Type, c.Status, c.Reason, c.Message)
	}
	return text
}

// isReady checks that an object is Ready and in sync.
func (h *harness) isReady(obj managed.Object) bool {
	h.Helper()
	ready, synced := h.condition(obj, v1alpha1.ConditionReady), h.condition(obj, v1alpha1.ConditionSynced)
	if ready == "Ready=True Available" && synced == "Synced=True InSync" {
		return true
	}
	h.Errorf("%s %s is not Ready and in sync:%s", h.kindOf(obj), obj.GetName(), h.says(obj))
	return false
}

func (h *harness) mustBeReady(obj managed.Object) {
	h.Helper()
	if !h.isReady(obj) {
		h.FailNow()
	}
}

// gone says that an object is gone.
func (h *harness) gone(obj client.Object) bool {
	h.Helper()
	current := obj.DeepCopyObject().(client.Object) //nolint:forcetypeassert // it is one
	err := h.Get(h.Context(), client.ObjectKeyFromObject(obj), current)
	if client.IgnoreNotFound(err) != nil {
		h.Fatal(err)
	}
	return err != nil
}

// goes deletes an object and checks that it is gone by and by.
func (h *harness) goes(obj managed.Object) {
	h.Helper()
	h.delete(obj)
	if !h.runUntil(time.Hour, func() bool { return h.gone(obj) }) {
		h.condition(obj, v1alpha1.ConditionReady)
		h.Errorf("%s %s is not gone:%s", h.kindOf(obj), obj.GetName(), h.says(obj))
	}
}

// creation is the call that created something, as MeshAgent received it, with what it created.
type creation struct {
	simulator.Call
	simulator.Foreign
}

// learn applies an object, waits until it is Ready, and tells how it was created.
func (h *harness) learn(obj managed.Object) creation {
	h.Helper()
	before := h.held()
	h.meshagent.ResetCalls()
	h.apply(obj)
	h.run(time.Minute)
	h.mustBeReady(obj)
	return h.creation(before)
}

// creation finds what was created since something was held, and by which call.
func (h *harness) creation(before map[simulator.Foreign]string) (made creation) {
	h.Helper()
	for _, call := range h.meshagent.Calls() {
		if call.Method == http.MethodPost && call.Status < http.StatusBadRequest {
			made.Call = call
		}
	}
	for where := range h.held() {
		if _, known := before[where]; !known {
			if made.Foreign.ID != "" {
				h.Fatalf("two things were created: %v and %v", made.Foreign, where)
			}
			made.Foreign = where
		}
	}
	if made.Foreign.ID == "" || made.Path == "" {
		h.Fatalf("nothing was created: %v", h.calls())
	}
	return made
}

// writes counts the calls that changed, or tried to change, what lies where a creation went.
func (h *harness) writes(made creation) (n int) {
	for _, call := range h.meshagent.Calls() {
		if isWrite(call, made) {
			n++
		}
	}
	return n
}

// changes counts those that did change something.
func (h *harness) changes(made creation) (n int) {
	for _, call := range h.meshagent.Calls() {
		if isWrite(call, made) && call.Status < http.StatusBadRequest {
			n++
		}
	}
	return n
}

func isWrite(call simulator.Call, made creation) bool {
	path, err := url.PathUnescape(call.Path)
	return err == nil && call.Method != http.MethodGet && strings.HasPrefix(path+"/", made.Path+"/")
}

func (h *harness) calls() (all []string) {
	for _, call := range h.meshagent.Calls() {
		all = append(all, fmt.Sprintf("%s %s %d", call.Method, call.Path, call.Status))
	}
	return all
}

// held is all that MeshAgent holds, as JSON.
func (h *harness) held() map[simulator.Foreign]string {
	h.Helper()
	all := map[simulator.Foreign]string{}
	for _, one := range h.meshagent.All() {
		text, err := json.Marshal(one.Doc)
		if err != nil {
			h.Fatal(err)
		}
		all[simulator.Foreign{Collection: one.Collection, ID: one.ID}] = string(text)
	}
	return all
}

// mustHoldAgain checks that MeshAgent holds just what it once held.
func (h *harness) mustHoldAgain(want map[simulator.Foreign]string) {
	h.Helper()
	if !h.holdsAgain(want) {
		h.FailNow()
	}
}

// holdsAgain is the same, and lets a test go on.
func (h *harness) holdsAgain(want map[simulator.Foreign]string) bool {
	h.Helper()
	got, ok := h.held(), true
	for where, document := range want {
		if got[where] != document {
			h.Errorf("%v was %s\nand is %q", where, document, got[where])
			ok = false
		}
	}
	for where, document := range got {
		if _, known := want[where]; !known {
			h.Errorf("%v is there: %s", where, document)
			ok = false
		}
	}
	return ok
}
