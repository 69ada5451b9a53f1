// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package release

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr/funcr"
	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// The install suite shows the whole of a removal; here is what it cannot wait for.

func newReleaser(t *testing.T, objects ...client.Object) *releaser {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{v1alpha1.AddToScheme, appsv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	cluster := fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).Build()
	kinds := []schema.GroupVersionKind{v1alpha1.GroupVersion.WithKind("MeshProject"), v1alpha1.GroupVersion.WithKind("MeshRoom"), v1alpha1.GroupVersion.WithKind("MeshFeed")}
	return &releaser{client: cluster, live: cluster, kinds: kinds, namespaces: []string{"a", "b"}, patience: 10 * time.Millisecond, pauses: wait.Backoff{Duration: time.Millisecond, Steps: 6}}
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
		t.Errorf("the release waits for the finalizer of another owner: %v", err)
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

func TestReleaseTellsWhatStaysInMeshAgent(t *testing.T) {
	t.Parallel()
	late := named("b", "late", v1alpha1.Finalizer)
	late.DeletionTimestamp = new(metav1.Now())
	var said []string
	log := funcr.New(func(_, args string) { said = append(said, args) }, funcr.Options{})
	r := newReleaser(t, &v1alpha1.MeshFeed{ObjectMeta: late}, &v1alpha1.MeshRoom{ObjectMeta: named("a", "staying", v1alpha1.Finalizer)})
	if err := r.release(ctrl.LoggerInto(t.Context(), log)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`"level"=0 "msg"="Deleted object without an operator, its resource stays in MeshAgent" "kind"="MeshFeed" "namespace"="b" "name"="late"`,
		`"level"=0 "msg"="Released objects" "number"=2`,
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
}

// An operator without leader election adds the finalizers again as soon as they are gone.
func TestReleaseStopsAgainstALiveOperator(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReleaser(t, &v1alpha1.MeshRoom{ObjectMeta: named("a", "ours", v1alpha1.Finalizer)})
		r.pauses = releasePauses
		patches := 0
		operator := r.client
		r.client = interceptor.NewClient(operator.(client.WithWatch), interceptor.Funcs{Patch: func(
			ctx context.Context, c client.WithWatch, obj client.Object, patch client.Patch, opts ...client.PatchOption,
		) error {
			patches++
			time.AfterFunc(100*time.Millisecond, func() {
				room := &v1alpha1.MeshRoom{}
				if err := operator.Get(ctx, client.ObjectKeyFromObject(obj), room); err != nil {
					t.Error(err)
				}
				room.Finalizers = []string{v1alpha1.Finalizer}
				if err := operator.Update(ctx, room); err != nil {
					t.Error(err)
				}
			})
			return c.Patch(ctx, obj, patch, opts...) //nolint:wrapcheck // the caller sees the error of the client
		}})
		began := time.Now()
		err := r.release(t.Context())
		if err == nil || !strings.Contains(err.Error(), "MeshRoom a/ours") {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); patches > 3 || took > time.Minute {
			t.Errorf("%d patches in %s", patches, took)
		}
	})
}

// Objects that change all the time are not an operator's doing, and not tried for ever either.
func TestReleaseEndsWhenObjectsKeepChanging(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReleaser(t, &v1alpha1.MeshRoom{ObjectMeta: named("a", "busy", v1alpha1.Finalizer)})
		r.pauses = releasePauses
		conflict := apierrors.NewConflict(v1alpha1.GroupVersion.WithResource("meshrooms").GroupResource(), "busy", nil)
		r.client = interceptor.NewClient(r.client.(client.WithWatch), interceptor.Funcs{Patch: func(
			context.Context, client.WithWatch, client.Object, client.Patch, ...client.PatchOption,
		) error {
			return conflict
		}})
		began := time.Now()
		if err := r.release(t.Context()); err == nil || time.Since(began) > 2*time.Minute {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
	})
}

func TestStop(t *testing.T) {
	t.Parallel()
	name := types.NamespacedName{Namespace: "a", Name: "operator"}
	deployment := &appsv1.Deployment{ObjectMeta: named(name.Namespace, name.Name), Spec: appsv1.DeploymentSpec{Replicas: new(int32(2))}}
	r := newReleaser(t, deployment)
	if err := r.stop(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if err := r.client.Get(t.Context(), name, deployment); err != nil {
		t.Fatal(err)
	}
	if *deployment.Spec.Replicas != 0 {
		t.Errorf("got %d replicas, want none", *deployment.Spec.Replicas)
	}
	if err := newReleaser(t).stop(t.Context(), name); err != nil {
		t.Errorf("an uninstallation may be repeated when the Deployment is gone already: %v", err)
	}
}
