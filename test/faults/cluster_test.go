// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"testing"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// cluster is one in memory, with the checks of this suite.
type cluster struct{ *memory.Cluster }

func newCluster(tb testing.TB, behavior simulator.Behavior) *cluster {
	tb.Helper()
	return &cluster{memory.New(tb, behavior)}
}

// object returns a fresh copy of a sample that has a resource in MeshAgent.
func object(s samples.Sample) v1alpha1.Object {
	obj := s.Object().(v1alpha1.Object)
	obj.SetNamespace(memory.Namespace)
	return obj
}
