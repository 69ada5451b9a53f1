// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

func init() { register(&MeshService{}, &MeshServiceList{}) }

// MeshServiceSpec says what a service in MeshAgent should be like.
// +kubebuilder:validation:XValidation:rule="has(self.roomRef) == has(oldSelf.roomRef) && (!has(self.roomRef) || self.roomRef == oldSelf.roomRef)",message="roomRef cannot be added, removed or changed: delete the object and create it again"
// +kubebuilder:validation:XValidation:rule="(has(self.container) ? 1 : 0) + (has(self.external) ? 1 : 0) + (has(self.template) ? 1 : 0) == 1",message="exactly one of container, external and template must be set"
// +kubebuilder:validation:XValidation:rule="!has(self.template) || !(has(self.metadata) || has(self.ports) || has(self.agents) || has(self.files))",message="with template, metadata, ports, agents and files cannot be set: the template says all of it"
type MeshServiceSpec struct {
	CommonSpec `json:",inline"`

	// name of the service in MeshAgent, unique in its room, or among the project's services. A change renames it.
	// Unset means the name of this object. With template, the template says the name: set this only if that is not the name of
	// this object, so that a service of the name that exists already is found.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S(.*\S)?$`
	// +optional
	Name string `json:"name,omitempty"`

	// roomRef names the room that the service is in. It cannot be added, removed or changed. Unset means a service of the project.
	// +optional
	RoomRef *ResourceReference `json:"roomRef,omitempty"`

	// metadata describes the service. Unset means that it is left to others.
	// +optional
	Metadata *ServiceMetadata `json:"metadata,omitempty"`

	// container is what MeshAgent runs. Exactly one of container, external and template must be set.
	// +optional
	Container *ContainerSpec `json:"container,omitempty"`

	// external is a service that runs elsewhere.
	// +optional
	External *ExternalSpec `json:"external,omitempty"`

	// template is a service template that MeshAgent renders, instead of container or external and all that goes with them.
	// +optional
	Template *ServiceTemplate `json:"template,omitempty"`

	// ports are where the service is reached. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Ports []ServicePort `json:"ports,omitempty"`

	// agents are the agents that the service provides. Unset or empty means that they are left to others.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Agents []ServiceAgent `json:"agents,omitempty"`

	// files are put into the storage of the room where there is none of that path yet. MeshAgent does not overwrite a file,
	// and does not delete it with the service. Unset or empty means that they are left to others.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +optional
	Files []ServiceFile `json:"files,omitempty"`
}

// ServiceMetadata describes a service.
type ServiceMetadata struct {
	// description is for people. Unset means that it is left to others.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	Description string `json:"description,omitempty"`

	// repo is the URL of the service's source. Unset means that it is left to others.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Repo string `json:"repo,omitempty"`

	// icon is shown with the service, such as an emoji or a URL. Unset means that it is left to others.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Icon string `json:"icon,omitempty"`

	// annotations are strings kept with the service, some of which MeshAgent and its tools act upon. Those that are not named here
	// are left to others; meshagent.com/ is for this operator, and meshagent.service.template. for MeshAgent.
	// +kubebuilder:validation:MaxProperties=256
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('meshagent.com/') && !k.startsWith('meshagent.service.template.'))",message="annotations under meshagent.com/ are reserved for the operator, those under meshagent.service.template. for MeshAgent"
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ExternalSpec is a service that runs elsewhere.
type ExternalSpec struct {
	// url is where the service is reached. Unset means that it is left to others.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	URL string `json:"url,omitempty"`
}

// ServiceFile is a file that is put into the storage of a room.
type ServiceFile struct {
	// path in the storage of the room.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Path string `json:"path,omitempty"`

	// text is the content, which may be empty.
	// +required
	// +kubebuilder:validation:MaxLength=524288
	Text *string `json:"text,omitempty"`
}

// ServiceTemplate is a service template and the values for its variables. MeshAgent keeps text and values, in clear, with the service
// that it makes of them, so this is no place for secrets: use environment variables with a secret in the template.
type ServiceTemplate struct {
	// text is the template: a YAML document of kind ServiceTemplate with Jinja placeholders, such as {{ model }}. It is
	// sent to MeshAgent as it is.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=262144
	Text string `json:"text,omitempty"`

	// values are the values of the template's variables by their names. They are stored in clear.
	// +kubebuilder:validation:MaxProperties=256
	// +kubebuilder:validation:XValidation:rule="self.all(k, size(k) > 0 && size(k) <= 253)",message="a variable's name has 1 to 253 characters"
	// +optional
	Values map[string]string `json:"values,omitempty"`

	// valuesFrom are values from ConfigMaps in the namespace of this object, which are followed when they change. They are stored in
	// clear, for which reason there is none from Secrets.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=64
	// +optional
	ValuesFrom []ServiceTemplateValue `json:"valuesFrom,omitempty"`
}

// ServiceTemplateValue is a value from elsewhere.
type ServiceTemplateValue struct {
	// name of the template's variable: letters, digits and underscores.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[A-Za-z_][A-Za-z0-9_]*$`
	Name string `json:"name,omitempty"`

	// configMapKeyRef names a key of a ConfigMap.
	// +required
	ConfigMapKeyRef ConfigMapKeyReference `json:"configMapKeyRef,omitzero"`
}

// ConfigMapKeyReference names one key of a ConfigMap in the same namespace.
type ConfigMapKeyReference struct {
	// name of the ConfigMap.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
	Name string `json:"name,omitempty"`

	// key in the ConfigMap's data.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key,omitempty"`
}

// MeshServiceStatus says how the service is doing.
type MeshServiceStatus struct {
	CommonStatus `json:",inline"`
}

// MeshService keeps a service of a MeshAgent project or of one of its rooms: a container that MeshAgent runs, or a service that runs
// elsewhere, with the agents and tools that it provides.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent
// +kubebuilder:printcolumn:name="Service",type=string,JSONPath=`.status.name`
// +kubebuilder:printcolumn:name="Room",type=string,JSONPath=`.status.parent`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Image",type=string,priority=1,JSONPath=`.spec.container.image`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshService struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the service as it should be.
	// +required
	Spec MeshServiceSpec `json:"spec,omitzero"`

	// status is the service as it was found.
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
