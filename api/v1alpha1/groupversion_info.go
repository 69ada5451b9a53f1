// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package v1alpha1 holds the custom resources of meshagent-operator, group meshagent.com.
//
// It imports apimachinery only, so that other programs can use the types without the operator.
// Start reading with common_types.go (what all kinds share) and room_types.go (a whole kind).
//
// +kubebuilder:object:generate=true
// +groupName=meshagent.com
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion is the group and version of all kinds in this package.
var GroupVersion = schema.GroupVersion{Group: "meshagent.com", Version: "v1alpha1"}

var schemeBuilder = runtime.NewSchemeBuilder(func(scheme *runtime.Scheme) error {
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
})

// AddToScheme adds the kinds of this package to a scheme.
var AddToScheme = schemeBuilder.AddToScheme

// register makes kinds known to AddToScheme. Each kind's file calls it from its init.
func register(objects ...runtime.Object) {
	schemeBuilder.Register(func(scheme *runtime.Scheme) error {
		scheme.AddKnownTypes(GroupVersion, objects...)
		return nil
	})
}
