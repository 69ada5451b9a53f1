// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent/simulator"
)

const (
	namespace = metav1.NamespaceDefault
	// writers is how many clients write to Kubernetes at once.
	writers = 8
	// patience is how long anything may take.
	patience = 10 * time.Minute
)

func object(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}

// secrets makes so many MeshSecrets, changes every Secret behind them once, as fast as the API server takes it, and tells how long after the
// change of each MeshAgent had its new value, and what that cost.
func (b *bench) secrets(ctx context.Context, number int) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := b.project(ctx); err != nil {
		return err
	}
	begun := time.Now()
	err := parallel(number, func(i int) error {
		name := fmt.Sprintf("secret-%05d", i)
		return errors.Join(
			b.Create(ctx, &corev1.Secret{ObjectMeta: object(name), StringData: map[string]string{"KEY": "first"}}),
			b.Create(ctx, &v1alpha1.MeshSecret{ObjectMeta: object(name), Spec: v1alpha1.MeshSecretSpec{SecretRef: v1alpha1.LocalSecretReference{Name: name}}}),
		)
	})
	if err != nil {
		return fmt.Errorf("making Secrets and MeshSecrets: %w", err)
	}
	ids := map[string]int{}
	err = wait.PollUntilContextCancel(ctx, time.Second/4, true, func(ctx context.Context) (bool, error) {
		var list v1alpha1.MeshSecretList
		if err := b.List(ctx, &list, client.InNamespace(namespace)); err != nil {
			return false, err
		}
		for _, secret := range list.Items {
			if meta.IsStatusConditionTrue(secret.Status.Conditions, v1alpha1.ConditionReady) {
				var i int
				if _, err := fmt.Sscanf(secret.Name, "secret-%d", &i); err != nil {
					return false, err
				}
				ids[secret.Status.ID] = i
			}
		}
		return len(ids) == number, nil
	})
	if err != nil {
		return fmt.Errorf("waiting until %d MeshSecrets are Ready (%d are): %w", number, len(ids), err)
	}
	fmt.Printf("%d MeshSecrets made and Ready after %s, with %v\n", number, time.Since(begun).Round(time.Second/10), b.requests())
	return b.change(ctx, number, ids)
}

func (b *bench) change(ctx context.Context, number int, ids map[string]int) error {
	b.meshagent.ResetCalls()
	changed := make([]time.Time, number)
	err := parallel(number, func(i int) error {
		secret := &corev1.Secret{ObjectMeta: object(fmt.Sprintf("secret-%05d", i))}
		changed[i] = time.Now()
		return b.Patch(ctx, secret, client.RawPatch("application/merge-patch+json", []byte(`{"stringData":{"KEY":"second"}}`)))
	})
	if err != nil {
		return fmt.Errorf("changing Secrets: %w", err)
	}
	wrote := time.Since(slices.MinFunc(changed, time.Time.Compare))
	var took []time.Duration
	err = wait.PollUntilContextCancel(ctx, time.Second/4, true, func(context.Context) (bool, error) {
		took = took[:0]
		for _, call := range b.meshagent.Calls() {
			if call.Method == http.MethodPut {
				took = append(took, call.At.Sub(changed[ids[path.Base(call.Path)]]))
			}
		}
		return len(took) >= number, nil
	})
	if err != nil {
		return fmt.Errorf("waiting until %d new values are in MeshAgent (%d are): %w", number, len(took), err)
	}
	slices.Sort(took)
	at := func(percent int) time.Duration { return took[(len(took)-1)*percent/100].Round(time.Millisecond) }
	fmt.Printf("%d Secrets changed within %s, with %v\n", number, wrote.Round(time.Second/10), b.requests())
	fmt.Printf("from the change of each to its value in MeshAgent: p50 %s, p99 %s, last %s\n", at(50), at(99), at(100))
	return nil
}

// requests counts what MeshAgent was asked.
func (b *bench) requests() map[string]int {
	byMethod := map[string]int{}
	for _, call := range b.meshagent.Calls() {
		byMethod[call.Method]++
	}
	return byMethod
}

func (b *bench) project(ctx context.Context) error {
	err := errors.Join(
		b.Create(ctx, &corev1.Secret{ObjectMeta: object("meshagent-api-key"), StringData: map[string]string{"apiKey": simulator.DevelopmentKey}}),
		b.Create(ctx, &v1alpha1.MeshProject{ObjectMeta: object(v1alpha1.DefaultProject), Spec: v1alpha1.MeshProjectSpec{
			APIKeySecretRef: v1alpha1.SecretKeyReference{Name: "meshagent-api-key"},
			RateLimit:       &v1alpha1.RateLimit{RequestsPerSecond: 1000, Burst: 1000}, // what is measured is the operator
		}}),
	)
	if err != nil {
		return fmt.Errorf("making the MeshProject: %w", err)
	}
	return nil
}

// parallel does something for each number below n.
func parallel(n int, do func(int) error) error {
	var group sync.WaitGroup
	failed := make([]error, n)
	for writer := range writers {
		group.Go(func() {
			for i := writer; i < n; i += writers {
				failed[i] = do(i)
			}
		})
	}
	group.Wait()
	return errors.Join(failed...)
}
