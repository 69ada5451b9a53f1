// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshFile{}, &MeshFileList{}) }

// MeshFileSpec is the desired state of a file.
// +kubebuilder:validation:XValidation:rule="self.path == oldSelf.path",message="path cannot be changed: create another MeshFile"
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy == 'Orphan'",message="deletionPolicy cannot be Delete: MeshAgent has no way to delete files"
type MeshFileSpec struct {
	CommonSpec `json:",inline"`

	// path is the path of the file in the storage of the project, such as
	// prompts/system.md, with at most 1024 characters. It must not begin or end
	// with a slash, nor have empty elements or elements that are "." or "..".
	// Immutable.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:XValidation:rule="self.split('/').all(e, !(e in ['', '.', '..']))",message="path must be relative, such as prompts/system.md, without empty elements, \".\" and \"..\""
	Path string `json:"path,omitempty"`

	// content is what the file holds.
	// +required
	Content FileContent `json:"content,omitzero"`
}

// FileContent is the content of a file. Set exactly one field.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="(has(self.text) ? 1 : 0) + (has(self.configMapKeyRef) ? 1 : 0) + (has(self.secretKeyRef) ? 1 : 0) == 1",message="set exactly one of text, configMapKeyRef and secretKeyRef"
type FileContent struct {
	// text is the content itself, with at most 262144 characters. It can be empty.
	// Everyone who can read this object can read it.
	// +kubebuilder:validation:MaxLength=262144
	// +optional
	Text *string `json:"text,omitempty"`

	// configMapKeyRef selects a key of a ConfigMap, in its data or binaryData. The
	// operator uploads a changed ConfigMap at once.
	// +optional
	ConfigMapKeyRef *ConfigMapKeyReference `json:"configMapKeyRef,omitempty"`

	// secretKeyRef selects a key of a Secret. The operator uploads a changed
	// Secret at once. Everyone who can read the files of the project in MeshAgent
	// can read the value.
	// +optional
	SecretKeyRef *SecretKeyReference `json:"secretKeyRef,omitempty"`
}

// MeshFileStatus is the observed state of a file.
type MeshFileStatus struct {
	CommonStatus `json:",inline"`

	// size is the size of the file in MeshAgent, in bytes.
	// +optional
	Size *int64 `json:"size,omitempty"`
}

// MeshFile manages a file in the storage of a MeshAgent project. MeshAgent has
// no way to delete files: if you delete a MeshFile, the file stays. To create a
// file that people can edit in MeshAgent, set reconcilePolicy to CreateOnly.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshFile
//	metadata:
//	  name: system-prompt
//	spec:
//	  path: prompts/system.md
//	  content:
//	    text: Be brief.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=mafile
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Path",type=string,JSONPath=`.spec.path`
// +kubebuilder:printcolumn:name="Size",type=integer,JSONPath=`.status.size`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshFile struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the file.
	// +required
	Spec MeshFileSpec `json:"spec,omitzero"`

	// status is the observed state of the file.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshFileStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (f *MeshFile) CommonSpec() *CommonSpec { return &f.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (f *MeshFile) CommonStatus() *CommonStatus { return &f.Status.CommonStatus }

// MeshFileList is a list of MeshFiles.
//
// +kubebuilder:object:root=true
type MeshFileList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the files.
	Items []MeshFile `json:"items"`
}
