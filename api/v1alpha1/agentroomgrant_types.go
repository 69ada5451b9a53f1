// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshAgentRoomGrant{}, &MeshAgentRoomGrantList{}) }

// MeshAgentRoomGrantSpec is the desired state of an agent room grant.
// +kubebuilder:validation:XValidation:rule="self.agentRef == oldSelf.agentRef && self.roomRef == oldSelf.roomRef",message="agentRef and roomRef cannot be changed: delete the grant and create another one"
type MeshAgentRoomGrantSpec struct {
	CommonSpec `json:",inline"`

	// agentRef selects the managed agent. Immutable.
	// +required
	AgentRef ResourceReference `json:"agentRef,omitzero"`

	// roomRef selects the room. Immutable.
	// +required
	RoomRef ResourceReference `json:"roomRef,omitzero"`

	// permissions are what the agent can do in the room. The operator takes away
	// what is not granted here, even if another user granted it.
	// +required
	Permissions *APIScope `json:"permissions,omitempty"`
}

// MeshAgentRoomGrantStatus is the observed state of an agent room grant.
type MeshAgentRoomGrantStatus struct {
	CommonStatus `json:",inline"`
}

// MeshAgentRoomGrant manages what a managed agent can do in a room of a
// MeshAgent project.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshAgentRoomGrant
//	metadata:
//	  name: scribe-support
//	spec:
//	  agentRef:
//	    name: scribe
//	  roomRef:
//	    name: support
//	  permissions:
//	    preset: Agent
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=maargrant
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:selectablefield:JSONPath=.spec.roomRef.name
// +kubebuilder:printcolumn:name="Agent",type=string,JSONPath=`.spec.agentRef.*`
// +kubebuilder:printcolumn:name="Room",type=string,JSONPath=`.spec.roomRef.*`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshAgentRoomGrant struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the grant.
	// +required
	Spec MeshAgentRoomGrantSpec `json:"spec,omitzero"`

	// status is the observed state of the grant.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshAgentRoomGrantStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (g *MeshAgentRoomGrant) CommonSpec() *CommonSpec { return &g.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (g *MeshAgentRoomGrant) CommonStatus() *CommonStatus { return &g.Status.CommonStatus }

// MeshAgentRoomGrantList is a list of MeshAgentRoomGrants.
//
// +kubebuilder:object:root=true
type MeshAgentRoomGrantList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the grants.
	Items []MeshAgentRoomGrant `json:"items"`
}
