// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"context"
	"fmt"
	"maps"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// ApplyRooms applies rooms with metadata, and waits until they are Ready.
func (w *Env) ApplyRooms(ctx context.Context, count int) []client.Object {
	GinkgoHelper()
	var rooms []client.Object
	for i := range count {
		rooms = append(rooms, Room(fmt.Sprintf("room-%d", i), WithMetadata(`{"team": "support"}`)))
	}
	w.CreateAll(ctx, rooms...)
	w.ExpectReady(ctx, rooms...)
	return rooms
}

// SecretPart is the secret part of an API key.
func SecretPart(key string) string { return strings.SplitN(key, "-", 4)[3] }

// APIKeySecret returns the Secret with the API key of the MeshProject "default".
func APIKeySecret(key string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "meshagent-api-key"}, StringData: map[string]string{"apiKey": key}}
}

// Room returns a MeshRoom.
func Room(name string, change ...func(*v1alpha1.MeshRoom)) *v1alpha1.MeshRoom {
	made := &v1alpha1.MeshRoom{ObjectMeta: metav1.ObjectMeta{Name: name}}
	for _, change := range change {
		change(made)
	}
	return made
}

// WithMetadata sets the metadata of a MeshRoom.
func WithMetadata(text string) func(*v1alpha1.MeshRoom) {
	return func(room *v1alpha1.MeshRoom) { room.Spec.Metadata = &runtime.RawExtension{Raw: []byte(text)} }
}

// Timeless returns a status without the times of its conditions.
func Timeless(status any) map[string]any {
	m, _ := status.(map[string]any)
	m = maps.Clone(m)
	all, _ := m["conditions"].([]any)
	var conditions []any
	for _, one := range all {
		c, _ := one.(map[string]any)
		c = maps.Clone(c)
		delete(c, "lastTransitionTime")
		conditions = append(conditions, c)
	}
	m["conditions"] = conditions
	return m
}
