// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// member is a user of the simulated project.
const member = "0a5c0de0-0000-4000-8000-000000000001"

// mix creates 1,000 rooms, secrets, grants in those rooms, and services each.
func mix(ctx context.Context, b *bench, out *findings) error {
	const n = 1000
	floor, err := b.floor(ctx, n, mixed)
	if err != nil {
		return err
	}
	return b.within(ctx, func(w *world) error {
		m, _, err := w.idle(ctx, out)
		if err != nil {
			return err
		}
		if err := w.creation(ctx, m, out, floor, n, mixed); err != nil {
			return err
		}
		if _, err = w.restart(ctx, m, out, 4*n); err != nil {
			return err
		}
		var all []client.Object
		for i := range n {
			all = append(all, mixed(i)...)
		}
		return w.deletion(ctx, out, all)
	})
}

// mixed returns a room, a grant in it, a Secret with its MeshSecret, and a service.
func mixed(i int) []client.Object {
	name := fmt.Sprintf("mixed-%05d", i)
	grant := &v1alpha1.MeshRoomGrant{ObjectMeta: object(name)}
	grant.Spec.RoomRef.Name, grant.Spec.UserID = v1alpha1.ObjectName(name), member
	grant.Spec.Permissions = &v1alpha1.APIScope{Preset: "User"}
	service := &v1alpha1.MeshService{ObjectMeta: object(name)}
	service.Spec.Metadata = &v1alpha1.ServiceMetadata{Description: "One of many"}
	service.Spec.External = &v1alpha1.ExternalSpec{URL: "https://example.com/" + name}
	service.Spec.Ports = []v1alpha1.ServicePort{{Num: new(intstr.FromInt32(443)), Type: "http"}}
	return append([]client.Object{room(name), grant, service}, secret(name)...)
}

// secret returns a Secret with its MeshSecret.
func secret(name string) []client.Object {
	return []client.Object{
		&corev1.Secret{ObjectMeta: object(name), StringData: map[string]string{"KEY": "first"}},
		&v1alpha1.MeshSecret{ObjectMeta: object(name), Spec: v1alpha1.MeshSecretSpec{SecretRef: v1alpha1.LocalObjectReference{Name: v1alpha1.ObjectName(name)}}},
	}
}
