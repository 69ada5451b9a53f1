// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// known is an object as the operator's watches last saw it.
type known struct {
	object   client.Object
	toItself string // the parts that trigger its own reconciliation
	toOthers string // the parts that trigger the reconciliation of objects that can refer to it
}

// observe returns what watches see of a stored object. It is empty for a deleted object.
func observe(obj client.Object) known {
	if obj == nil {
		return known{}
	}
	seen := known{object: obj, toOthers: fmt.Sprint(obj.GetUID(), obj.GetDeletionTimestamp())}
	seen.toItself = fmt.Sprint(obj.GetUID(), obj.GetGeneration(), obj.GetDeletionTimestamp(), obj.GetAnnotations(), obj.GetLabels())
	switch obj := obj.(type) {
	case *v1alpha1.MeshProject:
		seen.toOthers += readiness(obj) + fmt.Sprint(obj.Spec.Suspended(), obj.Spec.Defaults, obj.Status.ProjectKey, obj.Status.Domains)
	case v1alpha1.Object:
		seen.toOthers += fmt.Sprint(obj.CommonStatus().ID, obj.CommonStatus().Name, obj.CommonStatus().Parent) + readiness(obj)
	default: // a Secret or ConfigMap
		seen.toOthers += obj.GetResourceVersion()
	}
	return seen
}

func readiness(obj client.Object) string {
	ready := meta.FindStatusCondition(conditionsOf(obj), v1alpha1.ConditionReady)
	if ready == nil {
		return ""
	}
	return fmt.Sprint(ready.Status, ready.ObservedGeneration)
}

// forget notifies the operator that an object is gone.
func (c *Cluster) forget(key objectKey, last known) {
	delete(c.known, key)
	delete(c.due, key.gvk.Kind+"/"+key.name.Name)
	if kind, ours := c.controllers[key.gvk.Kind]; ours && last.object != nil && !c.IsKilled() {
		kind.gone.Delete(c.Context(), event.DeleteEvent{Object: last.object}, nil)
	}
}
