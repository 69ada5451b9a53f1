// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
)

func named(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: memory.Namespace, Name: name}
}

func newFeed() *v1alpha1.MeshFeed {
	return &v1alpha1.MeshFeed{ObjectMeta: named("orders"), Spec: v1alpha1.MeshFeedSpec{Visibility: v1alpha1.FeedProject}}
}

func newRoom() *v1alpha1.MeshRoom {
	made := &v1alpha1.MeshRoom{ObjectMeta: named("support")}
	made.Spec.Metadata = &runtime.RawExtension{Raw: []byte(`{"team": "first"}`)}
	return made
}

// newMeshSecret reads the Secret "values".
func newMeshSecret() *v1alpha1.MeshSecret {
	made := &v1alpha1.MeshSecret{ObjectMeta: named("openai")}
	made.Spec.SecretRef.Name = "values"
	return made
}

// newRoomService is a service in the room of newRoom.
func newRoomService() *v1alpha1.MeshService {
	made := &v1alpha1.MeshService{ObjectMeta: named("agent")}
	made.Spec.RoomRef = &v1alpha1.ResourceReference{Name: "support"}
	made.Spec.Container = &v1alpha1.ContainerSpec{Image: "x"}
	return made
}

// managedAgent is what MeshAgent holds of a managed agent.
func managedAgent(name string) map[string]any {
	return map[string]any{"name": name, "configuration": map[string]any{
		"version": "v1", "kind": "ManagedAgent", "metadata": map[string]any{"name": name}, "allowed_models": []any{},
	}}
}
