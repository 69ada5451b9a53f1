// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

func init() { register(&MeshService{}, &MeshServiceList{}) }

// MeshServiceSpec is the desired state of a service.
// +kubebuilder:validation:XValidation:rule="has(self.roomRef) == has(oldSelf.roomRef) && (!has(self.roomRef) || self.roomRef == oldSelf.roomRef)",message="roomRef cannot be added, removed or changed: delete the object and create it again"
// +kubebuilder:validation:XValidation:rule="(has(self.container) ? 1 : 0) + (has(self.external) ? 1 : 0) + (has(self.template) ? 1 : 0) == 1",message="set exactly one of container, external and template"
// +kubebuilder:validation:XValidation:rule="!has(self.template) || !(has(self.metadata) || has(self.ports) || has(self.agents) || has(self.files))",message="metadata, ports, agents and files cannot be set with template: put them into the template"
type MeshServiceSpec struct {
	CommonSpec `json:",inline"`

	// name is the name of the service in MeshAgent, with at most 253 characters
	// and no blanks at its ends. It is unique in the room, or among the services
	// of the project. If you change it, the operator renames the service. Defaults
	// to the name of this object. With template, the template sets the name. Then
	// set this field only to adopt a service whose name differs from the name of
	// this object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S(.*\S)?$`
	// +optional
	Name string `json:"name,omitempty"`

	// roomRef selects the room that the service belongs to. If unset, the service
	// belongs to the project. Immutable.
	// +optional
	RoomRef *ResourceReference `json:"roomRef,omitempty"`

	// metadata describes the service. If unset, the operator doesn't manage this
	// field. Not allowed with template.
	// +optional
	Metadata *ServiceMetadata `json:"metadata,omitempty"`

	// container is a container that MeshAgent runs. Set exactly one of container,
	// external and template.
	// +optional
	Container *ContainerSpec `json:"container,omitempty"`

	// external is a service that runs outside MeshAgent. Set exactly one of
	// container, external and template.
	// +optional
	External *ExternalSpec `json:"external,omitempty"`

	// template is a service template that MeshAgent renders. Set exactly one of
	// container, external and template.
	// +optional
	Template *ServiceTemplate `json:"template,omitempty"`

	// ports are the ports of the service, at most 32. If unset or empty, the
	// operator doesn't manage this field. Not allowed with template.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Ports []ServicePort `json:"ports,omitempty"`

	// agents are the agents that the service provides, at most 64. If unset or
	// empty, the operator doesn't manage this field. Not allowed with template.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Agents []ServiceAgent `json:"agents,omitempty"`

	// files are files that MeshAgent puts into the storage of the room, at most
	// 256. MeshAgent does not overwrite a file that exists, and does not delete
	// the files with the service. If unset or empty, the operator doesn't manage
	// this field. Not allowed with template.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Files []ServiceFile `json:"files,omitempty"`
}

// ServiceMetadata describes a service.
type ServiceMetadata struct {
	// description describes the service, with at most 16384 characters. If unset,
	// the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	Description string `json:"description,omitempty"`

	// repo is the URL of the service's source code, with at most 2048 characters.
	// If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Repo string `json:"repo,omitempty"`

	// icon is an emoji or a URL to show with the service, with at most 2048
	// characters. If unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Icon string `json:"icon,omitempty"`

	// annotations are annotations to set on the service, at most 256. MeshAgent
	// reads some of them. The operator manages only the keys listed here and
	// ignores all others. Keys under meshagent.com/ and keys that begin with
	// meshagent.service.template. are reserved.
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('meshagent.service.template.'))",message="annotations that begin with meshagent.service.template. are reserved for MeshAgent: remove them"
	// +optional
	Annotations Annotations `json:"annotations,omitempty"`
}

// ExternalSpec is a service that runs outside MeshAgent.
type ExternalSpec struct {
	// url is the URL of the service, with at most 2048 characters. If unset, the
	// operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	URL string `json:"url,omitempty"`
}

// ServiceFile is a file that MeshAgent puts into the storage of a room.
type ServiceFile struct {
	// path is the path in the storage of the room, with at most 4096 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// text is the content, with at most 524288 characters. It can be empty.
	// +required
	// +kubebuilder:validation:MaxLength=524288
	Text *string `json:"text,omitempty"`
}

// ServiceTemplate is a service template and the values of its variables.
// MeshAgent stores both in plain text with the service, so do not put secrets
// here: use environment variables with a secret in the template.
type ServiceTemplate struct {
	// text is the template, with at most 262144 characters: a YAML document of
	// kind ServiceTemplate with Jinja placeholders, such as {{ model }}. The
	// operator sends it to MeshAgent unchanged.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=262144
	Text string `json:"text,omitempty"`

	// values are the values of the template's variables by their names, at most
	// 256. MeshAgent stores them in plain text.
	// +kubebuilder:validation:MaxProperties=256
	// +kubebuilder:validation:XValidation:rule="self.all(k, size(k) > 0 && size(k) <= 253)",message="a variable's name must have 1 to 253 characters"
	// +optional
	Values map[string]string `json:"values,omitempty"`

	// valuesFrom are values that come from other objects in the namespace of this
	// object, at most
	// 64. When such an object changes, the operator renders the template again. MeshAgent stores the
	// values in plain text, so they cannot come from Secrets.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=64
	// +optional
	ValuesFrom []ServiceTemplateValue `json:"valuesFrom,omitempty"`
}

// ServiceTemplateValue is a value that comes from another object.
// +kubebuilder:validation:XValidation:rule="(has(self.configMapKeyRef) ? 1 : 0) + (has(self.routeRef) ? 1 : 0) + (has(self.mailboxRef) ? 1 : 0) + (has(self.repositoryRef) ? 1 : 0) == 1",message="set exactly one of configMapKeyRef, routeRef, mailboxRef and repositoryRef"
type ServiceTemplateValue struct {
	// name is the name of the template's variable: at most 253 letters, digits and
	// underscores, without a digit at the start.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[A-Za-z_][A-Za-z0-9_]*$`
	Name string `json:"name,omitempty"`

	// configMapKeyRef selects a key of a ConfigMap. The value is the value of the
	// key.
	// +optional
	ConfigMapKeyRef *ConfigMapKeyReference `json:"configMapKeyRef,omitempty"`

	// routeRef selects a MeshRoute. The value is its domain. The operator waits
	// until the MeshRoute is Ready.
	// +optional
	RouteRef *LocalObjectReference `json:"routeRef,omitempty"`

	// mailboxRef selects a MeshMailbox. The value is its address. The operator
	// waits until the MeshMailbox is Ready.
	// +optional
	MailboxRef *LocalObjectReference `json:"mailboxRef,omitempty"`

	// repositoryRef selects a MeshRepository. The value is the name of its images
	// without a tag, as in status.image. The operator waits until the
	// MeshRepository is Ready and MeshAgent tells the domain of the registry.
	// +optional
	RepositoryRef *LocalObjectReference `json:"repositoryRef,omitempty"`
}

// MeshServiceStatus is the observed state of a service.
type MeshServiceStatus struct {
	CommonStatus `json:",inline"`

	// type is Container, External or Template: the field of the spec that says
	// what the service is. At most 16 characters.
	// +kubebuilder:validation:MaxLength=16
	// +optional
	Type string `json:"type,omitempty"`
}

// MeshService manages a service of a MeshAgent project or room: a container
// that MeshAgent runs, or a service that runs outside MeshAgent, with the
// agents and tools that it provides.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshService
//	metadata:
//	  name: support
//	spec:
//	  roomRef:
//	    name: support
//	  container:
//	    image: ghcr.io/example/support:1.4
//	  ports:
//	  - num: 8000
//	    endpoints:
//	    - path: /agent
//	      meshagent:
//	        identity: support
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=masvc
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:selectablefield:JSONPath=.spec.roomRef.name
// +kubebuilder:printcolumn:name="Room",type=string,JSONPath=`.spec.roomRef.*`
// +kubebuilder:printcolumn:name="Type",type=string,JSONPath=`.status.type`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Service",type=string,priority=1,JSONPath=`.status.name`
// +kubebuilder:printcolumn:name="Image",type=string,priority=1,JSONPath=`.spec.container.image`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshService struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the service.
	// +required
	Spec MeshServiceSpec `json:"spec,omitzero"`

	// status is the observed state of the service.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshServiceStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (s *MeshService) CommonSpec() *CommonSpec { return &s.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (s *MeshService) CommonStatus() *CommonStatus { return &s.Status.CommonStatus }

// MeshServiceList is a list of MeshServices.
//
// +kubebuilder:object:root=true
type MeshServiceList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the services.
	Items []MeshService `json:"items"`
}
