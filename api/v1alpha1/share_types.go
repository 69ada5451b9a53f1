// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func init() { register(&MeshShare{}, &MeshShareList{}) }

// MeshShareSpec is the desired state of a share.
type MeshShareSpec struct {
	CommonSpec `json:",inline"`

	// settings is a JSON object that says what is shared and how. MeshAgent does
	// not document its keys. The operator manages only the keys listed here and
	// ignores all others. If you remove a key here, the operator removes it from
	// the share. Keys under meshagent.com/ are reserved, because the operator keeps
	// its ownership annotation among the settings. If unset, the operator doesn't
	// manage this field.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +optional
	Settings *runtime.RawExtension `json:"settings,omitempty"`
}

// MeshShareStatus is the observed state of a share.
type MeshShareStatus struct {
	CommonStatus `json:",inline"`
}

// MeshShare manages a share of a MeshAgent project. A share has no name: its
// settings say which object manages it.
//
// The ID of a share is its link. Anyone who can read the object has the link,
// because status.id is the ID.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshShare
//	metadata:
//	  name: support
//	spec:
//	  settings:
//	    room: support
//	    role: viewer
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=mashare
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshShare struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the share. Defaults to a share without settings
	// of yours.
	// +optional
	Spec MeshShareSpec `json:"spec,omitzero"`

	// status is the observed state of the share.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshShareStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (s *MeshShare) CommonSpec() *CommonSpec { return &s.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (s *MeshShare) CommonStatus() *CommonStatus { return &s.Status.CommonStatus }

// MeshShareList is a list of MeshShares.
//
// +kubebuilder:object:root=true
type MeshShareList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the shares.
	Items []MeshShare `json:"items"`
}
