// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func init() { register(&MeshManagedAgent{}, &MeshManagedAgentList{}) }

// ModelProvider is a provider of language models.
// +kubebuilder:validation:Enum=OpenAI;Anthropic
type ModelProvider string

// The providers.
const (
	// ProviderOpenAI is OpenAI.
	ProviderOpenAI ModelProvider = "OpenAI"
	// ProviderAnthropic is Anthropic.
	ProviderAnthropic ModelProvider = "Anthropic"
)

// ThreadIsolation is who shares the threads of an agent.
// +kubebuilder:validation:Enum=Global;Participant
type ThreadIsolation string

// The isolations of threads.
const (
	// ThreadsGlobal shares threads between all participants.
	ThreadsGlobal ThreadIsolation = "Global"
	// ThreadsParticipant gives each participant threads of their own.
	ThreadsParticipant ThreadIsolation = "Participant"
)

// MeshManagedAgentSpec is the desired state of a managed agent.
// +kubebuilder:validation:XValidation:rule="has(self.name) == has(oldSelf.name) && (!has(self.name) || self.name == oldSelf.name)",message="name cannot be changed: delete the agent and create another one"
type MeshManagedAgentSpec struct {
	CommonSpec `json:",inline"`

	// name is the name of the agent in MeshAgent, with at most 253 characters. It
	// must not be "sessions", "." or "..". Defaults to the name of this object.
	// Immutable.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="!(self in ['sessions', '.', '..'])",message="an agent cannot have this name: choose another one"
	// +optional
	Name string `json:"name,omitempty"`

	// allowedModels are the models that the agent can use, 1 to 64 of them.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	AllowedModels []AllowedModel `json:"allowedModels,omitempty"`

	// instructions tell the agent what to do, with at most 65536 characters. If
	// unset, the operator doesn't manage this field.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	Instructions string `json:"instructions,omitempty"`

	// threadIsolation is who shares the agent's threads: Global (all participants)
	// or Participant (each participant has threads of their own). If unset, the
	// operator doesn't manage this field, and MeshAgent's default is Global.
	// +optional
	ThreadIsolation ThreadIsolation `json:"threadIsolation,omitempty"`

	// store keeps the agent's threads if it is true. If unset, the operator
	// doesn't manage this field, and MeshAgent's default is true.
	// +optional
	Store *bool `json:"store,omitempty"`

	// outputModalities are the kinds of output that the agent can give, such as
	// text, at most 16 of at most 64 characters. If unset or empty, the operator
	// doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=64
	// +optional
	OutputModalities []string `json:"outputModalities,omitempty"`

	// toolkits are the tools that the agent can use, at most 16. If unset or
	// empty, the operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	// +optional
	Toolkits []AgentToolkit `json:"toolkits,omitempty"`

	// annotations are annotations to set on the agent, at most 256. The operator
	// manages only the keys listed here and ignores all others. Keys under
	// meshagent.com/ are reserved.
	// +optional
	Annotations Annotations `json:"annotations,omitempty"`
}

// AllowedModel is a model that an agent can use.
// +kubebuilder:validation:XValidation:rule="!has(self.outputModalities) || self.provider == 'OpenAI'",message="outputModalities requires provider OpenAI"
type AllowedModel struct {
	// provider is who offers the model: OpenAI or Anthropic.
	// +required
	Provider ModelProvider `json:"provider,omitempty"`

	// model is the name of the model, with at most 253 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Model string `json:"model,omitempty"`

	// outputModalities are the kinds of output that the model can give, such as
	// text, at most 16 of at most 64 characters. Requires provider OpenAI. If
	// unset or empty, the operator doesn't manage this field.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=64
	// +optional
	OutputModalities []string `json:"outputModalities,omitempty"`
}

// MeshManagedAgentStatus is the observed state of a managed agent.
type MeshManagedAgentStatus struct {
	CommonStatus `json:",inline"`
}

// MeshManagedAgent manages a managed agent of a MeshAgent project: an agent
// that MeshAgent itself runs.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshManagedAgent
//	metadata:
//	  name: scribe
//	spec:
//	  allowedModels:
//	  - provider: OpenAI
//	    model: gpt-5
//	  instructions: You take notes.
//	  toolkits:
//	  - type: WebSearch
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=maagent
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Agent",type=string,JSONPath=`.status.name`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Models",type=string,priority=1,JSONPath=`.spec.allowedModels[*].model`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
// +kubebuilder:validation:XValidation:rule="has(self.spec.name) || self.metadata.name != 'sessions'",message="metadata.name cannot be the name of an agent: set spec.name"
type MeshManagedAgent struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the agent.
	// +required
	Spec MeshManagedAgentSpec `json:"spec,omitzero"`

	// status is the observed state of the agent.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshManagedAgentStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (a *MeshManagedAgent) CommonSpec() *CommonSpec { return &a.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (a *MeshManagedAgent) CommonStatus() *CommonStatus { return &a.Status.CommonStatus }

// MeshManagedAgentList is a list of MeshManagedAgents.
//
// +kubebuilder:object:root=true
type MeshManagedAgentList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the agents.
	Items []MeshManagedAgent `json:"items"`
}
