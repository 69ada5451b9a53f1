// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Names under meshagent.com/ on objects, and on the resources in MeshAgent.
const (
	// Finalizer keeps an object until what it stands for in MeshAgent has been deleted or let go.
	Finalizer = "meshagent.com/finalizer"

	// ReconcileRequestedAtAnnotation asks for an immediate look at MeshAgent, past all snapshots. Any new value
	// does; the receipt is status.lastHandledReconcileAt.
	ReconcileRequestedAtAnnotation = "meshagent.com/reconcile-requested-at"

	// AllowDeletionsUntilAnnotation, on a MeshProject, lets deletions through its deletionGuard until a time (RFC 3339).
	AllowDeletionsUntilAnnotation = "meshagent.com/allow-deletions-until"

	// OwnerAnnotation, on a resource in MeshAgent, says which object manages it:
	// <owner id>/<namespace>/<name>.
	OwnerAnnotation = "meshagent.com/owner"

	// AdoptedAnnotation, on a resource in MeshAgent, says that its owner found it there and did not create it.
	// So this is known even when the object's status was lost, for example in a restore from a backup.
	AdoptedAnnotation = "meshagent.com/adopted"

	// DefaultProject is the MeshProject that objects use when they name none.
	DefaultProject = "default"
)

// ReconcilePolicy says whether the operator may write to MeshAgent.
// +kubebuilder:validation:Enum=Enforce;Observe
type ReconcilePolicy string

// The reconcile policies.
const (
	// ReconcileEnforce creates, updates and deletes.
	ReconcileEnforce ReconcilePolicy = "Enforce"
	// ReconcileObserve never writes to MeshAgent; status says what would be changed.
	ReconcileObserve ReconcilePolicy = "Observe"
)

// AdoptionPolicy says what may be done with a resource that exists already in MeshAgent.
// +kubebuilder:validation:Enum=IfIdentical;IfUnowned;Always
type AdoptionPolicy string

// The adoption policies.
const (
	// AdoptIfIdentical takes it only if that changes nothing in it.
	AdoptIfIdentical AdoptionPolicy = "IfIdentical"
	// AdoptIfUnowned takes it and changes it, unless it bears another owner's mark.
	AdoptIfUnowned AdoptionPolicy = "IfUnowned"
	// AdoptAlways takes it even from another owner.
	AdoptAlways AdoptionPolicy = "Always"
)

// DeletionPolicy says what becomes of the resource in MeshAgent when its object is deleted.
// +kubebuilder:validation:Enum=Delete;Orphan
type DeletionPolicy string

// The deletion policies.
const (
	// DeletionDelete deletes the resource as well.
	DeletionDelete DeletionPolicy = "Delete"
	// DeletionOrphan leaves it, without the owner mark.
	DeletionOrphan DeletionPolicy = "Orphan"
)

// CommonSpec is what every kind that mirrors something in MeshAgent has in its spec.
type CommonSpec struct {
	// projectRef names the MeshProject to work in. Unset means the MeshProject "default" in this namespace.
	// +optional
	ProjectRef ProjectReference `json:"projectRef,omitzero"`

	// reconcilePolicy is Enforce or Observe. With Enforce, the operator makes MeshAgent match this object. With Observe,
	// it writes nothing to MeshAgent, and status.drift shows what would change. Defaults to
	// spec.defaults.reconcilePolicy of the MeshProject, otherwise to Enforce.
	// +optional
	ReconcilePolicy ReconcilePolicy `json:"reconcilePolicy,omitempty"`

	// adoptionPolicy is IfIdentical, IfUnowned or Always. It says whether this object takes over a resource that exists
	// in MeshAgent already: only if the two are equal, also if they differ, or also if another object or operator owns
	// the resource. Defaults to spec.defaults.adoptionPolicy of the MeshProject, otherwise to IfIdentical.
	// +optional
	AdoptionPolicy AdoptionPolicy `json:"adoptionPolicy,omitempty"`

	// deletionPolicy is Delete or Orphan. It says whether the resource in MeshAgent is deleted together with this
	// object. Defaults to spec.defaults.deletionPolicy of the MeshProject. If that is unset too, the operator deletes a
	// resource that it created, and leaves a resource that it adopted.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`

	// suspend stops all requests to MeshAgent for this object. If the object is deleted meanwhile, its resource stays in
	// MeshAgent. If deletionPolicy of this object is Delete, the deletion waits instead, unless the namespace is deleted
	// too. Defaults to false.
	// +optional
	Suspend *bool `json:"suspend,omitempty"`
}

// Suspended says that nothing is sent to MeshAgent for this object.
func (s *CommonSpec) Suspended() bool { return s.Suspend != nil && *s.Suspend }

// ObjectStatus is what every kind has in its status.
type ObjectStatus struct {
	// conditions tell how the object is doing: Ready (usable), Synced (MeshAgent matched the spec when last looked at),
	// Reconciling (present while work is under way) and Stalled (present when only a person can help).
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// observedGeneration is the generation of the object that this status describes; -1 before the first look.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// lastHandledReconcileAt repeats the annotation meshagent.com/reconcile-requested-at when it was acted upon.
	// +kubebuilder:validation:MaxLength=262144
	// +optional
	LastHandledReconcileAt string `json:"lastHandledReconcileAt,omitempty"`
}

// CommonStatus is what every kind that mirrors something in MeshAgent has in its status. It holds all that is needed to
// delete the resource after everything else is gone.
type CommonStatus struct {
	ObjectStatus `json:",inline"`

	// id is the id of the resource in MeshAgent.
	// +kubebuilder:validation:MaxLength=8192
	// +optional
	ID string `json:"id,omitempty"`

	// name is the name of the resource in MeshAgent when last seen.
	// +kubebuilder:validation:MaxLength=8192
	// +optional
	Name string `json:"name,omitempty"`

	// pendingCreate describes a resource whose creation was begun and is not known to have succeeded or
	// failed. It is used for resources that have no place for an ownership annotation.
	// +optional
	PendingCreate *PendingCreate `json:"pendingCreate,omitempty"`

	// project is the MeshProject that last admitted this object, as namespace/name. The object is finished with it when it is
	// deleted, even if it would not be admitted any more.
	// +kubebuilder:validation:MaxLength=317
	// +optional
	Project string `json:"project,omitempty"`

	// projectID is the id of the MeshAgent project that the resource is in.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	ProjectID string `json:"projectID,omitempty"`

	// parent is what the resource lies under in MeshAgent, such as the name of a room; unset if that is the project.
	// +kubebuilder:validation:MaxLength=8192
	// +optional
	Parent string `json:"parent,omitempty"`

	// adopted is true when the resource was there already and was not created for this object.
	// +optional
	Adopted *bool `json:"adopted,omitempty"`

	// appliedFields are the fields that this object last set in MeshAgent, in the shape of MeshAgent's
	// document, with true in place of each value. A field that leaves the spec is removed in MeshAgent.
	// The operator ignores all other fields.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +structType=atomic
	// +optional
	AppliedFields *runtime.RawExtension `json:"appliedFields,omitempty"`

	// pendingFields are the fields that an update sets for the first time, while it is not known whether
	// the update was carried out.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +structType=atomic
	// +optional
	PendingFields *runtime.RawExtension `json:"pendingFields,omitempty"`

	// pendingDigest identifies the values of pendingFields. It is computed with the API key and reveals
	// nothing.
	// +kubebuilder:validation:MaxLength=64
	// +optional
	PendingDigest string `json:"pendingDigest,omitempty"`

	// writtenSecrets are the versions of the Kubernetes Secrets whose values this object last wrote to
	// fields that cannot be read back. When a Secret has another version, the operator writes its value
	// again.
	// +listType=map
	// +listMapKey=field
	// +kubebuilder:validation:MaxItems=1024
	// +optional
	WrittenSecrets []WrittenSecret `json:"writtenSecrets,omitempty"`

	// unconverged identifies a difference that MeshAgent did not accept: two writes in a row left it as
	// it was. The operator does not write again while the difference is the same. "contended" says that
	// two writes left different fields as they were, and that one more try follows.
	// +kubebuilder:validation:MaxLength=64
	// +optional
	Unconverged string `json:"unconverged,omitempty"`

	// drift lists what differs in MeshAgent from the spec, while the operator must not change it or
	// MeshAgent does not accept the change.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Drift []Drift `json:"drift,omitempty"`
}

// WrittenSecret is the version of a Kubernetes Secret whose value was written to MeshAgent.
type WrittenSecret struct {
	// field is the place in the spec that names the Secret. Elements of lists are named by their keys.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16384
	Field string `json:"field,omitempty"`

	// name of the Secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// key in the Secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Key string `json:"key,omitempty"`

	// version is the UID of the Secret and its resourceVersion.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Version string `json:"version,omitempty"`
}

// PendingCreate describes a resource whose creation was begun.
type PendingCreate struct {
	// key is the name of the resource.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=8192
	Key string `json:"key,omitempty"`

	// digests identify the contents that were sent, the last one last. They are computed with the API
	// key and reveal nothing.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:items:MaxLength=64
	// +optional
	Digests []string `json:"digests,omitempty"`

	// normalizedDigests are digests without differences in letter case, white space, order and defaults,
	// which a server can introduce.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:items:MaxLength=64
	// +optional
	NormalizedDigests []string `json:"normalizedDigests,omitempty"`
}

// IsAdopted says that the resource was not created for this object.
func (s *CommonStatus) IsAdopted() bool { return s.Adopted != nil && *s.Adopted }

// Drift is one difference between an object and MeshAgent. Secret values are never shown.
type Drift struct {
	// path is where in MeshAgent's document the difference is.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=65536
	Path string `json:"path,omitempty"`

	// desired is the value in the spec, as JSON, cut when long; unset when the spec wants it absent.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Desired string `json:"desired,omitempty"`

	// actual is the value in MeshAgent, as JSON, cut when long; unset when there is none.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Actual string `json:"actual,omitempty"`
}
