// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshMailbox{}, &MeshMailboxList{}) }

// MeshMailboxSpec is the desired state of a mailbox.
// +kubebuilder:validation:XValidation:rule="self.address == oldSelf.address",message="address cannot be changed: delete the mailbox and create it again"
type MeshMailboxSpec struct {
	CommonSpec `json:",inline"`

	// address is the email address of the mailbox, with 3 to 320 characters.
	// MeshAgent usually accepts only addresses of its mail domain, which the
	// MeshProject has in status.domains.mail. Immutable.
	// +required
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:Pattern=`^[!-?A-~]+@[!-?A-~]+$`
	Address string `json:"address,omitempty"`

	// roomRef selects the room that receives the messages. If you change it, the
	// operator moves the mailbox to the other room.
	// +required
	RoomRef ResourceReference `json:"roomRef,omitzero"`

	// queue is the queue in the room that messages are put into, with at most 253
	// characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Queue string `json:"queue,omitempty"`

	// public lets everyone send messages to the mailbox. Defaults to false, also
	// for a mailbox that the operator adopts.
	// +optional
	Public *bool `json:"public,omitempty"`

	// annotations are annotations to set on the mailbox, at most 256. The operator
	// manages only the keys listed here and ignores all others. Keys under
	// meshagent.com/ are reserved.
	// +optional
	Annotations Annotations `json:"annotations,omitempty"`
}

// MeshMailboxStatus is the observed state of a mailbox.
type MeshMailboxStatus struct {
	CommonStatus `json:",inline"`
}

// MeshMailbox manages a mailbox of a MeshAgent project: an email address whose
// messages are put into a queue of a room.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshMailbox
//	metadata:
//	  name: support
//	spec:
//	  address: support@mail.example.com
//	  roomRef:
//	    name: support
//	  queue: mail
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=meshmailboxes,categories=meshagent,shortName=mamail
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:selectablefield:JSONPath=.spec.roomRef.name
// +kubebuilder:printcolumn:name="Address",type=string,JSONPath=`.spec.address`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Room",type=string,priority=1,JSONPath=`.spec.roomRef.*`
// +kubebuilder:printcolumn:name="Queue",type=string,priority=1,JSONPath=`.spec.queue`
// +kubebuilder:printcolumn:name="Public",type=boolean,priority=1,JSONPath=`.spec.public`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshMailbox struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the mailbox.
	// +required
	Spec MeshMailboxSpec `json:"spec,omitzero"`

	// status is the observed state of the mailbox.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshMailboxStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (m *MeshMailbox) CommonSpec() *CommonSpec { return &m.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (m *MeshMailbox) CommonStatus() *CommonStatus { return &m.Status.CommonStatus }

// MeshMailboxList is a list of MeshMailboxes.
//
// +kubebuilder:object:root=true
type MeshMailboxList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the mailboxes.
	Items []MeshMailbox `json:"items"`
}
