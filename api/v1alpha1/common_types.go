// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// Names under meshagent.com/ on objects, and on the resources in MeshAgent.
const (
	// Finalizer keeps an object until its resource in MeshAgent has been deleted
	// or released.
	Finalizer = "meshagent.com/finalizer"

	// ReconcileRequestedAtAnnotation requests an immediate reconciliation that
	// reads MeshAgent live. Any new value counts; the receipt is
	// status.lastHandledReconcileAt.
	ReconcileRequestedAtAnnotation = "meshagent.com/reconcile-requested-at"

	// AllowDeletionsUntilAnnotation, on a MeshProject, lets deletions through its
	// deletionGuard until a time (RFC 3339).
	AllowDeletionsUntilAnnotation = "meshagent.com/allow-deletions-until"

	// OwnerAnnotation, on a resource in MeshAgent, says which object manages it:
	// <owner id>/<namespace>/<name>.
	OwnerAnnotation = "meshagent.com/owner"

	// AdoptedAnnotation, on a resource in MeshAgent, says that its owner found it
	// there and did not create it. So this is known even when the object's status
	// was lost, for example in a restore from a backup.
	AdoptedAnnotation = "meshagent.com/adopted"

	// DefaultProject is the MeshProject that objects use when they name none.
	DefaultProject = "default"
)

// ReconcilePolicy is what the operator writes to MeshAgent.
// +kubebuilder:validation:Enum=Enforce;Observe;CreateOnly
type ReconcilePolicy string

// The reconcile policies.
const (
	// ReconcileEnforce creates, updates and deletes.
	ReconcileEnforce ReconcilePolicy = "Enforce"
	// ReconcileObserve never writes to MeshAgent; status shows what would be
	// changed.
	ReconcileObserve ReconcilePolicy = "Observe"
	// ReconcileCreateOnly creates the resource once, and deletes it; status shows
	// what would be changed. A resource that is gone is not created again.
	ReconcileCreateOnly ReconcilePolicy = "CreateOnly"
)

// AdoptionPolicy is when the operator adopts a resource that exists already in
// MeshAgent.
// +kubebuilder:validation:Enum=IfIdentical;IfUnowned;Always
type AdoptionPolicy string

// The adoption policies.
const (
	// AdoptIfIdentical adopts a resource that equals the object.
	AdoptIfIdentical AdoptionPolicy = "IfIdentical"
	// AdoptIfUnowned adopts a resource and changes it, unless it carries the
	// ownership annotation of another owner.
	AdoptIfUnowned AdoptionPolicy = "IfUnowned"
	// AdoptAlways adopts a resource even from another owner.
	AdoptAlways AdoptionPolicy = "Always"
)

// DeletionPolicy is what happens to the resource in MeshAgent when its object
// is deleted.
// +kubebuilder:validation:Enum=Delete;Orphan
type DeletionPolicy string

// The deletion policies.
const (
	// DeletionDelete deletes the resource.
	DeletionDelete DeletionPolicy = "Delete"
	// DeletionOrphan keeps the resource and removes the ownership annotation.
	DeletionOrphan DeletionPolicy = "Orphan"
)

// CommonSpec is the part of the spec that all kinds share.
type CommonSpec struct {
	// projectRef selects the MeshProject, which says how to reach the project in
	// MeshAgent. Defaults to the MeshProject "default" in the namespace of this
	// object.
	// +optional
	ProjectRef ProjectReference `json:"projectRef,omitzero"`

	// reconcilePolicy is Enforce, Observe or CreateOnly. With Enforce, the
	// operator makes MeshAgent match this object. With Observe, it writes nothing
	// to MeshAgent, and status.drift shows what would change. With CreateOnly, it
	// creates the resource once and does not change it afterwards: status.drift
	// shows what would change, and a resource that is gone is not created again.
	// Defaults to spec.defaults.reconcilePolicy of the MeshProject, otherwise to
	// Enforce.
	// +optional
	ReconcilePolicy ReconcilePolicy `json:"reconcilePolicy,omitempty"`

	// adoptionPolicy is IfIdentical, IfUnowned or Always. It says whether this
	// object takes over a resource that exists in MeshAgent already: only if the
	// two are equal, also if they differ, or also if another object or operator
	// owns the resource. Defaults to spec.defaults.adoptionPolicy of the
	// MeshProject, otherwise to IfIdentical.
	// +optional
	AdoptionPolicy AdoptionPolicy `json:"adoptionPolicy,omitempty"`

	// adoptionID is the ID of a resource that exists in MeshAgent already and that
	// this object is to adopt. adoptionPolicy says whether it may. If MeshAgent has
	// no such resource, nothing is created. Has no effect once the object has
	// adopted or created a resource. Unset means that the operator looks for the
	// name, and creates the resource if there is none. At most 253 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	AdoptionID string `json:"adoptionID,omitempty"`

	// deletionPolicy is Delete or Orphan. It says whether the resource in
	// MeshAgent is deleted together with this object. Defaults to
	// spec.defaults.deletionPolicy of the MeshProject. If that is unset too, the
	// operator deletes a resource that it created, and leaves a resource that it
	// adopted.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`

	// suspend stops all requests to MeshAgent for this object. If the object is
	// deleted meanwhile, its resource stays in MeshAgent. If deletionPolicy of
	// this object is Delete, the deletion waits instead, unless the namespace is
	// deleted too. Defaults to false.
	// +optional
	Suspend *bool `json:"suspend,omitempty"`
}

// Suspended says that nothing is sent to MeshAgent for this object.
func (s *CommonSpec) Suspended() bool { return s.Suspend != nil && *s.Suspend }
