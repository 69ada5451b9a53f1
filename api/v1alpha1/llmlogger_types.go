// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshLLMLogger{}, &MeshLLMLoggerList{}) }

// MeshLLMLoggerSpec is the desired state of an LLM logger.
type MeshLLMLoggerSpec struct {
	CommonSpec `json:",inline"`

	// feedRef selects the feed that receives the LLM requests. If you change it,
	// the logger writes to the other feed.
	// +required
	FeedRef IDReference `json:"feedRef,omitzero"`

	// filterExpression is a JMESPath expression over the metadata of a request,
	// with at most 4096 characters, such as provider == 'openai'. Only requests
	// that match it are logged. Empty matches all. If unset, the operator doesn't
	// manage this field.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	FilterExpression *string `json:"filterExpression,omitempty"`

	// paused stops the logger while it is true. If unset, the operator doesn't
	// manage this field.
	// +optional
	Paused *bool `json:"paused,omitempty"`

	// annotations are annotations to set on the logger, at most 256. The operator
	// manages only the keys listed here and ignores all others. Keys under
	// meshagent.com/ are reserved.
	// +optional
	Annotations Annotations `json:"annotations,omitempty"`
}

// MeshLLMLoggerStatus is the observed state of an LLM logger.
type MeshLLMLoggerStatus struct {
	CommonStatus `json:",inline"`
}

// MeshLLMLogger manages an LLM logger of a MeshAgent project, which writes the
// project's requests to large language models to a feed. A logger has no name:
// its ownership annotation says which object manages it.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshLLMLogger
//	metadata:
//	  name: openai
//	spec:
//	  feedRef:
//	    name: llm-requests
//	  filterExpression: provider == 'openai'
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=malog
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Feed",type=string,JSONPath=`.spec.feedRef.*`
// +kubebuilder:printcolumn:name="Paused",type=boolean,JSONPath=`.spec.paused`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Filter",type=string,priority=1,JSONPath=`.spec.filterExpression`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshLLMLogger struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the logger.
	// +required
	Spec MeshLLMLoggerSpec `json:"spec,omitzero"`

	// status is the observed state of the logger.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshLLMLoggerStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (l *MeshLLMLogger) CommonSpec() *CommonSpec { return &l.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (l *MeshLLMLogger) CommonStatus() *CommonStatus { return &l.Status.CommonStatus }

// MeshLLMLoggerList is a list of MeshLLMLoggers.
//
// +kubebuilder:object:root=true
type MeshLLMLoggerList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the loggers.
	Items []MeshLLMLogger `json:"items"`
}
