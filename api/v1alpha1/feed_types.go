// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func init() { register(&MeshFeed{}, &MeshFeedList{}) }

// FeedVisibility says who may read a feed.
// +kubebuilder:validation:Enum=public;project;private
type FeedVisibility string

// MeshFeedSpec says what a feed in MeshAgent should be like.
type MeshFeedSpec struct {
	CommonSpec `json:",inline"`

	// name of the feed in MeshAgent. A change renames it. Unset means the name of this object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S(.*\S)?$`
	// +optional
	Name string `json:"name,omitempty"`

	// description is for people. Unset means that it is left to others.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Description *string `json:"description,omitempty"`

	// visibility is public, project or private. It cannot be changed. Unset means MeshAgent's default, private, and for a feed that is
	// adopted the visibility that it has.
	// +optional
	Visibility FeedVisibility `json:"visibility,omitempty"`

	// paused is true to refuse messages, and changes of subscriptions. Unset means that it is left to others.
	// +optional
	Paused *bool `json:"paused,omitempty"`

	// annotations are strings kept with the feed. Those that are not named here are left to others;
	// meshagent.com/ is for this operator.
	// +kubebuilder:validation:MaxProperties=256
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('meshagent.com/'))",message="annotations under meshagent.com/ are reserved for the operator"
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`

	// messageSchema is a JSON schema, an object or a boolean, that every message must match. When it is taken out of here it is
	// removed from the feed.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	// +optional
	MessageSchema *runtime.RawExtension `json:"messageSchema,omitempty"`
}

// MeshFeedStatus says how the feed is doing.
type MeshFeedStatus struct {
	CommonStatus `json:",inline"`
}

// MeshFeed keeps a feed of a MeshAgent project: a stream of messages that rooms can subscribe to.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:validation:XValidation:rule="(has(self.spec) && has(self.spec.visibility) ? self.spec.visibility : 'private') == (has(oldSelf.spec) && has(oldSelf.spec.visibility) ? oldSelf.spec.visibility : 'private')",message="spec.visibility cannot be changed: delete the feed and create it again"
// +kubebuilder:resource:categories=meshagent
// +kubebuilder:printcolumn:name="Feed",type=string,JSONPath=`.status.name`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshFeed struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the feed as it should be. Unset means a private feed with the name of this object.
	// +optional
	Spec MeshFeedSpec `json:"spec,omitzero"`

	// status is the feed as it was found.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshFeedStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (f *MeshFeed) CommonSpec() *CommonSpec { return &f.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (f *MeshFeed) CommonStatus() *CommonStatus { return &f.Status.CommonStatus }

// MeshFeedList is a list of MeshFeeds.
//
// +kubebuilder:object:root=true
type MeshFeedList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the feeds.
	Items []MeshFeed `json:"items"`
}
