// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshProject{}, &MeshProjectList{}) }

// DefaultAPIKeyKey is the key of a Secret that holds the API key if the
// MeshProject names none.
const DefaultAPIKeyKey = "apiKey"

// MeshProjectSpec says how to reach a MeshAgent project, who can use it, and
// what its objects do by default.
type MeshProjectSpec struct {
	// endpoint is the base URL of the MeshAgent API, for example
	// https://api.meshagent.com. The scheme must be http or https. User, query and
	// fragment are not allowed. The operator must allow the endpoint (flag
	// --allowed-endpoints, chart value allowedEndpoints). Defaults to the
	// operator's own endpoint (flag --meshagent-api-url, chart value
	// meshagentAPIURL). At most 2048 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHost() != ''",message="endpoint must be a URL such as https://api.meshagent.com"
	// +kubebuilder:validation:XValidation:rule="!self.contains('@') && !self.contains('?') && !self.contains('#')",message="endpoint must have no user, query or fragment"
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// projectID is the ID of the project in MeshAgent. If it is set, the operator
	// rejects an API key of another project. Defaults to the project that the API
	// key belongs to. At most 256 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +optional
	ProjectID string `json:"projectID,omitempty"`

	// apiKeySecretRef names the key of a Secret in the MeshProject's namespace
	// that holds the project's API key (ma-…). The operator uses a changed key at
	// once.
	// +required
	APIKeySecretRef APIKeyReference `json:"apiKeySecretRef,omitzero"`

	// caBundle adds CA certificates to those of the operator's system. Set it if
	// the certificate of the endpoint is signed by a private CA. If unset, the
	// operator trusts only the CAs of its system.
	// +optional
	CABundle *CABundle `json:"caBundle,omitempty"`

	// allowedNamespaces chooses the namespaces whose objects can use the
	// MeshProject. Objects in the MeshProject's own namespace always can. Defaults
	// to the MeshProject's own namespace only.
	// +optional
	AllowedNamespaces *AllowedNamespaces `json:"allowedNamespaces,omitempty"`

	// privilegedNamespaces chooses the namespaces whose objects can change the
	// project itself or hand it out: members, settings, API keys and other
	// credentials. allowedNamespaces must choose these namespaces too. Objects in
	// the MeshProject's own namespace always can. Defaults to the MeshProject's
	// own namespace only.
	// +optional
	PrivilegedNamespaces *AllowedNamespaces `json:"privilegedNamespaces,omitempty"`

	// rateLimit limits the requests to MeshAgent. All objects that use the
	// MeshProject share the limit. MeshProjects with the same endpoint, API key
	// and CA certificates share one limit, the smallest of theirs. Defaults to 20
	// requests per second with bursts of 40.
	// +optional
	RateLimit *RateLimit `json:"rateLimit,omitempty"`

	// deletionGuard limits how many resources the operator deletes in MeshAgent
	// per hour. It protects against the deletion of many objects by mistake, for
	// example with their namespace. If unset, deletions are not limited.
	// +optional
	DeletionGuard *DeletionGuard `json:"deletionGuard,omitempty"`

	// defaults are the policies of objects that use the MeshProject and do not set
	// the policy themselves. A change applies to existing objects. If unset, the
	// defaults of the operator apply: see the fields of an object's spec.
	// +optional
	Defaults *PolicyDefaults `json:"defaults,omitempty"`

	// suspend stops all requests to MeshAgent for the MeshProject and for all
	// objects that use it. An object that is deleted meanwhile leaves its resource
	// in MeshAgent. If the object's own deletionPolicy is Delete, its deletion
	// waits instead, unless its namespace is deleted too. Defaults to false.
	// +optional
	Suspend *bool `json:"suspend,omitempty"`
}

// Suspended says that nothing is sent to MeshAgent for the project.
func (s *MeshProjectSpec) Suspended() bool { return s.Suspend != nil && *s.Suspend }

// PolicyDefaults are policies for objects that do not set their own.
// +kubebuilder:validation:MinProperties=1
type PolicyDefaults struct {
	// reconcilePolicy is Enforce or Observe. With Enforce, the operator makes
	// MeshAgent match the objects. With Observe, it writes nothing to MeshAgent,
	// and status.drift of each object shows what would change. Defaults to
	// Enforce.
	// +kubebuilder:validation:XValidation:rule="self != 'CreateOnly'",message="reconcilePolicy must be Enforce or Observe here: set CreateOnly in single objects"
	// +optional
	ReconcilePolicy ReconcilePolicy `json:"reconcilePolicy,omitempty"`

	// adoptionPolicy is IfIdentical, IfUnowned or Always. It says whether an
	// object takes over a resource that exists in MeshAgent already: only if the
	// two are equal, also if they differ, or also if another object or operator
	// owns the resource. Defaults to IfIdentical.
	// +optional
	AdoptionPolicy AdoptionPolicy `json:"adoptionPolicy,omitempty"`

	// deletionPolicy is Delete or Orphan. It says whether the resource in
	// MeshAgent is deleted together with its object. If unset, the operator
	// deletes resources that it created, and leaves resources that it adopted.
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
}

// DeletionGuard limits how many resources of a project are deleted in
// MeshAgent.
type DeletionGuard struct {
	// maxPerHour is the largest number of resources that the operator deletes in
	// MeshAgent within any 60 minutes, 0 to 100000. Objects beyond it keep their
	// finalizer, with the reason DeletionHeld, until earlier deletions are more
	// than an hour old, or until you set the annotation
	// meshagent.com/allow-deletions-until on the MeshProject to an RFC 3339 time
	// in the future. 0 holds every deletion that the annotation doesn't allow.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100000
	// +required
	MaxPerHour *int32 `json:"maxPerHour,omitempty"`
}

// MeshProjectStatus is what the operator found at the endpoint.
type MeshProjectStatus struct {
	ObjectStatus `json:",inline"`

	// projectID is the ID of the project in MeshAgent. At most 256 characters.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	ProjectID string `json:"projectID,omitempty"`

	// projectName is the name of the project in MeshAgent. Longer names are cut
	// after 1024 characters.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	ProjectName string `json:"projectName,omitempty"`

	// projectKey is the short key of the project in MeshAgent, the first path
	// element of its image names. Longer keys are cut after 1024 characters.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	ProjectKey string `json:"projectKey,omitempty"`

	// enabled is false if MeshAgent has disabled the project, for example because
	// of its account. Objects of a disabled project are reconciled all the same.
	// Unset if MeshAgent does not tell.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// role is what the API key can do in the project. Unset if MeshAgent does not
	// tell.
	// +optional
	Role *ProjectRole `json:"role,omitempty"`

	// ownerUserID is the ID of the user who owns the project. Longer IDs are cut
	// after 256 characters.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	OwnerUserID string `json:"ownerUserID,omitempty"`

	// domains are the domains of the MeshAgent server. Unset if it does not tell.
	// +optional
	Domains *ServerDomains `json:"domains,omitempty"`

	// endpoint is the base URL of the MeshAgent API that the operator last
	// connected to. At most 2048 characters.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// apiVersion is the version that the MeshAgent server reports. At most 256
	// characters.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	APIVersion string `json:"apiVersion,omitempty"`

	// apiGeneration is the generation of the MeshAgent API that the server speaks:
	// "0.44", or "0.45" for 0.45 and later. Condition APICompatible tells whether
	// this release of the operator supports it.
	// +kubebuilder:validation:MaxLength=16
	// +optional
	APIGeneration string `json:"apiGeneration,omitempty"`

	// deletions counts, minute by minute, the resources that the operator deleted
	// in MeshAgent during the past hour. It is set only while spec.deletionGuard
	// is set. At most 64 entries.
	// +kubebuilder:validation:MaxItems=64
	// +listType=atomic
	// +optional
	Deletions []DeletionCount `json:"deletions,omitempty"`
}

// DeletionCount is how many resources were deleted in a minute.
type DeletionCount struct {
	// minute is the start of the minute.
	// +required
	Minute *metav1.Time `json:"minute,omitempty"`

	// count is the number of resources that the operator deleted in that minute.
	// +kubebuilder:validation:Minimum=1
	// +required
	Count int32 `json:"count,omitempty"`
}

// MeshProject gives access to a MeshAgent project: where its API is, the
// Secret with its API key, a rate limit, the namespaces that can use it, and
// default policies for its objects. It creates nothing in MeshAgent. Its
// deletion waits until no object uses it.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshProject
//	metadata:
//	  name: default
//	spec:
//	  apiKeySecretRef:
//	    name: meshagent-api-key
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=maproj
// +kubebuilder:printcolumn:name="Project",type=string,JSONPath=`.status.projectName`
// +kubebuilder:printcolumn:name="API",type=string,JSONPath=`.status.apiVersion`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.projectID`
// +kubebuilder:printcolumn:name="Endpoint",type=string,priority=1,JSONPath=`.status.endpoint`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshProject struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec says how to reach the project, who can use it, and what its objects do
	// by default.
	// +required
	Spec MeshProjectSpec `json:"spec,omitzero"`

	// status is what the operator found at the endpoint.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshProjectStatus `json:"status,omitzero"`
}

// MeshProjectList is a list of MeshProjects.
//
// +kubebuilder:object:root=true
type MeshProjectList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the MeshProjects.
	Items []MeshProject `json:"items"`
}
