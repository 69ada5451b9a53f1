// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"maps"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// counts are what one operator counts for metrics.
type counts struct {
	requests                              tally[requestGroup]
	driftFound, driftCorrected, adoptions tally[place]
}

// requestGroup are the requests of a MeshProject that were answered alike.
type requestGroup struct {
	project types.NamespacedName
	code    string
}

// place is what objects of a kind in a namespace have in common.
type place struct{ kind, namespace string }

func placeOf(obj client.Object) place { return place{kindOf(obj), obj.GetNamespace()} }

// tally counts by labels. prometheus.CounterVec would keep the series of what is gone.
type tally[K comparable] struct {
	mu     sync.Mutex
	counts map[K]float64
}

func (t *tally[K]) inc(key K) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[K]float64{}
	}
	t.counts[key]++
}

// of returns the counts of what is there, and forgets all others.
func (t *tally[K]) of(there func(K) bool) map[K]float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.counts, func(key K, _ float64) bool { return !there(key) })
	return maps.Clone(t.counts)
}
