// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshRoomGrant{}, &MeshRoomGrantList{}) }

// MeshRoomGrantSpec says what a user may do in a room.
// +kubebuilder:validation:XValidation:rule="has(self.userID) != has(self.email)",message="exactly one of userID and email must be set"
// +kubebuilder:validation:XValidation:rule="self.roomRef == oldSelf.roomRef && has(self.userID) == has(oldSelf.userID) && (!has(self.userID) || self.userID == oldSelf.userID) && has(self.email) == has(oldSelf.email) && (!has(self.email) || self.email == oldSelf.email)",message="roomRef, userID and email cannot be changed: delete the grant and create another one"
type MeshRoomGrantSpec struct {
	CommonSpec `json:",inline"`

	// roomRef is the room: a MeshRoom in this namespace, or the name or id of a room that no MeshRoom manages. It cannot be changed.
	// +required
	RoomRef ResourceReference `json:"roomRef,omitzero"`

	// userID is the id of the user. It cannot be changed.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self != 'me'",message="me is whoever asks: give the id of a user"
	// +kubebuilder:validation:XValidation:rule="!(self in ['.', '..'])",message="this is no id of a user"
	// +optional
	UserID string `json:"userID,omitempty"`

	// email is the e-mail address of the user, upper and lower case being the same. It cannot be changed. The member who has the address
	// when the grant is made gets it, and keeps it if their address changes. Somebody who is no member yet is invited; the object is
	// Ready when they have joined. An invitation cannot be taken back: who joins after the object was deleted has the grant.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:Pattern=`^[!-?A-~]+@[!-?A-~]+$`
	// +optional
	Email string `json:"email,omitempty"`

	// permissions are what the user may do. What is not granted here is withheld, and is taken away if somebody else grants it.
	// +required
	Permissions *APIScope `json:"permissions,omitempty"`

	// inviteRedirectURL is where somebody lands who is invited. It is used once, when the grant is made.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	InviteRedirectURL string `json:"inviteRedirectURL,omitempty"`
}

// MeshRoomGrantStatus says how the grant is doing.
type MeshRoomGrantStatus struct {
	CommonStatus `json:",inline"`

	// userID is the id of the user who has the grant; unset while an invitation is pending.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	UserID string `json:"userID,omitempty"`
}

// MeshRoomGrant keeps what a user may do in a room of a MeshAgent project.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent
// +kubebuilder:printcolumn:name="Room",type=string,JSONPath=`.spec.roomRef.*`
// +kubebuilder:printcolumn:name="Email",type=string,JSONPath=`.spec.email`
// +kubebuilder:printcolumn:name="User",type=string,JSONPath=`.status.userID`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshRoomGrant struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the grant as it should be.
	// +required
	Spec MeshRoomGrantSpec `json:"spec,omitzero"`

	// status is the grant as it was found.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshRoomGrantStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (g *MeshRoomGrant) CommonSpec() *CommonSpec { return &g.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (g *MeshRoomGrant) CommonStatus() *CommonStatus { return &g.Status.CommonStatus }

// MeshRoomGrantList is a list of MeshRoomGrants.
//
// +kubebuilder:object:root=true
type MeshRoomGrantList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the grants.
	Items []MeshRoomGrant `json:"items"`
}
