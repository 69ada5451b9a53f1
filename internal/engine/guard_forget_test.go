// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"context"
	"testing"
	"testing/synctest"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller" //nolint:depguard // a test of the engine needs a kind
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A MeshProject whose finalizer was taken off by hand is forgotten, with its metric.
func TestDeletionGuardForgetsMeshProjects(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := otherProject("forgotten")
		room := roomOf(other)
		s := newStage(t, simulator.Behavior{}, other, room)
		s.guard(other.Name, 0)
		s.mustPass(room)
		if s.deletes(room) {
			t.Fatal("nothing is held")
		}
		if held, _ := s.deletionsHeld(other.Name); held != 1 {
			t.Errorf("the metric says %v", held)
		}
		engine.Project{}.ForgetGone(s.env).Delete(t.Context(), event.DeleteEvent{Object: other}, nil)
		if held, _ := s.deletionsHeld(other.Name); held != 0 {
			t.Errorf("%v deletions are remembered of a MeshProject that is gone", held)
		}
		s.delete(other)
		if held, found := s.deletionsHeld(other.Name); found {
			t.Errorf("the metric says %v of a MeshProject that is gone", held)
		}
	})
}

// An object that goes while its deletion is being judged is not remembered as held.
func TestDeletionGuardForgetsObjectsThatGoMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := otherProject("meanwhile")
		room := roomOf(other)
		s := newStage(t, simulator.Behavior{}, other, room)
		s.guard(other.Name, 0)
		s.mustPass(room)
		s.delete(room)
		s.env.Live = liveReader{Reader: s, before: func(obj client.Object) {
			if _, ok := obj.(*v1alpha1.MeshProject); ok {
				s.edit(room, func() { room.Finalizers = nil })
				controller.Room.ForgetGone(s.env).Delete(t.Context(), event.DeleteEvent{Object: room}, nil)
			}
		}}
		key := reconcile.Request{NamespacedName: client.ObjectKeyFromObject(room)}
		_, _ = s.reconcilers["MeshRoom"].Reconcile(t.Context(), key)
		if held, _ := s.deletionsHeld(other.Name); held != 0 {
			t.Errorf("the metric says %v", held)
		}
	})
}

type liveReader struct {
	client.Reader
	before func(client.Object)
}

// Get reads after something has happened.
func (r liveReader) Get(ctx context.Context, key client.ObjectKey, obj client.Object, opts ...client.GetOption) error {
	r.before(obj)
	return r.Reader.Get(ctx, key, obj, opts...) //nolint:wrapcheck // it stands in for the client
}
