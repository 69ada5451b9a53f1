// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// conclusion is a pass that has ended.
type conclusion struct {
	before, obj client.Object
	status      *v1alpha1.ObjectStatus // of obj
	outcome     outcome
	requested   string
	// strict says that the object is of no use while access is denied: true for the MeshProject
	// itself.
	strict bool
}

// conclude tells what a pass came to: it sets the conditions, sends events, writes status if it
// changed, and answers the queue. Nothing else in the program does any of this.
func (e *Environment) conclude(ctx context.Context, c conclusion, err error) (reconcile.Result, error) {
	for _, event := range c.outcome.events {
		e.send(c.obj, event)
	}
	if c.outcome.released && err == nil {
		e.memory.forget(c.obj)
		return reconcile.Result{}, nil
	}
	var v verdict.Verdict
	if err != nil {
		v = verdict.Of(err)
	}
	if err != nil && c.passes(v) {
		return reconcile.Result{RequeueAfter: v.After}, nil
	}
	known := reasonOf(c.status, v1alpha1.ConditionReady) != ""
	e.setConditions(&c, v, err)
	c.settle(err == nil || !v.Retries(err))
	switch writeErr := e.tell(ctx, c); {
	case errors.Is(writeErr, errReplaced):
		return reconcile.Result{}, nil // it is gone, and what has its name now has passes of its own
	case writeErr != nil:
		// What was done stays done: the next pass finds it in MeshAgent.
		return reconcile.Result{Priority: new(projects.RetryPriority)}, writeErr
	}
	e.measure(c, known, err)
	return e.answer(c, v, err)
}

// setConditions sets the conditions, and sends the event of a failure when its reason is new.
func (e *Environment) setConditions(c *conclusion, v verdict.Verdict, err error) {
	if err == nil {
		c.succeed()
		return
	}
	previous := reasonOf(c.status, v1alpha1.ConditionSynced)
	if v.Unsent && v.Reason == previous && c.status.ObservedGeneration == c.obj.GetGeneration() {
		return // the failure that opened the circuit has been told, in words of its own
	}
	c.fail(v)
	if v.Reason != previous && !v.Quiet {
		e.announce(c.obj, v)
	}
}

// tell writes status, or as much of it as Kubernetes can store.
func (e *Environment) tell(ctx context.Context, c conclusion) error {
	err := e.writeStatus(ctx, c.before, c.obj)
	if isTooLarge(err) {
		err = e.writeStatus(ctx, c.before, c.reduced())
	}
	return err
}

// settle fills the rest of the status. A look that was asked for is over, or will be
// tried again.
func (c *conclusion) settle(over bool) {
	if over && !c.outcome.result.isSuspended() {
		c.status.LastHandledReconcileAt = c.requested
	}
	c.status.ObservedGeneration = c.obj.GetGeneration()
	slices.SortFunc(c.status.Conditions, func(a, b metav1.Condition) int { return order(a.Type) - order(b.Type) })
}

// passes says that a failure is not worth a status that is out of date at once: a race, or that a
// new object waits for something that was made with it, as a watch will tell.
func (c *conclusion) passes(v verdict.Verdict) bool {
	const moment = 5 * time.Second
	isNew := len(c.status.Conditions) == 0 && time.Since(c.obj.GetCreationTimestamp().Time) < moment
	return v.Class == verdict.Silent || v.Quiet && isNew
}

// answer tells the queue when to come back.
func (e *Environment) answer(c conclusion, v verdict.Verdict, err error) (reconcile.Result, error) {
	switch {
	case c.outcome.result.isSuspended():
		return reconcile.Result{}, nil
	case err == nil && c.outcome.notReady != "":
		return reconcile.Result{RequeueAfter: projects.Jittered(e.untilReady(c.status)), Priority: new(projects.RetryPriority)}, nil
	case err == nil:
		return reconcile.Result{RequeueAfter: e.untilDrift(c.outcome.listed), Priority: new(projects.DriftPriority)}, nil
	case v.Class == verdict.Limited, v.Class == verdict.OnHold, v.Class == verdict.Unavailable && v.After > 0:
		return reconcile.Result{RequeueAfter: projects.Jittered(v.After) + time.Second/10, Priority: new(projects.RetryPriority)}, nil
	case v.Retries(err):
		return reconcile.Result{Priority: new(projects.RetryPriority)}, err
	default:
		return reconcile.Result{RequeueAfter: projects.Jittered(e.DriftInterval), Priority: new(projects.DriftPriority)}, nil
	}
}

// untilReady is how long to wait for MeshAgent to finish with a resource: the longer it took
// already, the longer.
func (e *Environment) untilReady(status *v1alpha1.ObjectStatus) time.Duration {
	const soon = 5 * time.Second
	waited := soon
	if ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady); ready != nil {
		waited = max(soon, time.Since(ready.LastTransitionTime.Time))
	}
	return min(waited, e.DriftInterval)
}

// succeed sets the conditions after a pass that did not fail.
func (c *conclusion) succeed() {
	o, message := c.outcome, c.outcome.result.message
	if o.notReady != "" && o.result.synced() == metav1.ConditionTrue {
		message += "; " + o.notReady
		c.set(v1alpha1.ConditionSynced, metav1.ConditionTrue, v1alpha1.ReasonNotReady, message) // which is what kubectl get shows
	} else {
		c.set(v1alpha1.ConditionSynced, o.result.synced(), o.result.reason, message)
	}
	switch {
	case o.result.isSuspended():
		if !meta.IsStatusConditionTrue(c.status.Conditions, v1alpha1.ConditionReady) {
			c.set(v1alpha1.ConditionReady, metav1.ConditionFalse, o.result.reason, message)
		}
	case o.result.isAbsent():
		c.set(v1alpha1.ConditionReady, metav1.ConditionFalse, o.result.reason, message)
	case o.notReady != "":
		c.set(v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonNotReady, o.notReady)
		c.set(v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonNotReady, o.notReady)
	default:
		c.set(v1alpha1.ConditionReady, metav1.ConditionTrue, o.result.ready(), o.result.usable)
	}
	if o.notReady == "" {
		c.drop(v1alpha1.ConditionReconciling)
	}
	c.drop(v1alpha1.ConditionStalled)
}

// fail sets the conditions after a pass that failed. What was usable stays Ready unless the failure
// says that it no longer is.
func (c *conclusion) fail(v verdict.Verdict) {
	c.set(v1alpha1.ConditionSynced, metav1.ConditionFalse, v.Reason, v.Message)
	ready := meta.IsStatusConditionTrue(c.status.Conditions, v1alpha1.ConditionReady)
	switch {
	case !c.obj.GetDeletionTimestamp().IsZero():
		c.set(v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonDeleting, v.Message)
	case !ready, v.Class == verdict.Refused && !v.KeepsReady, c.outcome.lost, c.strict && (v.Class == verdict.Denied || v.Class == verdict.Waiting):
		c.set(v1alpha1.ConditionReady, metav1.ConditionFalse, v.Reason, v.Message)
	}
	if v.Class == verdict.Refused {
		c.set(v1alpha1.ConditionStalled, metav1.ConditionTrue, v.Reason, v.Message)
		c.drop(v1alpha1.ConditionReconciling)
		return
	}
	c.drop(v1alpha1.ConditionStalled)
	if usableFor(c.status.Conditions, c.obj.GetGeneration()) {
		// What users asked for is there; that it cannot be verified just now is what Synced says.
		c.drop(v1alpha1.ConditionReconciling)
	} else {
		c.set(v1alpha1.ConditionReconciling, metav1.ConditionTrue, v.Reason, v.Message)
	}
}

func (c *conclusion) set(kind string, status metav1.ConditionStatus, reason, message string) {
	const longest = 32768 // the limit in the schema of conditions
	meta.SetStatusCondition(&c.status.Conditions, metav1.Condition{
		Type: kind, Status: status, Reason: reason, Message: cut(message, longest), ObservedGeneration: c.obj.GetGeneration(),
	})
}

func (c *conclusion) drop(kind string) { meta.RemoveStatusCondition(&c.status.Conditions, kind) }

// usableFor says that a version of the spec was brought to MeshAgent, and is usable.
func usableFor(conditions []metav1.Condition, generation int64) bool {
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == generation
}

func reasonOf(status *v1alpha1.ObjectStatus, kind string) string {
	if condition := meta.FindStatusCondition(status.Conditions, kind); condition != nil {
		return condition.Reason
	}
	return ""
}

// announce sends the event of a failure, once when its reason appears.
func (e *Environment) announce(obj client.Object, v verdict.Verdict) {
	kind := corev1.EventTypeWarning
	if v.Class == verdict.Waiting || v.Class == verdict.Limited {
		kind = corev1.EventTypeNormal
	}
	e.send(obj, occurrence{kind, v.Reason, "reconcile", v.Message, nil})
}

// send sends an event. Of its text the API server takes so many bytes.
func (e *Environment) send(about client.Object, event occurrence) {
	const most = 1024
	if event.namespace != nil {
		about = event.namespace
	}
	note := event.note
	if len(note) > most {
		note = strings.ToValidUTF8(note[:most-len("…")], "") + "…"
	}
	e.Recorder.Eventf(about, nil, event.kind, event.reason, event.action, "%s", note)
}

// writeStatus patches status if it is not what it was before.
func (e *Environment) writeStatus(ctx context.Context, before, obj client.Object) error {
	// These were written before, in requests of their own.
	before.SetResourceVersion(obj.GetResourceVersion())
	before.SetFinalizers(obj.GetFinalizers())
	// Far cheaper than a patch that turns out to be empty, in each check of each object.
	if equality.Semantic.DeepEqual(before, obj) {
		return nil
	}
	// The answer shows the object as it is now. What this pass is about is the version that it
	// read: a newer one has a pass of its own.
	patched, _ := obj.DeepCopyObject().(client.Object)
	err := e.Client.Status().Patch(ctx, patched, sameObject(before))
	switch {
	case isReplaced(err):
		return errReplaced
	case err != nil:
		return fmt.Errorf("writing status: %w", err)
	}
	obj.SetResourceVersion(patched.GetResourceVersion())
	e.memory.noteWrite(obj)
	return nil
}

// order keeps the conditions that matter most on top.
func order(condition string) int {
	return slices.Index([]string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced, v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled, v1alpha1.ConditionListsReadable, v1alpha1.ConditionDeletionsHeld, v1alpha1.ConditionAPICompatible}, condition)
}
