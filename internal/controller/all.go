// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package controller has one file for each kind, and in All their list: the table of contents of the operator.
package controller

import "github.com/meshagent/meshagent-operator/internal/controller/managed"

// All are the controllers of the operator.
var All = []managed.Controller{
	managed.Project{},
	&Room,
}

// What the engine itself needs, apart from the kinds: to read the API key's Secret (and no more than the metadata of the others),
// the labels of namespaces for allowedNamespaces, and to send events.
//
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get;list;watch
// +kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list;watch
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshprojects,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshprojects/status,verbs=patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshprojects/finalizers,verbs=update
