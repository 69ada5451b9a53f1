// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

func secretName(i int) string { return fmt.Sprintf("secret-%05d", i) }

// secrets changes the Secrets of 1,000 MeshSecrets at rest: first some of them one by one, then all
// at once.
func secrets(ctx context.Context, b *bench, out *findings) error {
	const n, single = 1000, 200
	return b.within(ctx, func(w *world) error {
		if _, _, err := w.idle(ctx, out); err != nil {
			return err
		}
		if _, err := w.declare(ctx, n, func(i int) []client.Object { return secret(secretName(i)) }); err != nil {
			return err
		}
		if err := w.awaitReady(ctx); err != nil {
			return err
		}
		w.meshagent.ResetCalls()
		var took []time.Duration
		for i := range single {
			one, err := w.change(ctx, i, "second")
			if err != nil {
				return err
			}
			took = append(took, one)
		}
		out.spread("one Secret changed, until its value is in MeshAgent", took).atMost(1)
		out.perObject("one Secret changed, MeshAgent:", w.asked(), single)
		return w.changeAll(ctx, out, n)
	})
}

// patch changes a Secret.
func (w *world) patch(ctx context.Context, i int, value string) error {
	patch := client.RawPatch("application/merge-patch+json", []byte(`{"stringData":{"KEY":"`+value+`"}}`))
	if err := w.Patch(ctx, &corev1.Secret{ObjectMeta: object(secretName(i))}, patch); err != nil {
		return fmt.Errorf("changing a Secret: %w", err)
	}
	return nil
}

// change changes one Secret, and returns the time until MeshAgent had its value.
func (w *world) change(ctx context.Context, i int, value string) (took time.Duration, err error) {
	changed, before := time.Now(), len(w.put())
	if err := w.patch(ctx, i, value); err != nil {
		return 0, err
	}
	return took, until(ctx, 2*time.Millisecond, "the new value is in MeshAgent", func() (bool, error) {
		put := w.put()
		if len(put) == before {
			return false, nil
		}
		took = put[len(put)-1].at.Sub(changed)
		return true, nil
	})
}

// changeAll changes all Secrets as fast as the API server accepts the changes.
func (w *world) changeAll(ctx context.Context, out *findings, n int) error {
	w.meshagent.ResetCalls()
	changed, begun := make([]time.Time, n), time.Now()
	err := parallel(n, func(i int) error {
		changed[i] = time.Now()
		return w.patch(ctx, i, "third")
	})
	if err != nil {
		return err
	}
	out.seconds("all Secrets changed within", time.Since(begun))
	err = until(ctx, time.Second/4, "the new values are in MeshAgent", func() (bool, error) { return len(w.put()) >= n, nil })
	if err != nil {
		return err
	}
	number := map[string]int{}
	for i := range n {
		number[w.ids[key(&v1alpha1.MeshSecret{ObjectMeta: object(secretName(i))})]] = i
	}
	var took []time.Duration
	for _, put := range w.put() {
		took = append(took, put.at.Sub(changed[number[put.id]]))
	}
	out.spread("all Secrets changed, until each value is in MeshAgent", took).atMost(1)
	for method, one := range out.perObject("all Secrets changed, MeshAgent:", w.asked(), n) {
		if method == http.MethodPut {
			one.atMost(1)
		}
	}
	return nil
}

// put is a written value.
type put struct {
	id string
	at time.Time
}

// put returns the written values in their order.
func (w *world) put() (all []put) {
	for _, call := range w.meshagent.Calls() {
		if call.Method == http.MethodPut {
			all = append(all, put{path.Base(call.Path), call.At})
		}
	}
	return all
}
