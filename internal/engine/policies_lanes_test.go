// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// What concerns all objects of a MeshProject goes to the lane of drift checks, so that it does not
// delay what users change in one of them. What they wait for does not.
func TestWhichLaneAChangedProjectWakesItsObjectsIn(t *testing.T) {
	t.Parallel()
	ready := func(status metav1.ConditionStatus, generation int64) []metav1.Condition {
		return []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: status, ObservedGeneration: generation}}
	}
	for name, test := range map[string]struct {
		change       func(*v1alpha1.MeshProject)
		retry, drift bool
	}{
		"a default": {func(p *v1alpha1.MeshProject) {
			p.Spec.Defaults = &v1alpha1.PolicyDefaults{ReconcilePolicy: v1alpha1.ReconcileObserve}
		}, false, true},
		"spec.suspend":                 {func(p *v1alpha1.MeshProject) { p.Spec.Suspend = new(true) }, false, true},
		"spec.suspend, to what it was": {func(p *v1alpha1.MeshProject) { p.Spec.Suspend = new(false) }, false, false},
		"a new spec that has arrived":  {func(p *v1alpha1.MeshProject) { p.Status.Conditions = ready("True", 2) }, false, true},
		"Ready":                        {func(p *v1alpha1.MeshProject) { p.Status.Conditions = ready("False", 1) }, true, false},
		"the deletion guard": {func(p *v1alpha1.MeshProject) {
			p.Spec.DeletionGuard = &v1alpha1.DeletionGuard{MaxPerHour: new(int32(1))}
		}, true, false},
		"a label": {func(p *v1alpha1.MeshProject) { p.Labels = map[string]string{"a": "b"} }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := &v1alpha1.MeshProject{}
			before.Status.Conditions = ready("True", 1)
			after := before.DeepCopy()
			test.change(after)
			update := event.UpdateEvent{ObjectOld: before, ObjectNew: after}
			if retry, drift := mattersToUsers().Update(update), changesPolicies().Update(update); retry != test.retry || drift != test.drift {
				t.Errorf("retry %t and drift %t, not %t and %t", retry, drift, test.retry, test.drift)
			}
		})
	}
}
