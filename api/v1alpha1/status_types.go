// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// ObjectStatus is the part of the status that all kinds share, MeshProject
// included.
type ObjectStatus struct {
	// conditions describe the state of the object. Ready: the resource can be
	// used. Synced: MeshAgent matched the spec when the operator last checked.
	// Reconciling: work is in progress. Stalled: you must change something before
	// the operator can continue. At most 16 entries.
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// observedGeneration is the generation of the object that this status
	// describes. It is -1 before the first reconciliation.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// lastHandledReconcileAt is the value of the annotation
	// meshagent.com/reconcile-requested-at that the operator handled last. At most
	// 262144 characters.
	// +kubebuilder:validation:MaxLength=262144
	// +optional
	LastHandledReconcileAt string `json:"lastHandledReconcileAt,omitempty"`
}

// CommonStatus is the part of the status that all kinds with a resource in
// MeshAgent share. It holds all that is needed to delete the resource after
// everything else is gone.
type CommonStatus struct {
	ObjectStatus `json:",inline"`

	// id is the ID of the resource in MeshAgent. At most 8192 characters.
	// +kubebuilder:validation:MaxLength=8192
	// +optional
	ID string `json:"id,omitempty"`

	// name is the name of the resource in MeshAgent when the operator last read
	// it. At most 8192 characters.
	// +kubebuilder:validation:MaxLength=8192
	// +optional
	Name string `json:"name,omitempty"`

	// pendingCreate describes a creation that the operator started and whose
	// outcome it doesn't know. It is used only for resources that have no place
	// for an ownership annotation.
	// +optional
	PendingCreate *PendingCreate `json:"pendingCreate,omitempty"`

	// project is the MeshProject that last admitted this object, as
	// namespace/name. The operator uses it to delete the resource, even if the
	// MeshProject no longer admits this object. At most 317 characters.
	// +kubebuilder:validation:MaxLength=317
	// +optional
	Project string `json:"project,omitempty"`

	// projectID is the ID of the project in MeshAgent that the resource belongs
	// to. At most 256 characters.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	ProjectID string `json:"projectID,omitempty"`

	// parent is the name or ID of the resource that this one belongs to, such as a
	// room. Unset if the resource belongs to the project. At most 8192 characters.
	// +kubebuilder:validation:MaxLength=8192
	// +optional
	Parent string `json:"parent,omitempty"`

	// adopted is true if the resource existed already and the operator did not
	// create it.
	// +optional
	Adopted *bool `json:"adopted,omitempty"`

	// appliedFields are the fields that the operator last set in MeshAgent for
	// this object, in the shape of MeshAgent's document, with true in place of
	// each value. If you remove a field from the spec, the operator removes it in
	// MeshAgent. The operator ignores all other fields.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +structType=atomic
	// +optional
	AppliedFields *runtime.RawExtension `json:"appliedFields,omitempty"`

	// pendingFields are the fields that an update sets for the first time, as long
	// as the operator doesn't know whether MeshAgent carried out the update.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +structType=atomic
	// +optional
	PendingFields *runtime.RawExtension `json:"pendingFields,omitempty"`

	// pendingDigest identifies the values of pendingFields. It is computed with
	// the API key and reveals nothing. At most 64 characters.
	// +kubebuilder:validation:MaxLength=64
	// +optional
	PendingDigest string `json:"pendingDigest,omitempty"`

	// writtenSecrets are the versions of the Kubernetes Secrets whose values the
	// operator last wrote to fields that cannot be read back. When a Secret has
	// another version, the operator writes its value again. At most 1024 entries.
	// +listType=map
	// +listMapKey=field
	// +kubebuilder:validation:MaxItems=1024
	// +optional
	WrittenSecrets []WrittenSecret `json:"writtenSecrets,omitempty"`

	// unconverged identifies a difference that MeshAgent did not accept: two
	// writes in a row left it as it was. The operator does not write again while
	// the difference is the same. The value "contended" means that two writes left
	// different fields as they were, and that one more attempt follows. At most 64
	// characters.
	// +kubebuilder:validation:MaxLength=64
	// +optional
	Unconverged string `json:"unconverged,omitempty"`

	// drift lists the differences between MeshAgent and the spec that the operator
	// must not correct, or whose correction MeshAgent does not accept. It shows at
	// most 64.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Drift []Drift `json:"drift,omitempty"`
}

// WrittenSecret is the version of a Kubernetes Secret whose value was written
// to MeshAgent.
type WrittenSecret struct {
	// field is the place in the spec that selects the Secret, with the keys of
	// elements of lists. At most 32768 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32768
	Field string `json:"field,omitempty"`

	// name is the name of the Secret. At most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// key is the key in the Secret. At most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Key string `json:"key,omitempty"`

	// version is the UID of the Secret and its resourceVersion. At most 256
	// characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Version string `json:"version,omitempty"`
}

// PendingCreate describes a creation that the operator started.
type PendingCreate struct {
	// key is the name of the resource. At most 8192 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=8192
	Key string `json:"key,omitempty"`

	// digests identify the contents that the operator sent, in the order of the
	// attempts. They are computed with the API key and reveal nothing. At most 8
	// entries of at most 64 characters each.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:items:MaxLength=64
	// +optional
	Digests []string `json:"digests,omitempty"`

	// normalizedDigests are digests that ignore letter case, white space, order
	// and defaults, which a server can change. At most 8 entries of at most 64
	// characters each.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:items:MaxLength=64
	// +optional
	NormalizedDigests []string `json:"normalizedDigests,omitempty"`
}

// IsAdopted says that the resource existed before its object.
func (s *CommonStatus) IsAdopted() bool { return s.Adopted != nil && *s.Adopted }

// Drift is one difference between an object and MeshAgent. Secret values are
// never shown.
type Drift struct {
	// path is the place of the difference in MeshAgent's document. At most 65536
	// characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=65536
	Path string `json:"path,omitempty"`

	// desired is the value in the spec as JSON, shortened if it is long. Unset if
	// the spec has no value. At most 1024 characters.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Desired string `json:"desired,omitempty"`

	// actual is the value in MeshAgent as JSON, shortened if it is long. Unset if
	// MeshAgent has no value. At most 1024 characters.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Actual string `json:"actual,omitempty"`
}
