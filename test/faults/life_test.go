// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"strings"
	"testing"
	"time"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

const ownMark = memory.OwnMark

// life is a cluster in which the object of a sample comes and goes. All it needs is there.
type life struct {
	*cluster
	sample samples.Sample
	obj    client.Object
	before map[simulator.Foreign]string // what MeshAgent holds without the object
	lives  int                          // for acts that are not the same each time

	// Of the sample's resource, if there is one:
	made   memory.Creation
	marked bool // it has the ownership annotation
	keyed  bool // it has a natural key, which another user can choose too
}

// prepareLife learns what becomes of a sample in MeshAgent.
func prepareLife(tb testing.TB, s samples.Sample, behavior simulator.Behavior) *life {
	tb.Helper()
	l := &life{sample: s}
	if !s.Mirrors() {
		l.cluster = &cluster{memory.NewEmptyCluster(tb, "cluster-1", simulator.New(simulator.WithLatency(20*time.Millisecond)))}
		l.before = l.Held()
		return l
	}
	l.cluster = newCluster(tb, behavior)
	l.ApplyNeeds(s, nil)
	l.before = l.Held()
	obj := object(s)
	l.made = l.ApplyAndLearn(obj)
	l.marked = strings.Contains(string(l.made.RequestBody), ownMark)
	l.keyed = keyed(obj, l.made)
	l.CheckDeletion(obj)
	l.RequireHeld(l.before)
	return l
}

// isSettled says that the object is as it should be, or gone if it is to go.
func (l *life) isSettled() bool {
	l.Helper()
	if l.IsGone(l.obj) {
		return true
	}
	ready, synced := l.Condition(l.obj, v1alpha1.ConditionReady), l.Condition(l.obj, v1alpha1.ConditionSynced)
	status := memory.StatusOf(l.obj)
	return l.obj.GetDeletionTimestamp() == nil && status.ObservedGeneration == l.obj.GetGeneration() &&
		strings.HasPrefix(ready, "Ready=True ") && strings.HasPrefix(synced, "Synced=True ") &&
		apimeta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReconciling) == nil &&
		apimeta.FindStatusCondition(status.Conditions, v1alpha1.ConditionStalled) == nil
}

// settle waits until the object is as it should be, or gone if it is to go.
func (l *life) settle() bool {
	l.Helper()
	if l.RunUntil(time.Hour, l.isSettled) {
		return true
	}
	l.Errorf("%s does not come to rest:%s", l.sample, l.Describe(l.obj))
	return false
}

// end deletes the object, and checks that MeshAgent holds what it did before, or a resource more.
func (l *life) end(leaves bool) (left map[simulator.Foreign]string) {
	l.Helper()
	l.delete()
	if !l.RunUntil(time.Hour, func() bool { return l.IsGone(l.obj) }) {
		l.Condition(l.obj, v1alpha1.ConditionReady)
		l.Errorf("%s is not gone:%s", l.sample, l.Describe(l.obj))
	}
	left = l.checkOthers()
	want := 0
	if leaves {
		want = 1
	}
	if len(left) != want {
		l.Errorf("%d resources are left, not %d: %v", len(left), want, left)
	}
	return left
}

// checkOthers checks that what MeshAgent held before is as it was. It returns what is new.
func (l *life) checkOthers() map[simulator.Foreign]string {
	l.Helper()
	held := l.Held()
	for where, document := range l.before {
		if held[where] != document {
			l.Errorf("%v is not the object's, and was changed from %s to %q", where, document, held[where])
		}
		delete(held, where)
	}
	return held
}

// clear removes what is left of the object, however a check ended.
func (l *life) clear() {
	l.Helper()
	if l.obj != nil && !l.IsGone(l.obj) {
		l.delete()
		if !l.IsGone(l.obj) {
			l.Patch(l.obj, `{"metadata": {"finalizers": null}}`)
		}
	}
	for where := range l.Held() {
		if _, known := l.before[where]; !known {
			l.MeshAgent.Remove(where.Collection, where.ID)
		}
	}
}
