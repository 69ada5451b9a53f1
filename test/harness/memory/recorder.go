// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
)

// recorder receives the operator's Events. When the operator says that it left a resource which
// MeshAgent cannot delete, it deletes the resource by hand.
type recorder struct {
	events.FakeRecorder

	cluster *Cluster
}

// Eventf implements events.EventRecorder.
func (r *recorder) Eventf(about, _ runtime.Object, _, reason, _, _ string, _ ...any) {
	obj, ok := about.(v1alpha1.Object)
	if !ok || reason != v1alpha1.EventLeft || !samples.IsUndeletable(obj) {
		return
	}
	for _, one := range r.cluster.MeshAgent.All() {
		if one.ID == obj.CommonStatus().ID {
			r.cluster.MeshAgent.Remove(one.Collection, one.ID)
		}
	}
}
