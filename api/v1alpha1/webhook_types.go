// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func init() { register(&MeshWebhook{}, &MeshWebhookList{}) }

// MeshWebhookSpec is the desired state of a webhook.
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.secretRef) || has(self.secretRef)",message="secretRef cannot be removed, because MeshAgent cannot take the secret out again: name another Secret, or delete the webhook and create it again"
type MeshWebhookSpec struct {
	CommonSpec `json:",inline"`

	// name is the name of the webhook in MeshAgent, with at most 253 characters
	// and no blanks at its ends. If you change it, the operator renames the
	// webhook. MeshAgent may allow two webhooks of one name: choose one with
	// adoptionID. Defaults to the name of this object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S(.*\S)?$`
	// +optional
	Name string `json:"name,omitempty"`

	// url is the HTTP or HTTPS URL that MeshAgent sends events to, with at most
	// 2048 characters.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:Pattern=`^https?://\S+$`
	URL string `json:"url,omitempty"`

	// events are the names of the events to send, 1 to 64 of at most 253
	// characters, in any order: for example room.started, room.ended,
	// storage.file.updated, storage.file.deleted and storage.file.moved. "*" alone
	// is all events.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	// +kubebuilder:validation:items:Pattern=`^\S+$`
	// +kubebuilder:validation:XValidation:rule="size(self) == 1 || !('*' in self)",message="'*' is all events: list it alone"
	Events []string `json:"events,omitempty"`

	// description describes the webhook, with at most 4096 characters. The
	// operator adds the ownership annotation at its end, in brackets. If unset,
	// the operator manages only that annotation.
	// +kubebuilder:validation:MaxLength=4096
	// +kubebuilder:validation:XValidation:rule="!self.lowerAscii().contains('[meshagent.com/')",message="text in brackets that begins with meshagent.com/ is reserved for the operator: remove it"
	// +optional
	Description *string `json:"description,omitempty"`

	// action is what MeshAgent asks of the receiver, with at most 253 characters:
	// call requests that the receiver joins the room. If unset, the operator
	// doesn't manage this field, and MeshAgent's default is to send events only.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^\S+$`
	// +optional
	Action string `json:"action,omitempty"`

	// payload is a JSON object that MeshAgent adds to what it sends. The operator
	// manages only the keys listed here and ignores all others. If you remove a
	// key here, the operator removes it from the webhook. If unset, the operator
	// doesn't manage this field.
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	// +optional
	Payload *runtime.RawExtension `json:"payload,omitempty"`

	// secretRef selects the key of a Kubernetes Secret that holds the secret with
	// which MeshAgent signs what it sends. The operator writes the value to
	// MeshAgent, writes it again when the Secret changes, and never reads it back.
	// If unset, MeshAgent generates a secret, and may generate another one when
	// the webhook changes. Once set, it cannot be removed.
	// +optional
	SecretRef *SecretKeyReference `json:"secretRef,omitempty"`
}

// MeshWebhookStatus is the observed state of a webhook.
type MeshWebhookStatus struct {
	CommonStatus `json:",inline"`
}

// MeshWebhook manages a webhook of a MeshAgent project: a URL that MeshAgent
// sends events to.
//
// For example:
//
//	apiVersion: meshagent.com/v1alpha1
//	kind: MeshWebhook
//	metadata:
//	  name: tickets
//	spec:
//	  url: https://hooks.example.com/meshagent
//	  events: [room.started, storage.file.updated]
//	  secretRef:
//	    name: webhook
//	    key: secret
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=meshagent,shortName=mahook
// +kubebuilder:selectablefield:JSONPath=.spec.projectRef.name
// +kubebuilder:printcolumn:name="Webhook",type=string,JSONPath=`.status.name`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="URL",type=string,priority=1,JSONPath=`.spec.url`
// +kubebuilder:printcolumn:name="Events",type=string,priority=1,JSONPath=`.spec.events`
// +kubebuilder:printcolumn:name="ID",type=string,priority=1,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Project",type=string,priority=1,JSONPath=`.status.project`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Synced")].message`
type MeshWebhook struct {
	metav1.TypeMeta `json:",inline"`

	// metadata is the standard object metadata.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the desired state of the webhook.
	// +required
	Spec MeshWebhookSpec `json:"spec,omitzero"`

	// status is the observed state of the webhook.
	// +kubebuilder:default={"observedGeneration":-1}
	// +optional
	Status MeshWebhookStatus `json:"status,omitzero"`
}

// CommonSpec returns the part of the spec that all kinds share.
func (w *MeshWebhook) CommonSpec() *CommonSpec { return &w.Spec.CommonSpec }

// CommonStatus returns the part of the status that all kinds share.
func (w *MeshWebhook) CommonStatus() *CommonStatus { return &w.Status.CommonStatus }

// MeshWebhookList is a list of MeshWebhooks.
//
// +kubebuilder:object:root=true
type MeshWebhookList struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard list metadata.
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`
	// items are the webhooks.
	Items []MeshWebhook `json:"items"`
}
