// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

func TestMattersToUsers(t *testing.T) {
	t.Parallel()
	ready := func(status metav1.ConditionStatus, generation int64, message string) []metav1.Condition {
		return []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: status, ObservedGeneration: generation, Message: message}}
	}
	for name, test := range map[string]struct {
		change func(*v1alpha1.MeshFeed)
		want   bool
	}{
		"nothing": {func(*v1alpha1.MeshFeed) {}, false},
		"a new spec, while MeshAgent still has the old one": {func(feed *v1alpha1.MeshFeed) {
			feed.Generation = 2
			feed.Status.ObservedGeneration = 2
			feed.Status.Conditions[0].LastTransitionTime = metav1.Now()
		}, false},
		"a new spec that has arrived": {func(feed *v1alpha1.MeshFeed) { feed.Status.Conditions = ready("True", 2, "") }, true},
		"other words":                 {func(feed *v1alpha1.MeshFeed) { feed.Status.Conditions = ready("True", 1, "usable") }, false},
		"no longer Ready":             {func(feed *v1alpha1.MeshFeed) { feed.Status.Conditions = ready("False", 1, "it is gone") }, true},
		"another id":                  {func(feed *v1alpha1.MeshFeed) { feed.Status.ID = "2" }, true},
		"another name":                {func(feed *v1alpha1.MeshFeed) { feed.Status.Name = "sales" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := &v1alpha1.MeshFeed{}
			before.Generation, before.Status.ID, before.Status.Name = 1, "1", "orders"
			before.Status.Conditions = ready("True", 1, "")
			after := before.DeepCopy()
			test.change(after)
			if got := mattersToUsers().Update(event.UpdateEvent{ObjectOld: before, ObjectNew: after}); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
