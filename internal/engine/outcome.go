// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// outcome is what a pass that did not fail has to tell, and what any pass did before it failed.
type outcome struct {
	result   result
	notReady string    // why the resource is not usable although it exists
	lost     bool      // the resource was gone
	adopted  bool      // in this pass
	wrote    bool      // in MeshAgent, in this pass
	released bool      // the object is free to go
	listed   time.Time // when the list was begun that the pass relied on
	events   []occurrence
}

// result is what a pass that did not fail came to: one of the following.
type result struct {
	reason  string // of Synced
	message string
	usable  string // what Ready says when all is well
}

// usable is what Ready says of a resource.
const usable = msgAvailable

func inSync() result {
	return result{v1alpha1.ReasonInSync, msgInSync, usable}
}

// connected is the result of a MeshProject, which is not a resource of its own.
func connected(message, ready string) result {
	return result{v1alpha1.ReasonInSync, message, ready}
}

func drifted(message string) result {
	return result{v1alpha1.ReasonDrifted, message, usable}
}

func notConverging(message string) result {
	return result{v1alpha1.ReasonNotConverging, message, usable}
}

func missing(message string) result { return result{reason: v1alpha1.ReasonMissing, message: message} }

// completed is the result for a resource that was to be created once, and is gone.
func completed() result { return result{v1alpha1.ReasonCompleted, msgCompleted, msgCompleted} }

// suspended is the result while a field says that nothing is sent to MeshAgent.
func suspended(field string) result {
	return result{reason: v1alpha1.ReasonSuspended, message: field + " is true: the operator sends no requests to MeshAgent. Set it to false to continue"}
}

// synced is the status of the condition.
func (r result) synced() metav1.ConditionStatus {
	switch r.reason {
	case v1alpha1.ReasonInSync, v1alpha1.ReasonCompleted:
		return metav1.ConditionTrue
	case v1alpha1.ReasonSuspended:
		return metav1.ConditionUnknown
	}
	return metav1.ConditionFalse
}

// isAbsent says that there is no resource.
func (r result) isAbsent() bool { return r.reason == v1alpha1.ReasonMissing }

// ready is the reason of Ready for what is usable.
func (r result) ready() string {
	if r.reason == v1alpha1.ReasonCompleted {
		return r.reason
	}
	return v1alpha1.ReasonAvailable
}

// isSuspended says that nothing was looked at.
func (r result) isSuspended() bool { return r.reason == v1alpha1.ReasonSuspended }

type occurrence struct {
	kind, reason, action, note string
	namespace                  *corev1.Namespace // that it is about, instead of the object
}

func (o *outcome) event(reason, action, format string, args ...any) {
	o.events = append(o.events, occurrence{corev1.EventTypeNormal, reason, action, fmt.Sprintf(format, args...), nil})
}

func (o *outcome) warn(reason, action, format string, args ...any) {
	o.warnOf(nil, reason, action, format, args...)
}

// warnOf tells of a namespace what can no longer be told in it: nothing is created in one that is
// being deleted, events included. That of a namespace is in the namespace "default".
func (o *outcome) warnOf(namespace *corev1.Namespace, reason, action, format string, args ...any) {
	o.events = append(o.events, occurrence{corev1.EventTypeWarning, reason, action, fmt.Sprintf(format, args...), namespace})
}
