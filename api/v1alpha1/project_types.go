// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshProject{}, &MeshProjectList{}) }

// DefaultAPIKeyKey is the key looked at in the API key's Secret when none is named.
const DefaultAPIKeyKey = "apiKey"

// MeshProjectSpec says how to reach a MeshAgent project, and who may use it.
type MeshProjectSpec struct {
	// endpoint is the base URL of the MeshAgent API. Unset means the operator's own (flag --meshagent-api-url),
	// usually https://api.meshagent.com.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHost() != ''",message="endpoint must be a URL such as https://api.meshagent.com"
	// +kubebuilder:validation:XValidation:rule="!self.contains('@') && !self.contains('?') && !self.contains('#')",message="endpoint must have no user, query or fragment"
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// projectID is the id of the project in MeshAgent. Unset means the one that the API key belongs to. If it is set,
	// a key of another project is refused.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +optional
	ProjectID string `json:"projectID,omitempty"`

	// apiKeySecretRef names the Secret in this namespace that holds the project's API key (ma-…).
	// +required
	APIKeySecretRef APIKeyReference `json:"apiKeySecretRef,omitzero"`

	// allowedNamespaces says from which namespaces objects may use this project. Unset means this namespace only.
	// +optional
	AllowedNamespaces *AllowedNamespaces `json:"allowedNamespaces,omitempty"`

	// rateLimit is the budget of requests to MeshAgent that all objects of this project share. Unset means
	// 20 a second with bursts of 40.
	// +optional
	RateLimit *RateLimit `json:"rateLimit,omitempty"`

	// deletionGuard holds a mass deletion that nobody meant, such as that of a namespace or of the CustomResourceDefinitions.
	// Unset means that whatever is deleted in Kubernetes is deleted in MeshAgent.
	// +optional
	DeletionGuard *DeletionGuard `json:"deletionGuard,omitempty"`
}

// DeletionGuard limits how many resources of a project are deleted in MeshAgent.
type DeletionGuard struct {
	// maxPerHour is the largest number of resources that the operator deletes in MeshAgent within any 60 minutes,
	// 0 to 100000. Objects beyond it keep their finalizer, with the reason DeletionHeld, until earlier deletions are
	// more than an hour old, or until you set the annotation meshagent.com/allow-deletions-until on the MeshProject
	// to an RFC 3339 time in the future. 0 holds every deletion that the annotation doesn't allow.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100000
	// +required
	MaxPerHour *int32 `json:"maxPerHour,omitempty"`
}

// NamespacesFrom says how namespaces are chosen.
// +kubebuilder:validation:Enum=Same;All;Selector
type NamespacesFrom string

// The ways to choose namespaces.
const (
	// NamespacesSame is the MeshProject's own namespace.
	NamespacesSame NamespacesFrom = "Same"
	// NamespacesAll is every namespace.
	NamespacesAll NamespacesFrom = "All"
	// NamespacesSelector is those whose labels match the selector.
	NamespacesSelector NamespacesFrom = "Selector"
)

// AllowedNamespaces chooses namespaces, as in the Gateway API. The MeshProject's own namespace is always allowed.
// +kubebuilder:validation:XValidation:rule="(has(self.from) && self.from == 'Selector') == has(self.selector)",message="selector must be set if, and only if, from is Selector"
type AllowedNamespaces struct {
	// from is Same, All, or Selector. Unset means Same.
	// +optional
	From NamespacesFrom `json:"from,omitempty"`

	// selector chooses namespaces by their labels.
	// +optional
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
}

// RateLimit is a token bucket.
// +kubebuilder:validation:MinProperties=1
type RateLimit struct {
	// requestsPerSecond is the lasting rate, 1 to 1000. Unset means 20.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	RequestsPerSecond int32 `json:"requestsPerSecond,omitempty"`

	// burst is how many requests may go out at once, 1 to 10000. Unset means twice requestsPerSecond.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10000
	// +optional
	Burst int32 `json:"burst,omitempty"`
}

// MeshProjectStatus says what was found behind the endpoint.
type MeshProjectStatus struct {
	ObjectStatus `json:",inline"`

	// projectID is the id of the project in MeshAgent.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	ProjectID string `json:"projectID,omitempty"`

	// projectName is the name of the project in MeshAgent.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	ProjectName string `json:"projectName,omitempty"`

	// projectKey is the short key of the project, the first path element of its image names.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	ProjectKey string `json:"projectKey,omitempty"`

	// endpoint is the base URL in use.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// apiVersion is the version that the MeshAgent server reports.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	APIVersion string `json:"apiVersion,omitempty"`

	// apiGeneration is the generation of the MeshAgent API that the server speaks: "0.44", or "0.45"
	// for 0.45 and later. Condition APICompatible tells whether this release of the operator
	// supports it.
	// +kubebuilder:validation:MaxLength=16
	// +optional
	APIGeneration string `json:"apiGeneration,omitempty"`

	// deletions counts, minute by minute, the resources that the operator deleted in MeshAgent during the
	// past hour. It is set only while spec.deletionGuard is set.
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

	// count is the number of resources deleted in that minute.
	// +kubebuilder:validation:Minimum=1
	// +required
	Count int32 `json:"count,omitempty"`
}

// MeshProject gives access to a MeshAgent project: where its API is, the Secret with its API key, a budget of requests, and
// the namespaces that may use it. It creates nothing in MeshAgent. While objects use it, it cannot be deleted.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent
// +kubebuilder:printcolumn:name="Project",type=string,JSONPath=`.status.projectName`
// +kubebuilder:printcolumn:name="API",type=string,JSONPath=`.status.apiVersion`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.projectID`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Endpoint",type=string,priority=1,JSONPath=`.status.endpoint`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshProject struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec says how to reach the project.
	// +required
	Spec MeshProjectSpec `json:"spec,omitzero"`

	// status says what was found.
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
	// items are the projects.
	Items []MeshProject `json:"items"`
}
