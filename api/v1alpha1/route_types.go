// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func init() { register(&MeshRoute{}, &MeshRouteList{}) }

// MeshRouteSpec says where requests for a domain should go.
// +kubebuilder:validation:XValidation:rule="self.domain == oldSelf.domain",message="domain cannot be changed: delete the route and create it again"
// +kubebuilder:validation:XValidation:rule="has(self.backend.roomRef) == has(self.paths)",message="a route to a room needs paths, and a route to an agent has none"
type MeshRouteSpec struct {
	CommonSpec `json:",inline"`

	// domain is the host name, usually under the domain that MeshAgent gives to pages. It cannot be changed.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`
	Domain string `json:"domain,omitempty"`

	// name is a label. Unset means the domain.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Name string `json:"name,omitempty"`

	// backend is what answers: a room or an agent.
	// +required
	Backend MeshRouteBackend `json:"backend,omitzero"`

	// paths lead to published ports of the room. A route to a room needs at least one.
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Paths []MeshRoutePath `json:"paths,omitempty"`

	// annotations are strings kept with the route; meshagent.service.id ties it to a service. Those that are not named here are
	// left to others; meshagent.com/ is for this operator.
	// +kubebuilder:validation:MaxProperties=256
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('meshagent.com/'))",message="annotations under meshagent.com/ are reserved for the operator"
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// MeshRouteBackend is what a route leads to.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="has(self.roomRef) != has(self.agentRef)",message="exactly one of roomRef and agentRef must be set"
// +kubebuilder:validation:XValidation:rule="!has(self.agentRef) || has(self.agentRef.external)",message="agentRef must be external: the name of the agent in MeshAgent"
type MeshRouteBackend struct {
	// roomRef is a room with a published port.
	// +optional
	RoomRef *ResourceReference `json:"roomRef,omitempty"`

	// agentRef is a managed agent, whose name is given as external.
	// +optional
	AgentRef *ResourceReference `json:"agentRef,omitempty"`
}

// RoutePathType says how a path is compared.
// +kubebuilder:validation:Enum=prefix;exact
type RoutePathType string

// MeshRoutePath leads requests for a path to a port.
type MeshRoutePath struct {
	// path starts with a slash. Unset means "/".
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:Pattern=`^/`
	// +optional
	Path string `json:"path,omitempty"`

	// pathType is prefix or exact. Unset means prefix.
	// +optional
	PathType RoutePathType `json:"pathType,omitempty"`

	// targetPort is a published port of the room, by number or name.
	// +required
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="type(self) == int ? self >= 1 && self <= 65535 : self.matches('^[1-9][0-9]{0,4}$') ? int(self) <= 65535 : self.trim() != '' && !self.matches('^[-+]?[0-9]+$')",message="targetPort must be a port from 1 to 65535, or a name"
	TargetPort intstr.IntOrString `json:"targetPort,omitzero"`

	// stripPrefix takes the path off before the request is passed on. Unset means false.
	// +optional
	StripPrefix *bool `json:"stripPrefix,omitempty"`
}

// MeshRouteStatus says how the route is doing.
type MeshRouteStatus struct {
	CommonStatus `json:",inline"`
}

// MeshRoute leads HTTP requests for a domain to a room's published ports, or to an agent.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent
// +kubebuilder:printcolumn:name="Domain",type=string,JSONPath=`.spec.domain`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshRoute struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the route as it should be.
	// +required
	Spec MeshRouteSpec `json:"spec,omitzero"`

	// status is the route as it was found.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshRouteStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (r *MeshRoute) CommonSpec() *CommonSpec { return &r.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (r *MeshRoute) CommonStatus() *CommonStatus { return &r.Status.CommonStatus }

// MeshRouteList is a list of MeshRoutes.
//
// +kubebuilder:object:root=true
type MeshRouteList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the routes.
	Items []MeshRoute `json:"items"`
}
