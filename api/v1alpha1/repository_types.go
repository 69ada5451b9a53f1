// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshRepository{}, &MeshRepositoryList{}) }

// MeshRepositorySpec is the desired state of an image repository.
type MeshRepositorySpec struct {
	CommonSpec `json:",inline"`

	// name is the path of the repository in the registry, after the key of the
	// project, with at most 253 characters: lowercase letters and digits, which
	// ".", "_", "__" or hyphens can separate, in parts that slashes separate. If
	// you change it, the operator renames the repository, which keeps its ID.
	// Defaults to the name of this object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`
	// +optional
	Name string `json:"name,omitempty"`

	// description describes the repository, with at most 4096 characters. If
	// unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Description *string `json:"description,omitempty"`

	// annotations are annotations to set on the repository, at most 256. The
	// operator manages only the keys listed here and ignores all others. Keys
	// under meshagent.com/ are reserved.
	// +optional
	Annotations Annotations `json:"annotations,omitempty"`
}

// MeshRepositoryStatus is the observed state of an image repository.
type MeshRepositoryStatus struct {
	CommonStatus `json:",inline"`

	// image is the name of the images in the repository, without a tag: the domain
	// of the registry, the key of the project and the name of the repository.
	// Unset if MeshAgent does not tell the domain or the key. At most 2048
	// characters.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Image string `json:"image,omitempty"`
}

// MeshRepository manages an image repository of a MeshAgent project.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshRepository
//	metadata:
//	  name: support-agent
//	spec:
//	  name: apps/support-agent
//	  description: Images of the support agent
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=meshrepositories,categories=meshagent,shortName=marepo
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Image",type=string,priority=1,JSONPath=`.status.image`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshRepository struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the repository. Defaults to a repository with
	// the name of this object.
	// +optional
	Spec MeshRepositorySpec `json:"spec,omitzero"`

	// status is the observed state of the repository.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshRepositoryStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (r *MeshRepository) CommonSpec() *CommonSpec { return &r.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (r *MeshRepository) CommonStatus() *CommonStatus { return &r.Status.CommonStatus }

// MeshRepositoryList is a list of MeshRepositories.
//
// +kubebuilder:object:root=true
type MeshRepositoryList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the repositories.
	Items []MeshRepository `json:"items"`
}
