// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshProjectMember{}, &MeshProjectMemberList{}) }

// MeshProjectMemberSpec is the desired state of a member of a project.
// +kubebuilder:validation:XValidation:rule="self.userID == oldSelf.userID",message="userID cannot be changed: delete the member and create another one"
type MeshProjectMemberSpec struct {
	CommonSpec `json:",inline"`

	// userID is the ID of the user. Immutable. At most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self != 'me'",message="me is the user who asks: set the ID of a user"
	// +kubebuilder:validation:XValidation:rule="!(self in ['.', '..'])",message="userID must be the ID of a user"
	UserID string `json:"userID,omitempty"`

	// admin lets the user manage the project, its members included, if it is true.
	// The operator never takes it away from the user for whom its API key acts. If
	// unset, the operator doesn't manage this field, and MeshAgent's default for a
	// new member is false.
	// +optional
	Admin *bool `json:"admin,omitempty"`

	// developer lets the user use the developer tools of the project if it is
	// true. If unset, the operator doesn't manage this field, and MeshAgent's
	// default for a new member is false.
	// +optional
	Developer *bool `json:"developer,omitempty"`

	// canCreateRooms lets the user create rooms if it is true. If unset, the
	// operator doesn't manage this field, and MeshAgent's default for a new member
	// is false.
	// +optional
	CanCreateRooms *bool `json:"canCreateRooms,omitempty"`

	// canCreateAgents lets the user create managed agents if it is true. If unset,
	// the operator doesn't manage this field, and MeshAgent's default for a new
	// member is false.
	// +optional
	CanCreateAgents *bool `json:"canCreateAgents,omitempty"`

	// canUseLLMProxy lets the user send requests to models through the project's
	// LLM proxy if it is true. If unset, the operator doesn't manage this field,
	// and MeshAgent's default for a new member is false.
	// +optional
	CanUseLLMProxy *bool `json:"canUseLLMProxy,omitempty"`

	// profile is the name of the user, which all projects of the user show. If
	// unset, the operator doesn't manage this field.
	// +optional
	Profile *MemberProfile `json:"profile,omitempty"`
}

// MemberProfile is the name of a user.
// +kubebuilder:validation:MinProperties=1
type MemberProfile struct {
	// firstName is the first name, with at most 253 characters. If unset, the
	// operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	FirstName string `json:"firstName,omitempty"`

	// lastName is the last name, with at most 253 characters. If unset, the
	// operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	LastName string `json:"lastName,omitempty"`
}

// MeshProjectMemberStatus is the observed state of a member of a project.
type MeshProjectMemberStatus struct {
	CommonStatus `json:",inline"`

	// email is the email address of the user. At most 320 characters.
	// +kubebuilder:validation:MaxLength=320
	// +optional
	Email string `json:"email,omitempty"`

	// firstName is the first name of the user. At most 253 characters.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	FirstName string `json:"firstName,omitempty"`

	// lastName is the last name of the user. At most 253 characters.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	LastName string `json:"lastName,omitempty"`
}

// MeshProjectMember manages a member of a MeshAgent project, and what the
// member can do there. The namespace of this object must be among
// spec.privilegedNamespaces of the MeshProject.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshProjectMember
//	metadata:
//	  name: otis
//	spec:
//	  userID: 5f0c6d0a-0000-4000-8000-000000000001
//	  developer: true
//	  canCreateRooms: true
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=mamember
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Email",type=string,JSONPath=`.status.email`
// +kubebuilder:printcolumn:name="Admin",type=boolean,JSONPath=`.spec.admin`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Developer",type=boolean,priority=1,JSONPath=`.spec.developer`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshProjectMember struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the member.
	// +required
	Spec MeshProjectMemberSpec `json:"spec,omitzero"`

	// status is the observed state of the member.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshProjectMemberStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (m *MeshProjectMember) CommonSpec() *CommonSpec { return &m.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (m *MeshProjectMember) CommonStatus() *CommonStatus { return &m.Status.CommonStatus }

// MeshProjectMemberList is a list of MeshProjectMembers.
//
// +kubebuilder:object:root=true
type MeshProjectMemberList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the members.
	Items []MeshProjectMember `json:"items"`
}
