// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func init() { register(&MeshRoom{}, &MeshRoomList{}) }

// MeshRoomSpec is the desired state of a room.
type MeshRoomSpec struct {
	CommonSpec `json:",inline"`

	// name is the name of the room in MeshAgent: 1 to 63 lowercase letters, digits
	// and hyphens, with a letter or digit at both ends. If you change it, the
	// operator renames the room, which keeps its ID and contents. Defaults to the
	// name of this object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	// +optional
	Name string `json:"name,omitempty"`

	// metadata is a JSON object to store with the room. The operator manages only
	// the keys listed here and ignores all others. If you remove a key here, the
	// operator removes it from the room. If unset, the operator doesn't manage
	// this field.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +optional
	Metadata *runtime.RawExtension `json:"metadata,omitempty"`

	// annotations are annotations to set on the room, at most 256. MeshAgent reads
	// some of them, such as meshagent.storage.class. The operator manages only the
	// keys listed here and ignores all others. Keys under meshagent.com/ are
	// reserved.
	// +optional
	Annotations Annotations `json:"annotations,omitempty"`
}

// MeshRoomStatus is the observed state of a room.
type MeshRoomStatus struct {
	CommonStatus `json:",inline"`
}

// MeshRoom manages a room of a MeshAgent project: a place where people and
// agents meet, with storage and settings of its own.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshRoom
//	metadata:
//	  name: support
//	spec:
//	  metadata:
//	    team: support
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=maroom
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Room",type=string,JSONPath=`.status.name`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
// +kubebuilder:validation:XValidation:rule="has(self.spec) && has(self.spec.name) || (size(self.metadata.name) <= 63 && self.metadata.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'))",message="metadata.name cannot be a room name (1 to 63 lowercase letters, digits and inner hyphens): set spec.name"
type MeshRoom struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the room. Defaults to a room with the name of
	// this object.
	// +optional
	Spec MeshRoomSpec `json:"spec,omitzero"`

	// status is the observed state of the room.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshRoomStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (r *MeshRoom) CommonSpec() *CommonSpec { return &r.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (r *MeshRoom) CommonStatus() *CommonStatus { return &r.Status.CommonStatus }

// MeshRoomList is a list of MeshRooms.
//
// +kubebuilder:object:root=true
type MeshRoomList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the rooms.
	Items []MeshRoom `json:"items"`
}
