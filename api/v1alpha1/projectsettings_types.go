// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func init() { register(&MeshProjectSettings{}, &MeshProjectSettingsList{}) }

// MeshProjectSettingsSpec is the desired state of the settings of a project.
// +kubebuilder:validation:XValidation:rule="has(self.settings) || has(self.settingsFrom) || has(self.autoRecharge)",message="set at least one of settings, settingsFrom and autoRecharge"
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy != 'Delete'",message="deletionPolicy cannot be Delete, because a project always has settings: they stay as they are when this object is deleted"
type MeshProjectSettingsSpec struct {
	CommonSpec `json:",inline"`

	// settings is a JSON object with settings of the project. The operator manages
	// only the keys listed here, at every depth, and ignores all others. If you
	// remove a key here, the operator removes it from the project. Kubernetes
	// stores it in plain text, so put secrets into settingsFrom. If unset, the
	// operator doesn't manage this field.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +optional
	Settings *runtime.RawExtension `json:"settings,omitempty"`

	// settingsFrom are settings, at most 64, whose values are in Kubernetes
	// Secrets. The operator writes a value to MeshAgent, writes it again when the
	// Secret changes, and never reads it back. If you remove one here, the operator
	// removes it from the project. If unset, the operator doesn't manage this
	// field.
	// +listType=map
	// +listMapKey=path
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +optional
	SettingsFrom []SettingFromSecret `json:"settingsFrom,omitempty"`

	// autoRecharge is the automatic recharge of the project's balance. It spends
	// money. If you remove it here, MeshAgent keeps what is set. If unset, the
	// operator doesn't manage this field.
	// +optional
	AutoRecharge *AutoRecharge `json:"autoRecharge,omitempty"`
}

// SettingFromSecret is a setting whose value is in a Kubernetes Secret.
type SettingFromSecret struct {
	// path is the place of the setting: the keys that lead to it, with dots
	// between them, such as openai.api_key. It has at most 1024 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:Pattern=`^[-_A-Za-z0-9]+(\.[-_A-Za-z0-9]+)*$`
	Path string `json:"path,omitempty"`

	// secretKeyRef selects the key of a Kubernetes Secret that holds the value.
	// +required
	SecretKeyRef SecretKeyReference `json:"secretKeyRef,omitzero"`
}

// AutoRecharge is the automatic recharge of a project's balance.
// +kubebuilder:validation:XValidation:rule="!self.enabled || has(self.amount) && has(self.threshold)",message="amount and threshold must be set if enabled is true"
type AutoRecharge struct {
	// enabled buys credits when the balance falls below the threshold if it is
	// true.
	// +required
	Enabled *bool `json:"enabled,omitempty"`

	// amount is how much to buy each time: a number above 0 and below 1000000000,
	// with at most 2 digits after the point. Put numbers with a point in quotes.
	// If unset, MeshAgent keeps what is set.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:MaxLength=12
	// +kubebuilder:validation:XValidation:rule="type(self) == int ? self > 0 && self < 1000000000 : self.matches('^(0|[1-9][0-9]{0,8})([.][0-9]{1,2})?$') && !self.matches('^[0.]+$')",message="amount must be a number above 0 and below 1000000000, with at most 2 digits after the point"
	// +optional
	Amount *intstr.IntOrString `json:"amount,omitempty"`

	// threshold is the balance below which credits are bought: a number from 0 to
	// 999999999, with at most 2 digits after the point. Put numbers with a point
	// in quotes. If unset, MeshAgent keeps what is set.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:MaxLength=12
	// +kubebuilder:validation:XValidation:rule="type(self) == int ? self >= 0 && self < 1000000000 : self.matches('^(0|[1-9][0-9]{0,8})([.][0-9]{1,2})?$')",message="threshold must be a number from 0 to 999999999, with at most 2 digits after the point"
	// +optional
	Threshold *intstr.IntOrString `json:"threshold,omitempty"`

	// monthlyBudget is the most to buy in a month: a number from 0 to 999999999,
	// with at most 2 digits after the point. Put numbers with a point in quotes.
	// If unset, MeshAgent keeps what is set.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:MaxLength=12
	// +kubebuilder:validation:XValidation:rule="type(self) == int ? self >= 0 && self < 1000000000 : self.matches('^(0|[1-9][0-9]{0,8})([.][0-9]{1,2})?$')",message="monthlyBudget must be a number from 0 to 999999999, with at most 2 digits after the point"
	// +optional
	MonthlyBudget *intstr.IntOrString `json:"monthlyBudget,omitempty"`
}

// MeshProjectSettingsStatus is the observed state of the settings of a project.
type MeshProjectSettingsStatus struct {
	CommonStatus `json:",inline"`

	// autoRecharge is what MeshAgent reports about automatic recharge. Unset if
	// spec.autoRecharge is.
	// +optional
	AutoRecharge *AutoRechargeStatus `json:"autoRecharge,omitempty"`
}

// AutoRechargeStatus is what MeshAgent reports about automatic recharge.
type AutoRechargeStatus struct {
	// paused is true if MeshAgent buys nothing at present, for example because the
	// monthly budget is spent.
	// +optional
	Paused bool `json:"paused"`

	// lastRecharge is when credits were last bought.
	// +optional
	LastRecharge *metav1.Time `json:"lastRecharge,omitempty"`
}

// MeshProjectSettings manages settings of a MeshAgent project, and its
// automatic recharge. Several objects can manage different keys. The namespace
// of this object must be among spec.privilegedNamespaces of the MeshProject.
//
// A project has settings before this object exists. With adoptionPolicy
// IfUnowned, the operator changes them. With IfIdentical, which is the default,
// it changes them only once they have matched this object.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshProjectSettings
//	metadata:
//	  name: settings
//	spec:
//	  adoptionPolicy: IfUnowned
//	  settings:
//	    router:
//	      model: gpt-5
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=meshprojectsettings,categories=meshagent,shortName=masettings
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Recharge",type=boolean,JSONPath=`.spec.autoRecharge.enabled`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Paused",type=boolean,priority=1,JSONPath=`.status.autoRecharge.paused`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshProjectSettings struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the settings.
	// +required
	Spec MeshProjectSettingsSpec `json:"spec,omitzero"`

	// status is the observed state of the settings.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshProjectSettingsStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (s *MeshProjectSettings) CommonSpec() *CommonSpec { return &s.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (s *MeshProjectSettings) CommonStatus() *CommonStatus { return &s.Status.CommonStatus }

// MeshProjectSettingsList is a list of MeshProjectSettings.
//
// +kubebuilder:object:root=true
type MeshProjectSettingsList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the settings.
	Items []MeshProjectSettings `json:"items"`
}
