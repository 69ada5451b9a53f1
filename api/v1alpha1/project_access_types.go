// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// CABundle is a source of CA certificates in PEM format.
// +kubebuilder:validation:XValidation:rule="has(self.inline) != has(self.configMapKeyRef)",message="exactly one of inline and configMapKeyRef must be set"
type CABundle struct {
	// inline is one or more CA certificates in PEM format, up to 262144
	// characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=262144
	// +optional
	Inline string `json:"inline,omitempty"`

	// configMapKeyRef names the key of a ConfigMap in the MeshProject's namespace
	// that holds one or more CA certificates in PEM format. The operator uses a
	// changed ConfigMap at once.
	// +optional
	ConfigMapKeyRef *ConfigMapKeyReference `json:"configMapKeyRef,omitempty"`
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

// AllowedNamespaces chooses namespaces, as in the Gateway API. The
// MeshProject's own namespace is always allowed.
// +kubebuilder:validation:XValidation:rule="(has(self.from) && self.from == 'Selector') == has(self.selector)",message="selector must be set if, and only if, from is Selector"
type AllowedNamespaces struct {
	// from is Same (the MeshProject's own namespace), All (every namespace) or
	// Selector (namespaces that match the selector). Defaults to Same.
	// +optional
	From NamespacesFrom `json:"from,omitempty"`

	// selector chooses namespaces by their labels. It must be set if, and only if,
	// from is Selector. An empty selector matches every namespace.
	// +optional
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
}

// RateLimit is a token bucket.
// +kubebuilder:validation:MinProperties=1
type RateLimit struct {
	// requestsPerSecond is the average number of requests per second, 1 to 1000.
	// Defaults to 20.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	RequestsPerSecond int32 `json:"requestsPerSecond,omitempty"`

	// burst is the number of requests that the operator can send at once after a
	// pause, 1 to 10000. Defaults to twice requestsPerSecond.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10000
	// +optional
	Burst int32 `json:"burst,omitempty"`
}
