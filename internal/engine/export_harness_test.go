// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// Like is an empty object of the kind.
func (k *Kind[O, S, R]) Like() client.Object { return k.Object }

// Like is an empty MeshProject.
func (Project) Like() client.Object { return &v1alpha1.MeshProject{} }
