// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func init() { register(&MeshRoom{}, &MeshRoomList{}) }

// MeshRoomSpec says what a room in MeshAgent should be like.
type MeshRoomSpec struct {
	CommonSpec `json:",inline"`

	// name of the room in MeshAgent: 1 to 63 lower-case letters, digits and inner hyphens. A change renames the room;
	// its id and contents stay. Unset means the name of this object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	// +optional
	Name string `json:"name,omitempty"`

	// metadata is free JSON kept with the room. Keys that are not named here are left to others; a key that is
	// taken out of here is removed from the room. Unset means that all of it is left to others.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +optional
	Metadata *runtime.RawExtension `json:"metadata,omitempty"`

	// annotations are strings kept with the room, some of which MeshAgent acts upon, such as meshagent.storage.class.
	// Those that are not named here are left to others; meshagent.com/ is for this operator.
	// +kubebuilder:validation:MaxProperties=256
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('meshagent.com/'))",message="annotations under meshagent.com/ are reserved for the operator"
	// +kubebuilder:validation:XValidation:rule="self.all(k, size(k) > 0 && size(k) <= 253 && size(self[k]) <= 16384)",message="an annotation's name has 1 to 253 characters, its value at most 16384"
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// MeshRoomStatus says how the room is doing.
type MeshRoomStatus struct {
	CommonStatus `json:",inline"`
}

// MeshRoom keeps a room of a MeshAgent project: the place where people and agents meet, with its storage and settings.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent
// +kubebuilder:printcolumn:name="Room",type=string,JSONPath=`.status.name`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
// +kubebuilder:validation:XValidation:rule="has(self.spec) && has(self.spec.name) || (size(self.metadata.name) <= 63 && self.metadata.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'))",message="metadata.name cannot be a room name (1 to 63 lower-case letters, digits and inner hyphens): set spec.name"
type MeshRoom struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the room as it should be. Unset means a room with the name of this object.
	// +optional
	Spec MeshRoomSpec `json:"spec,omitzero"`

	// status is the room as it was found.
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
