// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func init() { register(&MeshFeed{}, &MeshFeedList{}) }

// FeedVisibility is who can read a feed.
// +kubebuilder:validation:Enum=Public;Project;Private
type FeedVisibility string

// The visibilities of a feed.
const (
	// FeedPublic lets everyone read the feed.
	FeedPublic FeedVisibility = "Public"
	// FeedProject lets the members of the project read the feed.
	FeedProject FeedVisibility = "Project"
	// FeedPrivate lets only those read the feed who were given access.
	FeedPrivate FeedVisibility = "Private"
)

// MeshFeedSpec is the desired state of a feed.
type MeshFeedSpec struct {
	CommonSpec `json:",inline"`

	// name is the name of the feed in MeshAgent, with at most 253 characters and
	// no blanks at its ends. If you change it, the operator renames the feed.
	// Defaults to the name of this object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S(.*\S)?$`
	// +optional
	Name string `json:"name,omitempty"`

	// description describes the feed, with at most 4096 characters. If unset, the
	// operator doesn't manage this field.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Description *string `json:"description,omitempty"`

	// visibility is who can read the feed: Public (everyone), Project (members of
	// the project) or Private. Defaults to Private; a feed that the operator
	// adopts keeps its visibility. Immutable.
	// +optional
	Visibility FeedVisibility `json:"visibility,omitempty"`

	// paused stops the feed while it is true: MeshAgent accepts neither messages
	// nor changes of subscriptions. If unset, the operator doesn't manage this
	// field.
	// +optional
	Paused *bool `json:"paused,omitempty"`

	// annotations are annotations to set on the feed, at most 256. The operator
	// manages only the keys listed here and ignores all others. Keys under
	// meshagent.com/ are reserved.
	// +optional
	Annotations Annotations `json:"annotations,omitempty"`

	// messageSchema is a JSON schema, an object or a boolean, that every message
	// must match. If you remove it here, the operator removes it from the feed. If
	// unset, the operator doesn't manage this field.
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	// +optional
	MessageSchema *runtime.RawExtension `json:"messageSchema,omitempty"`
}

// MeshFeedStatus is the observed state of a feed.
type MeshFeedStatus struct {
	CommonStatus `json:",inline"`
}

// MeshFeed manages a feed of a MeshAgent project: a stream of messages that
// rooms can subscribe to.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshFeed
//	metadata:
//	  name: orders
//	spec:
//	  description: Orders of all shops
//	  visibility: Project
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:validation:XValidation:rule="(has(self.spec) && has(self.spec.visibility) ? self.spec.visibility : 'Private') == (has(oldSelf.spec) && has(oldSelf.spec.visibility) ? oldSelf.spec.visibility : 'Private')",message="spec.visibility cannot be changed: delete the feed and create it again"
// +kubebuilder:resource:categories=meshagent,shortName=mafeed
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Visibility",type=string,JSONPath=`.spec.visibility`
// +kubebuilder:printcolumn:name="Paused",type=boolean,JSONPath=`.spec.paused`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Feed",type=string,priority=1,JSONPath=`.status.name`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshFeed struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the feed. Defaults to a private feed with the
	// name of this object.
	// +optional
	Spec MeshFeedSpec `json:"spec,omitzero"`

	// status is the observed state of the feed.
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
