// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func init() { register(&MeshRoute{}, &MeshRouteList{}) }

// MeshRouteSpec is the desired state of a route.
// +kubebuilder:validation:XValidation:rule="self.domain == oldSelf.domain",message="domain cannot be changed: delete the route and create it again"
// +kubebuilder:validation:XValidation:rule="has(self.backend.roomRef) == has(self.paths)",message="set paths with backend.roomRef, and only with backend.roomRef: an agent has no ports"
type MeshRouteSpec struct {
	CommonSpec `json:",inline"`

	// domain is the host name whose requests are routed, in lowercase, with at
	// most 253 characters. MeshAgent usually accepts only names under the domain
	// of its pages. Immutable.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`
	Domain string `json:"domain,omitempty"`

	// name is a label for the route, with at most 253 characters. Defaults to the
	// domain.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Name string `json:"name,omitempty"`

	// backend selects what answers the requests: a room or an agent.
	// +required
	Backend MeshRouteBackend `json:"backend,omitzero"`

	// paths route requests to published ports of the room, 1 to 64 of them.
	// Required with backend.roomRef, and not allowed with backend.agentRef.
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Paths []MeshRoutePath `json:"paths,omitempty"`

	// annotations are annotations to set on the route, at most 256. MeshAgent
	// reads some of them: meshagent.service.id links the route to a service. The
	// operator manages only the keys listed here and ignores all others. Keys
	// under meshagent.com/ are reserved.
	// +optional
	Annotations Annotations `json:"annotations,omitempty"`
}

// MeshRouteBackend selects what answers the requests of a route.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="has(self.roomRef) != has(self.agentRef)",message="set exactly one of roomRef and agentRef"
type MeshRouteBackend struct {
	// roomRef selects a room that publishes ports. Set either roomRef or agentRef.
	// +optional
	RoomRef *ResourceReference `json:"roomRef,omitempty"`

	// agentRef selects a managed agent. Set either roomRef or agentRef.
	// +optional
	AgentRef *ResourceReference `json:"agentRef,omitempty"`
}

// RoutePathType is how a path is matched.
// +kubebuilder:validation:Enum=Prefix;Exact
type RoutePathType string

// The ways to match a path.
const (
	// RoutePathPrefix matches the path and all paths below it.
	RoutePathPrefix RoutePathType = "Prefix"
	// RoutePathExact matches the path alone.
	RoutePathExact RoutePathType = "Exact"
)

// MeshRoutePath routes requests for a path to a port.
type MeshRoutePath struct {
	// path is the path of the requests. It must start with a slash and have at
	// most 1024 characters. Defaults to "/".
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:Pattern=`^/`
	// +optional
	Path string `json:"path,omitempty"`

	// pathType is how the path is matched: Prefix (the path and all paths below
	// it) or Exact (the path alone). Defaults to Prefix.
	// +optional
	PathType RoutePathType `json:"pathType,omitempty"`

	// targetPort is the published port of the room: a number from 1 to 65535, or a
	// name with at most 64 characters.
	// +required
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="type(self) == int ? self >= 1 && self <= 65535 : self.matches('^[1-9][0-9]{0,4}$') ? int(self) <= 65535 : self.trim() != '' && !self.matches('^[-+]?[0-9]+$')",message="targetPort must be a port from 1 to 65535, or a name"
	TargetPort intstr.IntOrString `json:"targetPort,omitzero"`

	// stripPrefix removes the path from the request before it is passed on.
	// Defaults to false.
	// +optional
	StripPrefix *bool `json:"stripPrefix,omitempty"`
}

// MeshRouteStatus is the observed state of a route.
type MeshRouteStatus struct {
	CommonStatus `json:",inline"`

	// backend is where the route leads, for display: room/ or agent/ and a name.
	// At most 320 characters.
	// +kubebuilder:validation:MaxLength=320
	// +optional
	Backend string `json:"backend,omitempty"`
}

// MeshRoute manages a route of a MeshAgent project, which leads HTTP requests
// for a domain to published ports of a room or to an agent.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshRoute
//	metadata:
//	  name: support
//	spec:
//	  domain: support.example.com
//	  backend:
//	    roomRef:
//	      name: support
//	  paths:
//	  - path: /
//	    targetPort: 8000
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=maroute
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Domain",type=string,JSONPath=`.spec.domain`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Backend",type=string,priority=1,JSONPath=`.status.backend`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshRoute struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the route.
	// +required
	Spec MeshRouteSpec `json:"spec,omitzero"`

	// status is the observed state of the route.
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
