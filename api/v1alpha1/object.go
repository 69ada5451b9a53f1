// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Object is a custom resource that mirrors something in MeshAgent.
// +kubebuilder:object:generate=false
type Object interface {
	metav1.Object
	runtime.Object
	CommonSpec() *CommonSpec
	CommonStatus() *CommonStatus
}
