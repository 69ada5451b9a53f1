// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// The install suite shows the whole of a removal; here is what it cannot wait for.

func newReleaser(t *testing.T, objects ...client.Object) *releaser {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	cluster := fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).Build()
	return &releaser{client: cluster, live: cluster, namespaces: []string{"a", "b"}, patience: 10 * time.Millisecond}
}

func named(namespace, name string, finalizers ...string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Finalizers: finalizers}
}

func TestAwaitDeletions(t *testing.T) {
	t.Parallel()
	going := named("b", "going", v1alpha1.Finalizer)
	going.DeletionTimestamp = new(metav1.Now())
	err := newReleaser(t, &v1alpha1.MeshRoom{ObjectMeta: named("a", "staying", v1alpha1.Finalizer)}, &v1alpha1.MeshFeed{ObjectMeta: going}).awaitDeletions(t.Context())
	want := "1 objects are still being deleted, and their Synced conditions say what they wait for: MeshFeed b/going"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
	theirs := named("a", "theirs", "example.com/finalizer")
	theirs.DeletionTimestamp = new(metav1.Now())
	if err := newReleaser(t, &v1alpha1.MeshRoom{ObjectMeta: theirs}).awaitDeletions(t.Context()); err != nil {
		t.Errorf("nobody but the owner of another finalizer is waited for: %v", err)
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	r := newReleaser(t,
		&v1alpha1.MeshRoom{ObjectMeta: named("a", "ours", v1alpha1.Finalizer)},
		&v1alpha1.MeshProject{ObjectMeta: named("b", "shared", "example.com/finalizer", v1alpha1.Finalizer)},
		&v1alpha1.MeshRoom{ObjectMeta: named("elsewhere", "ours", v1alpha1.Finalizer)},
	)
	if err := r.release(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, list := range []client.ObjectList{&v1alpha1.MeshRoomList{}, &v1alpha1.MeshProjectList{}} {
		if err := r.client.List(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		switch list := list.(type) {
		case *v1alpha1.MeshRoomList:
			for _, room := range list.Items {
				got["room "+room.Namespace] = strings.Join(room.Finalizers, " ")
			}
		case *v1alpha1.MeshProjectList:
			for _, project := range list.Items {
				got["project "+project.Namespace] = strings.Join(project.Finalizers, " ")
			}
		}
	}
	want := map[string]string{"room a": "", "project b": "example.com/finalizer", "room elsewhere": v1alpha1.Finalizer}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
