// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshFeedSubscription{}, &MeshFeedSubscriptionList{}) }

// MeshFeedSubscriptionSpec is the desired state of a feed subscription.
// +kubebuilder:validation:XValidation:rule="self.feedRef == oldSelf.feedRef",message="feedRef cannot be changed: delete the subscription and create it again"
// +kubebuilder:validation:XValidation:rule="self.roomRef == oldSelf.roomRef",message="roomRef cannot be changed: delete the subscription and create it again"
// +kubebuilder:validation:XValidation:rule="self.path == oldSelf.path",message="path cannot be changed: delete the subscription and create it again"
type MeshFeedSubscriptionSpec struct {
	CommonSpec `json:",inline"`

	// feedRef selects the feed whose messages are delivered. Immutable.
	// +required
	FeedRef IDReference `json:"feedRef,omitzero"`

	// roomRef selects the room whose storage receives the messages. Immutable.
	// +required
	RoomRef ResourceReference `json:"roomRef,omitzero"`

	// path is the folder in the room's storage, such as feeds/orders/, with at
	// most 700 characters. "/" is the root of the storage. Immutable.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=700
	Path string `json:"path,omitempty"`

	// filenameFormat is the pattern of file names, made of the time of the
	// message, with at most 253 characters. A slash makes a folder. Defaults to
	// YYYY-MM-DDThh_mm_ssZ.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	FilenameFormat string `json:"filenameFormat,omitempty"`

	// annotations are annotations to set on the subscription, at most 256. The
	// operator manages only the keys listed here and ignores all others. Keys
	// under meshagent.com/ are reserved.
	// +optional
	Annotations Annotations `json:"annotations,omitempty"`
}

// MeshFeedSubscriptionStatus is the observed state of a feed subscription.
type MeshFeedSubscriptionStatus struct {
	CommonStatus `json:",inline"`
}

// MeshFeedSubscription manages a feed subscription: the delivery of a feed's
// messages into the storage of a room.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshFeedSubscription
//	metadata:
//	  name: support-orders
//	spec:
//	  feedRef:
//	    name: orders
//	  roomRef:
//	    name: support
//	  path: feeds/orders/
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=masub
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:selectablefield:JSONPath=.spec.roomRef.name
// +kubebuilder:printcolumn:name="Feed",type=string,JSONPath=`.spec.feedRef.*`
// +kubebuilder:printcolumn:name="Room",type=string,JSONPath=`.spec.roomRef.*`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Path",type=string,priority=1,JSONPath=`.spec.path`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshFeedSubscription struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the subscription.
	// +required
	Spec MeshFeedSubscriptionSpec `json:"spec,omitzero"`

	// status is the observed state of the subscription.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshFeedSubscriptionStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (s *MeshFeedSubscription) CommonSpec() *CommonSpec { return &s.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (s *MeshFeedSubscription) CommonStatus() *CommonStatus { return &s.Status.CommonStatus }

// MeshFeedSubscriptionList is a list of MeshFeedSubscriptions.
//
// +kubebuilder:object:root=true
type MeshFeedSubscriptionList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the subscriptions.
	Items []MeshFeedSubscription `json:"items"`
}
