// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshFeedSubscription{}, &MeshFeedSubscriptionList{}) }

// MeshFeedSubscriptionSpec says where a feed's messages should go.
// +kubebuilder:validation:XValidation:rule="self.feedRef == oldSelf.feedRef",message="feedRef cannot be changed: delete the subscription and create it again"
// +kubebuilder:validation:XValidation:rule="self.roomRef == oldSelf.roomRef",message="roomRef cannot be changed: delete the subscription and create it again"
// +kubebuilder:validation:XValidation:rule="self.path == oldSelf.path",message="path cannot be changed: delete the subscription and create it again"
type MeshFeedSubscriptionSpec struct {
	CommonSpec `json:",inline"`

	// feedRef is the feed: a MeshFeed, or the id of a feed in MeshAgent. It cannot be changed.
	// +required
	FeedRef ResourceReference `json:"feedRef,omitzero"`

	// roomRef is the room whose storage takes the messages. It cannot be changed.
	// +required
	RoomRef ResourceReference `json:"roomRef,omitzero"`

	// path is the folder in the room's storage, such as feeds/orders/; "/" is its root. It cannot be changed.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=700
	Path string `json:"path,omitempty"`

	// filenameDatetimeFormat is the pattern of file names, in which slashes make folders. Unset means MeshAgent's default,
	// YYYY-MM-DDThh_mm_ssZ.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	FilenameDatetimeFormat string `json:"filenameDatetimeFormat,omitempty"`

	// annotations are strings kept with the subscription. Those that are not named here are left to others;
	// meshagent.com/ is for this operator.
	// +kubebuilder:validation:MaxProperties=256
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('meshagent.com/'))",message="annotations under meshagent.com/ are reserved for the operator"
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// MeshFeedSubscriptionStatus says how the subscription is doing.
type MeshFeedSubscriptionStatus struct {
	CommonStatus `json:",inline"`
}

// MeshFeedSubscription delivers the messages of a feed into the storage of a room.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent
// +kubebuilder:printcolumn:name="Subscription",type=string,JSONPath=`.status.name`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshFeedSubscription struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the subscription as it should be.
	// +required
	Spec MeshFeedSubscriptionSpec `json:"spec,omitzero"`

	// status is the subscription as it was found.
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
