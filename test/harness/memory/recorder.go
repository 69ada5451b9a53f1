// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"encoding/base64"
	"net/http"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// recorder receives the operator's Events. When the operator says that it left a resource which
// MeshAgent cannot delete, it deletes the resource by hand.
type recorder struct {
	events.FakeRecorder

	cluster *Cluster
}

// Eventf implements events.EventRecorder.
func (r *recorder) Eventf(about, _ runtime.Object, kind, reason, _, _ string, _ ...any) {
	obj, ok := about.(v1alpha1.Object)
	if !ok || kind != corev1.EventTypeNormal || reason != v1alpha1.EventLeft || !samples.IsUndeletable(obj) {
		return
	}
	for _, one := range r.cluster.MeshAgent.All() {
		if id := obj.CommonStatus().ID; id != "" && one.ID == id || id == "" && r.cluster.wasSent(one.Doc) {
			r.cluster.MeshAgent.Remove(one.Collection, one.ID)
		}
	}
}

// wasSent is true if a document has what was sent as its content.
func (c *Cluster) wasSent(doc map[string]any) bool {
	content, _ := doc["data_base64"].(string)
	return slices.ContainsFunc(c.MeshAgent.Calls(), func(call simulator.Call) bool {
		return content != "" && call.Method != http.MethodGet && content == base64.StdEncoding.EncodeToString(call.RequestBody)
	})
}
