// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller" //nolint:depguard // a test of the engine needs a kind
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// guarded is a stage with rooms of the MeshProject "default", which permits so many deletions an
// hour.
func guarded(t *testing.T, most int32, count int, more ...client.Object) (*stage, []*v1alpha1.MeshRoom) {
	t.Helper()
	var made []*v1alpha1.MeshRoom
	for i := range count {
		room := &v1alpha1.MeshRoom{ObjectMeta: named(fmt.Sprintf("room-%02d", i))}
		made, more = append(made, room), append(more, room)
	}
	s := newStage(t, simulator.Behavior{}, more...)
	s.guard(v1alpha1.DefaultProject, most)
	for _, room := range made {
		s.mustPass(room)
	}
	s.mustHold("rooms", count)
	return s, made
}

// otherProject is a MeshProject with the same key as "default".
func otherProject(name string) *v1alpha1.MeshProject {
	project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: name, UID: types.UID(name)}}
	project.Spec.APIKeySecretRef.Name = "key"
	project.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonAvailable}}
	return project
}

func roomOf(project *v1alpha1.MeshProject) *v1alpha1.MeshRoom {
	room := &v1alpha1.MeshRoom{ObjectMeta: named("room-of-" + project.Name)}
	room.Spec.ProjectRef.Name = v1alpha1.ObjectName(project.Name)
	return room
}

func (s *stage) guard(project string, most int32) {
	s.Helper()
	obj := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: project}}
	s.edit(obj, func() { obj.Spec.DeletionGuard = &v1alpha1.DeletionGuard{MaxPerHour: &most} })
}

func (s *stage) mustPass(obj v1alpha1.Object) {
	s.Helper()
	if _, err := s.pass(obj); err != nil {
		s.Fatal(err)
	}
}

// deletes removes an object, and says whether a pass then deletes what it represents.
func (s *stage) deletes(obj v1alpha1.Object) bool {
	s.Helper()
	if obj.GetDeletionTimestamp().IsZero() {
		s.delete(obj)
	}
	_, _ = s.pass(obj)
	return s.gone(obj)
}

// counted is how many deletions are in the status of the MeshProject "default".
func (s *stage) counted() (total int) {
	s.Helper()
	project := &v1alpha1.MeshProject{}
	if err := s.Get(s.Context(), client.ObjectKey{Namespace: home, Name: v1alpha1.DefaultProject}, project); err != nil {
		s.Fatal(err)
	}
	for _, one := range project.Status.Deletions {
		total += int(one.Count)
	}
	return total
}

// deleted is when resources were deleted in MeshAgent.
func (s *stage) deleted() (times []time.Time) {
	for _, call := range s.meshagent.Calls() {
		if call.Method == http.MethodDelete && call.Status < http.StatusMultipleChoices {
			times = append(times, call.At)
		}
	}
	return times
}

// deletionsHeld is what the metric says of a MeshProject, and whether it says anything.
func (s *stage) deletionsHeld(project string) (value float64, found bool) {
	s.Helper()
	leads, registry := make(chan struct{}), prometheus.NewPedanticRegistry()
	close(leads)
	if err := registry.Register(s.env.Collector(leads)); err != nil {
		s.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		s.Fatal(err)
	}
	for _, family := range families {
		if !strings.HasSuffix(family.GetName(), "deletions_held") {
			continue
		}
		for _, one := range family.GetMetric() {
			for _, label := range one.GetLabel() {
				if label.GetValue() == home+"/"+project {
					return one.GetGauge().GetValue(), true
				}
			}
		}
	}
	return 0, false
}

func pause(d time.Duration) { time.Sleep(d) } //nolint:forbidigo // synctest makes it pass at once

func TestDeletionGuardCountsAnyHour(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, rooms := guarded(t, 3, 6)
		if !s.deletes(rooms[0]) {
			t.Error("the first deletion is held")
		}
		pause(58 * time.Minute)
		if !s.deletes(rooms[1]) || !s.deletes(rooms[2]) || s.deletes(rooms[3]) {
			t.Error("not three deletions within the first hour")
		}
		s.mustSay(rooms[3], "Synced=False DeletionHeld")
		pause(6 * time.Minute)
		if !s.deletes(rooms[3]) || s.deletes(rooms[4]) {
			t.Error("not one deletion after the hour of the first was over")
		}
		pause(time.Hour)
		if !s.deletes(rooms[4]) || !s.deletes(rooms[5]) {
			t.Error("no deletions two hours later")
		}
	})
}

// A deletion that fails is carried out later than it was counted, and counts from then.
func TestDeletionGuardCountsRetriesWhenTheyAreMade(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, rooms := guarded(t, 1, 2)
		restore := s.meshagent.Inject(simulator.Fault{Method: http.MethodDelete, Status: http.StatusInternalServerError})
		if s.deletes(rooms[0]) {
			t.Fatal("the fault has no effect")
		}
		pause(50 * time.Minute)
		restore()
		if !s.deletes(rooms[0]) {
			t.Error("what was counted is held")
		}
		pause(15 * time.Minute)
		if s.deletes(rooms[1]) {
			t.Error("two deletions within 15 minutes")
		}
		if counted := s.counted(); counted != 1 {
			t.Errorf("%d deletions are counted, not 1", counted)
		}
	})
}

func TestDeletionGuardOfPassesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, rooms := guarded(t, 2, 6)
		s.status = func(obj client.Object) error {
			if _, ok := obj.(*v1alpha1.MeshProject); ok {
				pause(time.Second)
			}
			return nil
		}
		var passes sync.WaitGroup
		for _, room := range rooms {
			s.delete(room)
			passes.Go(func() { _, _ = s.pass(room) })
		}
		passes.Wait()
		s.mustHold("rooms", 4)
		if counted := s.counted(); counted != 2 {
			t.Errorf("%d deletions are counted, not 2", counted)
		}
	})
}

// The request of a process that has lost the lead arrives when its successor has counted on.
func TestDeletionGuardIsNotSetBackByALateRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, rooms := guarded(t, 5, 3)
		late := true
		s.status = func(obj client.Object) error {
			if _, ok := obj.(*v1alpha1.MeshProject); ok && late {
				late = false
				pause(10 * time.Minute)
			}
			return nil
		}
		old := s.reconcilers["MeshRoom"]
		s.delete(rooms[0])
		var pass sync.WaitGroup
		pass.Go(func() {
			_, _ = old.Reconcile(t.Context(), reconcile.Request{NamespacedName: client.ObjectKeyFromObject(rooms[0])})
		})
		synctest.Wait()
		pause(time.Second)
		s.restart()
		if !s.deletes(rooms[1]) || !s.deletes(rooms[2]) {
			t.Fatal("deletions are held")
		}
		pass.Wait()
		if counted, deleted := s.counted(), len(s.deleted()); counted < deleted {
			t.Errorf("%d deletions are counted, and %d were made", counted, deleted)
		}
	})
}

// While the API server takes its time for one MeshProject, nothing that has to do with others
// waits, and neither event handlers nor checks of this MeshProject do.
func TestDeletionGuardHoldsUpNoOtherWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := otherProject("other")
		theirs := roomOf(other)
		s, rooms := guarded(t, 5, 2, other, theirs)
		s.guard(other.Name, 5)
		s.mustPass(theirs)

		s.status = func(obj client.Object) error {
			if obj.GetName() == v1alpha1.DefaultProject && len(obj.(*v1alpha1.MeshProject).Status.Deletions) > 0 {
				pause(30 * time.Second)
			}
			return nil
		}
		s.delete(rooms[0])
		var pass sync.WaitGroup
		pass.Go(func() { _, _ = s.pass(rooms[0]) })
		pause(time.Second)
		began := time.Now()
		if !s.deletes(theirs) {
			t.Error("the deletion in another project is held")
		}
		controller.Room.ForgetGone(s.env).Delete(t.Context(), event.DeleteEvent{Object: rooms[1]}, nil)
		check := engine.Project{}.Reconciler(s.env)
		for _, name := range []string{other.Name, v1alpha1.DefaultProject} {
			_, _ = check.Reconcile(t.Context(), reconcile.Request{NamespacedName: client.ObjectKey{Namespace: home, Name: name}})
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("others took %s", took)
		}
		pass.Wait()
	})
}
