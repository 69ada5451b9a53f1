// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	condition := func(kind string, status metav1.ConditionStatus, generation int64) metav1.Condition {
		return metav1.Condition{Type: kind, Status: status, Reason: "Because", Message: "of this", ObservedGeneration: generation}
	}
	ready, synced := condition("Ready", metav1.ConditionTrue, 2), condition("Synced", metav1.ConditionTrue, 2)
	for name, test := range map[string]struct {
		observed   int64
		conditions []metav1.Condition
		want       string
	}{
		"in order":        {2, []metav1.Condition{ready, synced}, ""},
		"fresh":           {-1, nil, "has not been looked at yet"},
		"earlier spec":    {1, []metav1.Condition{ready, synced}, "has not been looked at yet"},
		"no condition":    {2, []metav1.Condition{ready}, "does not say whether it is Synced"},
		"not ready":       {2, []metav1.Condition{condition("Ready", metav1.ConditionFalse, 2), synced}, "is not Ready (Because: of this)"},
		"not synced":      {2, []metav1.Condition{ready, condition("Synced", metav1.ConditionUnknown, 2)}, "is not Synced (Because: of this)"},
		"ready no longer": {2, []metav1.Condition{condition("Ready", metav1.ConditionTrue, 1), synced}, "is Ready, but for an earlier spec"},
	} {
		status := v1alpha1.CommonStatus{ObjectStatus: v1alpha1.ObjectStatus{ObservedGeneration: test.observed, Conditions: test.conditions}}
		if got := problem(2, status); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	before := values(map[string]any{"name": "a", "metadata": map[string]any{"same": 1.0, "gone": "x"}})
	after := values(map[string]any{"name": "b", "metadata": map[string]any{"same": 1.0}})
	got := compare([]string{"", "before", "after"}, before, after)
	want := [][]string{{"", "before", "after"}, {"metadata.gone", "x", "-"}, {"name", "a", "b"}}
	if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNarrator(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	n := &narrator{out: &out}
	n.begin("[1/2] One")
	n.end(nil)
	n.begin("[2/2] Two")
	n.detail("a\nb\n")
	n.spoke = time.Now().Add(-silence) // too long ago
	n.wait("patience")
	n.remind(nil)
	n.end(nil)
	want := "[1/2] One ... done in 0.0 s\n" +
		"[2/2] Two ...\n      a\n      b\n      still at it after 0 s: patience\n      done in 0.0 s\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
