// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package manager

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// rights say in which namespaces nothing may be listed, or not all.
type rights struct {
	mu      sync.Mutex
	refused map[string]bool
	failing error
}

func (r *rights) set(namespace string, refused bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused[namespace] = refused
}

func (r *rights) check(list client.ObjectList, namespace string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failing != nil {
		return r.failing
	}
	if r.refused[namespace] && list.GetObjectKind().GroupVersionKind().Kind == "Secret" {
		return apierrors.NewForbidden(corev1.Resource("secrets"), "", errors.New("no Role"))
	}
	return nil
}

func watchedWith(t *testing.T, r *rights, namespaces ...string) watched {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{v1alpha1.AddToScheme, clientgoscheme.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	reader := fake.NewClientBuilder().WithScheme(scheme).WithInterceptorFuncs(interceptor.Funcs{List: func(
		ctx context.Context, c client.WithWatch, list client.ObjectList, opts ...client.ListOption,
	) error {
		options := (&client.ListOptions{}).ApplyOptions(opts)
		if options.Limit != 1 {
			t.Errorf("%d objects are asked for", options.Limit)
		}
		if err := r.check(list, options.Namespace); err != nil {
			return err
		}
		return c.List(ctx, list, opts...) //nolint:wrapcheck // the caller sees the error of the client
	}}).Build()
	return newWatched(reader, Kinds(scheme), namespaces)
}

func TestNamespacesThatCannotBeReadAreLeftOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		readable, unreadable, err := watchedWith(t, &rights{refused: map[string]bool{"gone": true}}, "a", "gone", "b").split(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"a", "b"}, readable); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"gone"}, slices.Collect(maps.Keys(unreadable))); diff != "" {
			t.Error(diff)
		}
		if took := time.Since(began); took > 2*grantDelay {
			t.Errorf("it took %s", took)
		}
	})
}

func TestRolesThatComeLateAreWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &rights{refused: map[string]bool{"late": true}}
		time.AfterFunc(grantDelay/2, func() { r.set("late", false) })
		readable, unreadable, err := watchedWith(t, r, "a", "late").split(t.Context())
		if err != nil || len(readable) != 2 || len(unreadable) != 0 {
			t.Errorf("got %v, %v, %v", readable, unreadable, err)
		}
	})
}

func TestWithoutANamespaceToReadTheOperatorEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, _, err := watchedWith(t, &rights{refused: map[string]bool{"a": true, "b": true}}, "a", "b").split(t.Context())
		if !apierrors.IsForbidden(err) {
			t.Errorf("got %v", err)
		}
		unavailable := errors.New("unavailable")
		if _, _, err := watchedWith(t, &rights{failing: unavailable}, "a").split(t.Context()); !errors.Is(err, unavailable) {
			t.Errorf("got %v", err)
		}
	})
}

func TestANamespaceThatCanBeReadAgainIsNoticed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &rights{refused: map[string]bool{"back": true}}
		began := time.Now()
		time.AfterFunc(time.Hour, func() { r.set("back", false) })
		if err := watchedWith(t, r, "back").await(t.Context()); !errors.Is(err, errReadable) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took > time.Hour+lookAgain {
			t.Errorf("it took %s", took)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		r.set("back", true)
		if err := watchedWith(t, r, "back").await(ctx); err != nil {
			t.Error(err)
		}
	})
}
