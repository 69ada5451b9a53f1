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
	synced   metav1.ConditionStatus
	reason   string
	message  string
	usable   string    // what Ready says when all is well; "" for the usual words
	notReady string    // why the resource is not usable although it exists
	absent   bool      // there is no resource
	paused   bool      // nothing was looked at
	lost     bool      // the resource was gone
	adopted  bool      // in this pass
	wrote    bool      // in MeshAgent, in this pass
	released bool      // the object is free to go
	listed   time.Time // when the list was begun that the pass relied on
	events   []occurrence
}

type occurrence struct {
	kind, reason, action, note string
	namespace                  *corev1.Namespace // that it is about, beside the object
}

func (o *outcome) event(reason, action, format string, args ...any) {
	o.events = append(o.events, occurrence{corev1.EventTypeNormal, reason, action, fmt.Sprintf(format, args...), nil})
}

func (o *outcome) warn(reason, action, format string, args ...any) {
	o.warnOf(nil, reason, action, format, args...)
}

// warnOf tells of a namespace what can no longer be told in it: nothing is created in one that is being deleted, events included. That of a
// namespace is in the namespace "default".
func (o *outcome) warnOf(namespace *corev1.Namespace, reason, action, format string, args ...any) {
	o.events = append(o.events, occurrence{corev1.EventTypeWarning, reason, action, fmt.Sprintf(format, args...), namespace})
}

func (o *outcome) inSync() {
	o.synced, o.reason, o.message = metav1.ConditionTrue, v1alpha1.ReasonInSync, "MeshAgent matches the spec"
}

func (o *outcome) drifted(message string) {
	o.synced, o.reason, o.message = metav1.ConditionFalse, v1alpha1.ReasonDrifted, message
}

func (o *outcome) notConverging(message string) {
	o.synced, o.reason, o.message = metav1.ConditionFalse, v1alpha1.ReasonNotConverging, message
}

func (o *outcome) missing(message string) {
	o.synced, o.reason, o.message, o.absent = metav1.ConditionFalse, v1alpha1.ReasonMissing, message, true
}

func suspended() outcome {
	return outcome{
		synced: metav1.ConditionUnknown, reason: v1alpha1.ReasonSuspended, paused: true,
		message: "spec.suspend is true: MeshAgent is neither read nor written",
	}
}
