// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"maps"
	"slices"
	"strings"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshshares,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshshares/status,verbs=patch

// Share keeps a share of a project.
var Share = engine.Kind[*v1alpha1.MeshShare, meshagent.ShareSpec, meshagent.Share]{
	Object:     &v1alpha1.MeshShare{},
	Collection: engine.InProject[*v1alpha1.MeshShare]((*meshagent.Project).Shares),
	Needs: func(*v1alpha1.MeshShare) []engine.Need {
		return []engine.Need{{Feature: meshagent.Shares}}
	},
	Desired: desiredShare,
}

// reservedPrefix begins the names that are the operator's own. Rules on the spec cannot see them in
// free JSON.
const reservedPrefix = "meshagent.com/"

func desiredShare(share *v1alpha1.MeshShare, _ engine.Inputs) (meshagent.ShareSpec, error) {
	settings, err := freeJSON("spec.settings", share.Spec.Settings)
	spec := meshagent.ShareSpec{Settings: settings}
	if err != nil {
		return spec, err
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Settings)) {
		if strings.HasPrefix(name, reservedPrefix) {
			return spec, verdict.Invalid(msgReservedKey, name)
		}
	}
	return spec, nil
}
