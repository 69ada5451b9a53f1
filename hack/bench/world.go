// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

const (
	namespace = metav1.NamespaceDefault
	// writers is how many clients write to Kubernetes at once.
	writers = 8
	// patience limits every wait.
	patience = 10 * time.Minute
)

// world is an empty Kubernetes with an empty MeshAgent. Each scenario has its own.
type world struct {
	client.Client
	*probe

	bench     *bench
	dir       string
	plane     *controlplane.ControlPlane
	meshagent *simulator.Simulator
	url       string // of MeshAgent
	closers   []func() error
}

// within creates a world for a function, and closes it afterwards.
func (b *bench) within(ctx context.Context, do func(w *world) error) (err error) {
	w, err := b.newWorld(ctx)
	defer func() { err = errors.Join(err, w.close()) }()
	if err != nil {
		return err
	}
	return do(w)
}

// newWorld creates a world. The caller must close it, even if it comes with an error.
func (b *bench) newWorld(ctx context.Context) (w *world, err error) {
	w = &world{bench: b, meshagent: simulator.New(simulator.WithLatency(b.latency))}
	if w.dir, err = os.MkdirTemp(b.dir, ""); err != nil {
		return w, fmt.Errorf("creating a folder: %w", err)
	}
	if w.plane, err = controlplane.Start(ctx, controlplane.Options{CRDPaths: []string{filepath.Join("config", "crd", "bases")}, Dir: w.dir}); err != nil {
		return w, fmt.Errorf("starting Kubernetes: %w", err)
	}
	w.closers = append(w.closers, w.plane.Stop)

	server := httptest.NewServer(w.meshagent)
	w.url = server.URL
	w.closers = append(w.closers, func() error { server.Close(); return nil })

	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return w, fmt.Errorf("creating a scheme: %w", err)
	}
	if w.Client, err = client.New(w.plane.Config, client.Options{Scheme: scheme}); err != nil {
		return w, fmt.Errorf("creating a client: %w", err)
	}
	watching, stop := context.WithCancel(ctx)
	w.closers = append(w.closers, func() error { stop(); return nil })
	w.probe, err = newProbe(watching, w.plane.Config, scheme)
	return w, err
}

// close ends everything that belongs to the world, in reverse order.
func (w *world) close() error {
	var failed error
	for _, end := range slices.Backward(w.closers) {
		failed = errors.Join(failed, end())
	}
	w.closers = nil
	return failed
}

func object(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}

// project declares access to MeshAgent. Without a budget to measure, its rate limit is higher than
// what the operator can use.
func (w *world) project(ctx context.Context, budget *v1alpha1.RateLimit) error {
	err := errors.Join(
		w.Create(ctx, &corev1.Secret{ObjectMeta: object("meshagent-api-key"), StringData: map[string]string{"apiKey": simulator.DevelopmentKey}}),
		w.Create(ctx, &v1alpha1.MeshProject{ObjectMeta: object(v1alpha1.DefaultProject), Spec: v1alpha1.MeshProjectSpec{
			APIKeySecretRef: v1alpha1.APIKeyReference{Name: "meshagent-api-key"},
			RateLimit:       budget,
		}}),
	)
	if err != nil {
		return fmt.Errorf("making the MeshProject: %w", err)
	}
	return nil
}

var plenty = &v1alpha1.RateLimit{RequestsPerSecond: 1000, Burst: 1000}

// declare creates objects as fast as the API server accepts them, and returns how long that took.
func (w *world) declare(ctx context.Context, n int, each func(i int) []client.Object) (time.Duration, error) {
	begun := time.Now()
	err := parallel(n, func(i int) error {
		for _, obj := range each(i) {
			if err := w.create(ctx, w.Client, obj); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("creating objects: %w", err)
	}
	return time.Since(begun), nil
}

// floor is the time to create the same objects in a world of their own, without an operator.
func (b *bench) floor(ctx context.Context, n int, each func(i int) []client.Object) (took time.Duration, err error) {
	err = b.within(ctx, func(w *world) error {
		took, err = w.declare(ctx, n, each)
		return err
	})
	return took, err
}

// until polls at some pace until a condition holds.
func until(ctx context.Context, pace time.Duration, what string, so func() (bool, error)) error {
	err := wait.PollUntilContextTimeout(ctx, pace, patience, true, func(context.Context) (bool, error) { return so() })
	if err != nil {
		return fmt.Errorf("waiting until %s: %w", what, err)
	}
	return nil
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// parallel calls a function for each number below n.
func parallel(n int, do func(int) error) error {
	var group sync.WaitGroup
	failed := make([]error, writers)
	for writer := range writers {
		group.Go(func() {
			for i := writer; i < n && failed[writer] == nil; i += writers {
				failed[writer] = do(i)
			}
		})
	}
	group.Wait()
	return errors.Join(failed...)
}
