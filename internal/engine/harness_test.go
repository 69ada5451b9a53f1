// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
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
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// ownMark is what the names of annotations begin with in which the operator says whose a resource
// is.
const ownMark = "meshagent.com/"

// kind is what the harness needs of a kind. Those of controller.All are found by asking for it.
type kind interface {
	Like() client.Object
	Reconciler(env *engine.Environment) reconcile.Reconciler
}

// harness is a cluster with an operator of all kinds in it, and a MeshAgent, in a bubble of time.
// It makes the passes one after the other, when the queue of a controller would.
type harness struct {
	*testing.T
	client.Client
	meshagent *simulator.Simulator
	owner     string

	env         *engine.Environment
	reconcilers map[string]reconcile.Reconciler
	backoff     workqueue.TypedRateLimiter[reconcile.Request]
	objects     map[string]client.Object // of our kinds, that were applied
	due         map[string]time.Time     // when to look at each
	seen        map[string]string        // what of each matters to passes
	others      string                   // what of all of them matters to the others
	dirty       bool                     // something was written since that was computed
}

func newHarness(t *testing.T, behavior simulator.Behavior) *harness {
	t.Helper()
	return newCluster(t, "cluster-1", simulator.New(simulator.WithLatency(20*time.Millisecond), simulator.WithBehavior(behavior)))
}

// newCluster is a harness whose operator has a name, and a MeshAgent that others may use too. The
// MeshProject is Ready.
func newCluster(t *testing.T, owner string, remote *simulator.Simulator) *harness {
	t.Helper()
	h := &harness{T: t, meshagent: remote, owner: owner, objects: map[string]client.Object{}, seen: map[string]string{}}
	var likes []client.Object
	for _, one := range controller.All {
		likes = append(likes, one.(kind).Like())
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
	h.env = &engine.Environment{
		Client: h, Live: h, Recorder: &events.FakeRecorder{}, OwnerID: h.owner, DriftInterval: interval,
		Projects: &projects.Pool{Cache: h, Live: h, Options: meshagent.Options{Transport: h.meshagent}},
	}
	h.reconcilers, h.due, h.backoff = map[string]reconcile.Reconciler{}, map[string]time.Time{}, engine.Backoff()
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

// applyNeeds applies what a sample refers to, and waits until it is Ready. prepare may change it
// before.
func (h *harness) applyNeeds(s sample, prepare func(engine.Object)) {
	h.Helper()
	var ours []engine.Object
	for _, need := range s.needs() {
		obj := need.made.DeepCopyObject().(client.Object)
		if own, ok := obj.(engine.Object); ok {
			ours = append(ours, own)
			if prepare != nil {
				prepare(own)
			}
		}
		h.apply(obj)
	}
	h.run(time.Minute)
	for _, obj := range ours {
		// Whether it is in sync does not matter to those that refer to it.
		if got := h.condition(obj, v1alpha1.ConditionReady); got != "Ready=True Available" {
			h.Fatalf("%s %s is not Ready:%s", h.kindOf(obj), obj.GetName(), h.says(obj))
		}
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
func (h *harness) changed(obj engine.Object, patch string) engine.Object {
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
	made := obj.DeepCopyObject().(engine.Object)
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

// condition is what an object says: "Synced=False Unavailable".
func (h *harness) condition(obj engine.Object, kind string) string {
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
func (h *harness) says(obj engine.Object) string {
	text := ""
	for _, c := range obj.CommonStatus().Conditions {
		text += fmt.Sprintf("\n%s=%s %s: %s", c.Type, c.Status, c.Reason, c.Message)
	}
	return text
}

// isReady checks that an object is Ready and in sync.
func (h *harness) isReady(obj engine.Object) bool {
	h.Helper()
	ready, synced := h.condition(obj, v1alpha1.ConditionReady), h.condition(obj, v1alpha1.ConditionSynced)
	if ready == "Ready=True Available" && synced == "Synced=True InSync" {
		return true
	}
	h.Errorf("%s %s is not Ready and in sync:%s", h.kindOf(obj), obj.GetName(), h.says(obj))
	return false
}

func (h *harness) mustBeReady(obj engine.Object) {
	h.Helper()
	if !h.isReady(obj) {
		h.FailNow()
	}
}

// gone says that an object is gone.
func (h *harness) gone(obj client.Object) bool {
	h.Helper()
	current := obj.DeepCopyObject().(client.Object)
	err := h.Get(h.Context(), client.ObjectKeyFromObject(obj), current)
	if client.IgnoreNotFound(err) != nil {
		h.Fatal(err)
	}
	return err != nil
}

// goes deletes an object and checks that it is gone in time.
func (h *harness) goes(obj engine.Object) {
	h.Helper()
	h.delete(obj)
	if !h.runUntil(time.Hour, func() bool { return h.gone(obj) }) {
		h.condition(obj, v1alpha1.ConditionReady)
		h.Errorf("%s %s is not gone:%s", h.kindOf(obj), obj.GetName(), h.says(obj))
	}
}
