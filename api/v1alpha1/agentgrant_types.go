// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshAgentGrant{}, &MeshAgentGrantList{}) }

// MeshAgentGrantSpec is the desired state of an agent grant.
// +kubebuilder:validation:XValidation:rule="has(self.userID) != has(self.email)",message="set exactly one of userID and email"
// +kubebuilder:validation:XValidation:rule="self.agentRef == oldSelf.agentRef && has(self.userID) == has(oldSelf.userID) && (!has(self.userID) || self.userID == oldSelf.userID) && has(self.email) == has(oldSelf.email) && (!has(self.email) || self.email == oldSelf.email)",message="agentRef, userID and email cannot be changed: delete the grant and create another one"
type MeshAgentGrantSpec struct {
	CommonSpec `json:",inline"`

	// agentRef selects the managed agent. Immutable.
	// +required
	AgentRef ResourceReference `json:"agentRef,omitzero"`

	// userID is the ID of the user. Set either userID or email. Immutable. At most
	// 253 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self != 'me'",message="me is the user who asks: set the ID of a user"
	// +kubebuilder:validation:XValidation:rule="!(self in ['.', '..'])",message="userID must be the ID of a user"
	// +optional
	UserID string `json:"userID,omitempty"`

	// email is the email address of the user, in any letter case, with 3 to 320
	// characters. The project member who has the address when the grant is created
	// gets the grant, and keeps it if the address changes. A user who is not a
	// member is invited, and this object is Ready when they have joined. An
	// invitation cannot be withdrawn: a user who joins after this object was
	// deleted has the grant. Set either userID or email. Immutable.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:Pattern=`^[!-?A-~]+@[!-?A-~]+$`
	// +optional
	Email string `json:"email,omitempty"`

	// admin lets the user change the agent if it is true. Defaults to false: the
	// user can only use the agent. The operator takes away what is not granted
	// here, even if another user granted it.
	// +optional
	Admin *bool `json:"admin,omitempty"`

	// inviteRedirectURL is the URL that an invited user is sent to. It is used
	// once, when the grant is created. If unset, MeshAgent chooses the page. At
	// most 2048 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	InviteRedirectURL string `json:"inviteRedirectURL,omitempty"`
}

// MeshAgentGrantStatus is the observed state of an agent grant.
type MeshAgentGrantStatus struct {
	CommonStatus `json:",inline"`

	// subject is who has the grant, for display: the email address or the user ID
	// in the spec. A UUID is shortened. At most 320 characters.
	// +kubebuilder:validation:MaxLength=320
	// +optional
	Subject string `json:"subject,omitempty"`

	// userID is the ID of the user who has the grant. Unset while an invitation is
	// pending. At most 1024 characters.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	UserID string `json:"userID,omitempty"`
}

// MeshAgentGrant manages what a user can do with a managed agent of a
// MeshAgent project.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshAgentGrant
//	metadata:
//	  name: scribe-owner
//	spec:
//	  agentRef:
//	    name: scribe
//	  email: owner@example.com
//	  admin: true
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=maagrant
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Agent",type=string,JSONPath=`.spec.agentRef.*`
// +kubebuilder:printcolumn:name="Subject",type=string,JSONPath=`.status.subject`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="User",type=string,priority=1,JSONPath=`.status.userID`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshAgentGrant struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the grant.
	// +required
	Spec MeshAgentGrantSpec `json:"spec,omitzero"`

	// status is the observed state of the grant.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshAgentGrantStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (g *MeshAgentGrant) CommonSpec() *CommonSpec { return &g.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (g *MeshAgentGrant) CommonStatus() *CommonStatus { return &g.Status.CommonStatus }

// MeshAgentGrantList is a list of MeshAgentGrants.
//
// +kubebuilder:object:root=true
type MeshAgentGrantList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the grants.
	Items []MeshAgentGrant `json:"items"`
}
